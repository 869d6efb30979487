package config

import (
	"fmt"
	"sort"
	"strings"
)

// prefix begins the name of every variable that overrides a value.
const prefix = "RECONCILE_"

// override applies the RECONCILE_ variables in the order of their names. A
// variable that overrides nothing is a fault: it was meant to do something.
func (l *loader) override(keys []key, environ []string) {
	known := map[string]key{}
	var names []string
	for _, k := range flatten("", keys) {
		name := variable(k.path)
		known[name] = k
		if k.value != nil {
			names = append(names, name)
		}
	}
	given := append([]string(nil), environ...)
	sort.Strings(given)
	for i, pair := range given {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || i > 0 && strings.HasPrefix(given[i-1], name+"=") {
			continue
		}
		k, ok := known[name]
		switch {
		case !ok:
			near, _ := nearest(name, names)
			l.faults = append(l.faults, placedFault{Fault: faultf(name, checkVariable,
				"unset it, or use "+near+", the nearest known name", "this variable overrides no setting")})
		case k.value == nil:
			l.faults = append(l.faults, placedFault{Fault: faultf(name, checkVariable,
				"unset it and write the list in "+l.file, "%s is a list, and only single values can be overridden", k.path)})
		default:
			l.places[k.path] = name
			if err := k.value.Set(value); err != nil {
				l.about(k.path, checkValue, "", "%s %s: %v", k.path, k.quote(value), err)
				continue
			}
			l.config.Overridden = append(l.config.Overridden, name)
		}
	}
}

// variable returns the name of the variable that overrides the key at path.
func variable(path string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// secrets reads the files that hold secrets.
func (l *loader) secrets(keys []key, environ []string) {
	credentials := lookup(environ, "CREDENTIALS_DIRECTORY")
	for _, k := range flatten("", keys) {
		if v, ok := k.value.(secretFile); ok {
			l.secret(k.path, v, credentials)
		}
	}
	for i := range l.config.EnKash.Headers {
		h := &l.config.EnKash.Headers[i]
		l.secret(fmt.Sprintf("enkash.headers[%d].file", i), secretFile{&h.Value, l.config, &h.file}, credentials)
	}
	l.ping(&l.config.Ping)
	l.sendable("enkash.token_file", l.config.EnKash.Token)
	for i, h := range l.config.EnKash.Headers {
		l.sendable(fmt.Sprintf("enkash.headers[%d].file", i), h.Value)
	}
	l.listenSecrets(&l.config.Listen)
}

// secret reads the file of one secret, where one is named.
func (l *loader) secret(path string, v secretFile, credentials string) {
	if *v.name == "" {
		return
	}
	secret, err := readSecret(*v.name, l.config.Dir, credentials)
	if err != nil {
		l.about(path, checkSecret, "name a file of yours with mode 0600 that holds the secret and nothing else", "%s: %v", path, err)
		return
	}
	*v.to = secret
}

// sendable refuses a secret that cannot stand in the head of a request.
func (l *loader) sendable(path string, s Secret) {
	if strings.ContainsFunc(s.Reveal(), func(r rune) bool { return r < ' ' || r > '~' }) {
		l.about(path, checkSecret, "write the secret in one line of plain characters", "%s: a line break or a character beyond ASCII cannot be sent in a header", path)
	}
}

// lookup returns the value of a variable; of several the last, as a shell does.
func lookup(environ []string, name string) (value string) {
	for _, pair := range environ {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

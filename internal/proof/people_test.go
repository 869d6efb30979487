package proof

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// approvers makes two people with keys, and returns what the configuration says
// of them.
func approvers(t *testing.T, w *world) string {
	t.Helper()
	var all []string
	for _, name := range []string{"asha", "vikram"} {
		cmd := w.command("keygen", name, "--out", w.path(name+".key"), "--json")
		r := w.finish(cmd)
		var made struct{ Name, Key string }
		if err := json.Unmarshal([]byte(r.out), &made); err != nil || r.code != 0 {
			t.Fatalf("keygen: exit code %d, %v: %s", r.code, err, r.err)
		}
		all = append(all, fmt.Sprintf("{name: %s, key: %q}", made.Name, made.Key))
	}
	return "approvers: [" + strings.Join(all, ", ") + "]"
}

// must runs the program and asks for an exit code.
func (w *world) must(code int, args ...string) ended {
	w.t.Helper()
	r := w.run(args...)
	if r.code != code {
		w.t.Fatalf("%s: got exit code %d, want %d: %s%s", strings.Join(args, " "), r.code, code, r.err, r.out)
	}
	return r
}

// both lets the two people say the same.
func (w *world) both(args ...string) []string {
	w.t.Helper()
	var wrong []string
	for _, name := range []string{"asha", "vikram"} {
		if r := w.run(append(args, "--key", w.path(name+".key"))...); r.code != 0 {
			wrong = append(wrong, fmt.Sprintf("%s by %s: exit code %d: %s", strings.Join(args, " "), name, r.code, r.err))
		}
	}
	return wrong
}

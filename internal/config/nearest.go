package config

import (
	"strings"

	"reconcile/internal/spelling"
)

// nearestKey returns the known key that was probably meant: one of the same
// section that reads alike, the same name in another section, else the one of
// the section that reads most alike.
func nearestKey(name, path string, keys, all []key) string {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	best, distance := nearest(name, names)
	if distance > 2 {
		if elsewhere := sameName(name, "", all); elsewhere != "" {
			return elsewhere
		}
	}
	return join(path, best)
}

// sameName returns the path of the key with this name, wherever it is.
func sameName(name, prefix string, keys []key) string {
	for _, k := range keys {
		if fold(k.name) == fold(name) {
			return prefix + k.name
		}
		// A column of a ledger is no setting that one could have meant.
		if k.keys == nil || k.name == "columns" {
			continue
		}
		if path := sameName(name, prefix+k.name+".", k.keys); path != "" {
			return path
		}
	}
	return ""
}

// nearest returns the first of the names with the smallest edit distance to s.
func nearest(s string, names []string) (best string, distance int) {
	distance = -1
	for _, name := range names {
		if d := spelling.Distance(fold(s), fold(name)); distance < 0 || d < distance {
			best, distance = name, d
		}
	}
	return best, distance
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

package ledger

import "slices"

// Known says how it is known what a layout looks like. What nobody has seen is
// never chosen by itself.
type Known uint8

const (
	Seen       Known = iota + 1 // in a file that the system wrote
	Documented                  // by the maker of the system, or in its source
	Assumed                     // from general knowledge; it must be named in the configuration
)

// String returns how it is known, in words for a report.
func (k Known) String() string {
	switch k {
	case Seen:
		return "seen"
	case Documented:
		return "documented"
	case Assumed:
		return "assumed"
	}
	return "unknown"
}

// A Preset is a layout by which a ledger can be read: a value of ledger.preset.
type Preset struct {
	Name   string // such as tally-bills-payable
	Known  Known
	System string // for people: "Tally, Bills Payable"
}

// Presets returns all layouts, canonical first and the others by system.
func Presets() []Preset {
	var all []Preset
	for _, l := range layouts() {
		all = append(all, Preset{l.name, l.known, l.system})
	}
	return all
}

// layoutNamed returns the layout of a name, nil for none.
func layoutNamed(name string) *layout {
	all := layouts()
	i := slices.IndexFunc(all, func(l *layout) bool { return l.name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

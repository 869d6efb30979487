package config

import (
	"errors"
	"path/filepath"
)

// Metrics says where a monitor finds what the last run came to.
type Metrics struct {
	// Textfile is a file for the textfile collector of Prometheus, in a folder
	// that both may use. It ends in .prom, for the collector reads no other. None
	// when absent.
	Textfile string
}

func (m *Metrics) keys() []key {
	return []key{{name: "textfile", value: promFile{&m.Textfile}, silent: true}}
}

type promFile struct{ to *string }

func (v promFile) String() string { return *v.to }
func (v promFile) Set(s string) error {
	var name string
	if err := (text{&name}).Set(s); err != nil {
		return err
	}
	if filepath.Ext(name) != ".prom" {
		return errors.New("expected a name that ends in .prom, for the collector reads no other")
	}
	*v.to = name
	return nil
}

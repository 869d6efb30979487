package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
	"reconcile/samples"
)

// sampleDate is the business date for which the sample month was made.
const sampleDate = "2026-11-21"

func (p *program) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "make a working folder: commented configuration, sample ledger, sample events",
		Long: "init writes the sample month into DIR and says what to type next. It overwrites\n" +
			"nothing: where one of its files is there already, it writes none.",
		Example: "  reconcile init trial\n  reconcile run --config trial/reconcile.yaml --as-of " + sampleDate,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := sampleFiles()
			if err != nil {
				return err
			}
			if err := writeSamples(args[0], files); err != nil {
				return err
			}
			next := fmt.Sprintf("reconcile run --config %s --as-of %s", filepath.Join(args[0], "reconcile.yaml"), sampleDate)
			if p.flags.json {
				return p.printJSON(struct {
					Folder string   `json:"folder"`
					Files  []string `json:"files"`
					Next   string   `json:"next"`
				}{args[0], files, next})
			}
			return p.print(fmt.Sprintf("%s holds a sample month: %s\n\nNext:\n  %s\n", args[0], strings.Join(files, ", "), next))
		},
	}
}

// sampleFiles lists the embedded files.
func sampleFiles() ([]string, error) {
	var files []string
	err := fs.WalkDir(samples.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the samples: %w", err)
	}
	return files, nil
}

// writeSamples writes the files into dir, all of them or, where one is there
// already, none.
func writeSamples(dir string, files []string) error {
	var there []string
	for _, name := range files {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			there = append(there, name)
		}
	}
	if len(there) > 0 {
		return &job.ExitError{Code: job.ExitUsage, Err: fmt.Errorf("%s already holds %s; init overwrites nothing: name another folder, or move these away [init-exists]",
			dir, strings.Join(there, ", "))}
	}
	for _, name := range files {
		if err := writeSample(filepath.Join(dir, filepath.FromSlash(name)), name); err != nil {
			return &job.ExitError{Code: job.ExitIO, Err: fmt.Errorf("writing the samples: %w", err)}
		}
	}
	return nil
}

func writeSample(path, name string) (err error) {
	b, err := samples.Files.ReadFile(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.Write(b)
	return err
}

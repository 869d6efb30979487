package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A File is one file of a run folder, and how to write it.
type File struct {
	Name  string // in the folder of the run, with a slash behind each folder within it
	Write func(io.Writer) error
}

// The names of the files of a run.
const (
	WorkbookName = "reconciliation.xlsx"
	ResultsName  = "results.jsonl"
	SummaryName  = "summary.json"
)

// Output returns the files of a run but the summary, which tells how long the
// others took and so is written last. They are a function of facts and plan; plan
// is nil where nothing was proposed.
func (f *Facts) Output(plan *Plan) []File {
	return slices.Concat(
		[]File{{WorkbookName, f.WriteWorkbook}, {ResultsName, f.WriteResults}},
		f.QuarantineOutput(), plan.Files(), f.PostingsOutput(), f.CSVOutput())
}

// SummaryOutput returns the summary of one run that had these facts.
func (f *Facts) SummaryOutput(run RunInfo) File {
	return File{SummaryName, func(w io.Writer) error { return f.Summary(run).WriteJSON(w) }}
}

// WriteFolder makes the folder dir with these files, whole or not at all. They
// are written into a hidden folder beside it, which takes the name dir once
// every byte is on the disk; after a crash dir is either there and complete or
// not there. A dir that exists is left alone: the error is then fs.ErrExist.
//
// Ready, where it is not nil, is called when all bytes are on the disk and
// nobody can see them yet; its error is returned, and dir does not appear.
func WriteFolder(dir string, files []File, ready func() error) (err error) {
	dir = filepath.Clean(dir)
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("writing the report: %s is already there; remove it or choose another output: %w", dir, fs.ErrExist)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing the report: %w", err)
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	temp, err := os.MkdirTemp(parent, hiddenPrefix(filepath.Base(dir)))
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temp))
		}
	}()
	if err := fill(temp, dir, files); err != nil {
		return err
	}
	if ready != nil {
		if err := ready(); err != nil {
			return err
		}
	}
	// Up to here a crash leaves a hidden folder that nobody reads; from here on
	// the report is there, and the last sync makes that outlive a power cut.
	if err := os.Rename(temp, dir); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := syncFolder(parent); err != nil {
		return fmt.Errorf("making sure of the report: %w", err)
	}
	return nil
}

// fill writes the files into the folder temp, which will be dir, and makes sure
// of them.
func fill(temp, dir string, files []File) error {
	folders := []string{filepath.Clean(temp)}
	for _, f := range files {
		if within := filepath.Dir(filepath.Join(temp, f.Name)); !slices.Contains(folders, within) {
			if err := os.Mkdir(within, 0o750); err != nil {
				return fmt.Errorf("writing %s: %w", filepath.Join(dir, f.Name), err)
			}
			folders = append(folders, within)
		}
		if err := writeFile(filepath.Join(temp, f.Name), f.Write); err != nil {
			return fmt.Errorf("writing %s: %w", filepath.Join(dir, f.Name), err)
		}
	}
	// Payments are nobody's business but the accounts department's.
	if err := os.Chmod(temp, 0o750); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	for _, folder := range slices.Backward(folders) {
		if err := syncFolder(folder); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := write(f); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes the names in a folder outlive a power cut, as fsync of a
// file does for its bytes.
func syncFolder(path string) (err error) {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

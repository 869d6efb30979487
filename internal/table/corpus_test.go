//go:build realdata

package table

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/metrics"
	"testing"
	"time"
)

// TestCorpus opens every file of DATA/corpus, workbooks and texts that other
// projects collected because they break readers, attacks among them. Each is
// read to its end or refused with a sentence, within the time and memory that a
// night run can spare.
func TestCorpus(t *testing.T) {
	data := os.Getenv("DATA")
	if data == "" {
		t.Fatal("DATA is not set; it names the folder of the real files")
	}
	const maxTime, maxHeap = 10 * time.Second, 512 << 20
	var read, refused int
	err := filepath.WalkDir(filepath.Join(data, "corpus"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(data, path)
		stop := make(chan struct{})
		peak := watchHeap(stop)
		start := time.Now()
		rows, cells, err := readWhole(name, path)
		elapsed := time.Since(start)
		close(stop)
		if heap := <-peak; heap > maxHeap {
			t.Errorf("%s: the heap grew to %d MiB, want at most %d", name, heap>>20, maxHeap>>20)
		}
		if elapsed > maxTime {
			t.Errorf("%s: took %v, want at most %v", name, elapsed, maxTime)
		}
		var refusal *RefusedError
		var limit *LimitError
		switch {
		case errors.As(err, &refusal) && refusal.Reason != "" && refusal.Remedy != "",
			errors.As(err, &limit) && limit.Reason != "" && limit.Remedy != "":
			refused++
			t.Logf("refused: %v", err)
		case err != nil:
			t.Errorf("%s: got error %v (%T), want a refusal", name, err, err)
		default:
			read++
			t.Logf("%s: %d rows, %d cells, %v", name, rows, cells, elapsed.Round(time.Millisecond))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read == 0 || refused == 0 {
		t.Errorf("read %d files and refused %d, want some of both", read, refused)
	}
	t.Logf("%d read, %d refused", read, refused)
}

func readWhole(name, path string) (rows, cells int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, err
	}
	f, err := Open(name, data, Limits{})
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	for _, s := range f.Sheets {
		err := s.Rows(func(r Row) error {
			rows++
			for _, c := range r.Cells {
				if c.Kind != Empty {
					cells++
				}
			}
			return nil
		})
		if err != nil {
			return rows, cells, err
		}
	}
	return rows, cells, nil
}

// watchHeap samples the size of the live heap until stop is closed, and then
// sends the largest value seen.
func watchHeap(stop <-chan struct{}) <-chan uint64 {
	peak := make(chan uint64, 1)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		var most uint64
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return peak
}

//go:build realdata

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"syscall"
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

// TestCorpusWithinMemory runs TestCorpus once more in a process of its own that
// may not have more than a small machine gives: the system, and not we, ends it
// when it takes more. Where there is no sh, only the peak is measured.
func TestCorpusWithinMemory(t *testing.T) {
	if os.Getenv("CORPUS_CHILD") != "" {
		t.Skip("this is the process of its own")
	}
	const (
		addressKiB = 3 << 20 // the Go runtime reserves addresses by the GiB, and uses few
		maxRSSKiB  = 640 << 10
	)
	args := []string{"-test.run=^TestCorpus$", "-test.count=1", "-test.timeout=10m", "-test.v"}
	cmd := exec.Command(os.Args[0], args...)
	if sh, err := exec.LookPath("sh"); err == nil && runtime.GOOS == "linux" {
		cmd = exec.Command(sh, append([]string{"-c", fmt.Sprintf("ulimit -v %d && exec \"$0\" \"$@\"", addressKiB), os.Args[0]}, args...)...)
	}
	cmd.Env = append(os.Environ(), "CORPUS_CHILD=1", "GOMEMLIMIT=384MiB")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the corpus is not read within %d MiB of addresses: %v\n%s", addressKiB>>10, err, out)
	}
	if !bytes.Contains(out, []byte("--- PASS: TestCorpus ")) {
		t.Fatalf("the process of its own read nothing:\n%s", out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Skip("this system does not tell the peak of a process")
	}
	if runtime.GOOS == "linux" && usage.Maxrss > maxRSSKiB {
		t.Errorf("the process grew to %d MiB, want at most %d", usage.Maxrss>>10, maxRSSKiB>>10)
	}
	t.Logf("peak %d MiB", usage.Maxrss>>10)
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

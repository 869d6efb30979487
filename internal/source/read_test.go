package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gzipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstded(t *testing.T, content string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(content), nil))
}

func ref(t *testing.T, content string) Ref {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	refs, err := Find(dir, []string{"f"})
	if err != nil {
		t.Fatal(err)
	}
	return refs[0]
}

func statOf(content string) Stat {
	sum := sha256.Sum256([]byte(content))
	return Stat{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(content))}
}

func TestRead(t *testing.T) {
	lines := strings.Repeat("one line of a log\n", 10_000)
	for _, c := range []struct{ name, disk, want string }{
		{"plain", lines, lines},
		{"empty", "", ""},
		{"short", "x", "x"},
		{"gzip", gzipped(t, lines), lines},
		{"gzip of two members", gzipped(t, lines) + gzipped(t, "more"), lines + "more"},
		{"zstd", zstded(t, lines), lines},
		{"zstd of two frames", zstded(t, lines) + zstded(t, "more"), lines + "more"},
	} {
		got, stat, err := ref(t, c.disk).ReadAll(MaxTable)
		if err != nil || string(got) != c.want || stat != statOf(c.disk) {
			t.Errorf("%s: got %d bytes, %+v, %v; want %d bytes, %+v", c.name, len(got), stat, err, len(c.want), statOf(c.disk))
		}
		r, err := ref(t, c.disk).Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err = io.ReadAll(r)
		if err != nil || string(got) != c.want || r.Stat() != statOf(c.disk) {
			t.Errorf("%s, streamed: got %d bytes, %+v, %v", c.name, len(got), r.Stat(), err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: closing: %v", c.name, err)
		}
	}
}

func TestCloseHashesTheRest(t *testing.T) {
	for _, disk := range []string{strings.Repeat("x", 1<<20), gzipped(t, strings.Repeat("xyz", 1<<20))} {
		r, err := ref(t, disk).Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if got, want := r.Stat(), statOf(disk); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if _, err := r.Read(make([]byte, 1)); err == nil {
			t.Error("a closed reader reads on")
		}
	}
}

func TestTorn(t *testing.T) {
	var lines strings.Builder
	for i := range 40_000 {
		lines.WriteString(strings.Repeat("z", i%7) + hex.EncodeToString([]byte{byte(i), byte(i >> 8)}) + "\n")
	}
	for name, whole := range map[string]string{"gzip": gzipped(t, lines.String()), "zstd": zstded(t, lines.String())} {
		for _, cut := range []int{5, len(whole) / 2, len(whole) - 3} {
			disk := whole[:cut]
			got, stat, err := ref(t, disk).ReadAll(MaxTable)
			if _, ok := errors.AsType[*TornError](err); !ok {
				t.Errorf("%s cut at %d: got %v, want a TornError", name, cut, err)
			}
			if !strings.HasPrefix(lines.String(), string(got)) || cut == len(whole)-3 && len(got) == 0 {
				t.Errorf("%s cut at %d: got %d bytes that are not the start of the content", name, cut, len(got))
			}
			if stat != statOf(disk) {
				t.Errorf("%s cut at %d: got %+v, want %+v", name, cut, stat, statOf(disk))
			}
		}
	}
}

func TestLimit(t *testing.T) {
	for _, disk := range []string{"12345", gzipped(t, "12345"), zstded(t, "12345")} {
		if _, _, err := ref(t, disk).ReadAll(5); err != nil {
			t.Errorf("5 bytes of 5: %v", err)
		}
		_, stat, err := ref(t, disk).ReadAll(4)
		if _, ok := errors.AsType[*LimitError](err); !ok {
			t.Errorf("5 bytes of 4: got %v, want a LimitError", err)
		}
		if stat != statOf(disk) {
			t.Errorf("got %+v, want %+v", stat, statOf(disk))
		}
	}
	bomb := gzipped(t, strings.Repeat("\x00", 2*ratioFrom))
	r, err := ref(t, bomb).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	if _, ok := errors.AsType[*LimitError](err); !ok {
		t.Errorf("a bomb: got %v, want a LimitError", err)
	}
}

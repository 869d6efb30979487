package source

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A Stat says which bytes a file consists of: those on disk, not what they
// unpack to.
type Stat struct {
	SHA256 string // hex, lower case
	Bytes  int64
}

// A TornError says that a compressed file ends too early or is damaged. What
// stands before the tear has been delivered.
type TornError struct {
	Path string
	Err  error
}

// Error says what happened, and what to do about it.
func (e *TornError) Error() string {
	return fmt.Sprintf("%s: the compressed file ends too early or is damaged; fetch it again from where it was written: %v", e.Path, e.Err)
}

// Unwrap returns what the decoder said.
func (e *TornError) Unwrap() error { return e.Err }

// ReadAll returns the content of the file, unpacked, of at most limit bytes;
// more is a *LimitError. On a *TornError the content up to the tear is
// returned with it.
func (r Ref) ReadAll(limit int64) ([]byte, Stat, error) {
	in, err := r.Open()
	if err != nil {
		return nil, Stat{}, err
	}
	var content bytes.Buffer
	if size := in.size; size <= limit {
		content.Grow(int(size) + bytes.MinRead) // exact for what is not compressed
	}
	n, err := content.ReadFrom(io.LimitReader(in, limit+1))
	if err == nil && n > limit {
		err = &LimitError{
			Path:   r.shown,
			Reason: fmt.Sprintf("it unpacks to more than %d MiB", limit>>20),
			Remedy: "split it into several files",
		}
	}
	if closeErr := in.Close(); err == nil {
		err = closeErr
	}
	return content.Bytes(), in.Stat(), err
}

// Sum returns which bytes the file consists of, without unpacking them.
func (r Ref) Sum() (Stat, error) {
	in, err := r.Open()
	if err != nil {
		return Stat{}, err
	}
	err = in.Close()
	return in.Stat(), err
}

// Open opens the file for streaming. The caller closes it.
func (r Ref) Open() (*Reader, error) { return r.open(true) }

// OpenUnsummed is Open for whoever hashes the content himself: of a file that is
// not compressed, where that is the same, Stat then has no SHA256.
func (r Ref) OpenUnsummed() (*Reader, error) { return r.open(false) }

func (r Ref) open(summed bool) (*Reader, error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", r.shown, err)
	}
	defer root.Close()
	// The file may have become a FIFO since it was found; without O_NONBLOCK
	// opening one would wait for ever.
	f, err := root.OpenFile(filepath.FromSlash(r.name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", r.shown, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &RefusedError{Path: r.shown, Reason: "it is not a file but a device, a pipe or a socket"}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("opening %s: %w", r.shown, err)
	}
	return newReader(r.shown, f, info.Size(), summed), nil
}

// A Reader delivers the content of a file, unpacked where it begins like gzip
// or zstd, whatever it is called. Several members one behind the other are one
// content.
type Reader struct {
	path string
	file io.ReadCloser
	size int64 // of the file when it was opened
	raw  *tally
	in   io.Reader
	free func() // of the decoder
	out  int64
	err  error // sticky: what the end of the content was
	stat Stat
}

// gzipMagic and zstdMagic are how compressed files begin.
const (
	gzipMagic = "\x1f\x8b"
	zstdMagic = "\x28\xb5\x2f\xfd"
)

func newReader(shown string, f io.ReadCloser, size int64, summed bool) *Reader {
	r := &Reader{path: shown, file: f, size: size, raw: &tally{r: f}}
	if summed {
		r.raw.sum = sha256.New()
	}
	raw := bufio.NewReaderSize(r.raw, 1<<18)
	first, _ := raw.Peek(4) // a read error comes back with the first Read
	head := string(first)
	r.in = raw
	if !summed && (strings.HasPrefix(head, gzipMagic) || strings.HasPrefix(head, zstdMagic)) {
		r.raw.sum = sha256.New()
		begun, _ := raw.Peek(raw.Buffered())
		r.raw.sum.Write(begun)
	}
	switch {
	case strings.HasPrefix(head, gzipMagic):
		z, err := gzip.NewReader(raw)
		if err != nil {
			r.err = r.torn(err)
		} else {
			r.in, r.free = z, func() { z.Close() }
		}
	case strings.HasPrefix(head, zstdMagic):
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			r.err = r.torn(err)
		} else {
			r.in, r.free = z, z.Close
		}
	}
	return r
}

// Read delivers the content.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.in.Read(p)
	r.out += int64(n)
	switch {
	case err == io.EOF:
		r.err = r.finish()
	case err != nil && r.free != nil && r.raw.err == nil:
		r.err = r.torn(err)
	case err != nil:
		r.err = fmt.Errorf("reading %s: %w", r.path, err)
	case r.free != nil && r.out > ratioFrom && r.out/maxRatio > r.raw.n:
		r.err = &LimitError{
			Path:   r.path,
			Reason: fmt.Sprintf("it unpacks to more than %d times its size", maxRatio),
			Remedy: "unpack it by hand, look at what it holds, and give the unpacked file",
		}
	}
	return n, r.err
}

// Close reads what is left of the file, for the hash, and closes it. It returns
// an error only of the disk: how the content ended was Read's to say.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	if r.free != nil {
		r.free()
	}
	err := r.finish()
	if err == io.EOF {
		err = nil
	}
	if closeErr := r.file.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("closing %s: %w", r.path, closeErr)
	}
	r.file = nil
	if r.err == nil {
		r.err = os.ErrClosed
	}
	return err
}

// Packed tells whether what is read was compressed.
func (r *Reader) Packed() bool { return r.free != nil }

// Stat returns which bytes were read: all those of the file, once Read has
// returned io.EOF or Close was called.
func (r *Reader) Stat() Stat { return r.stat }

// finish reads the file to its end and returns io.EOF when that worked.
func (r *Reader) finish() error {
	if _, err := io.Copy(io.Discard, r.raw); err != nil {
		return fmt.Errorf("reading %s: %w", r.path, err)
	}
	r.stat = Stat{Bytes: r.raw.n}
	if r.raw.sum != nil {
		r.stat.SHA256 = hex.EncodeToString(r.raw.sum.Sum(nil))
	}
	return io.EOF
}

func (r *Reader) torn(err error) error {
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return &LimitError{Path: r.path, Reason: "it needs more memory to unpack than is allowed", Remedy: "compress it without --long"}
	}
	return &TornError{Path: r.path, Err: err}
}

// A tally counts and hashes what passes.
type tally struct {
	r   io.Reader
	sum hash.Hash // nil where somebody else hashes
	n   int64
	err error // other than io.EOF
}

func (t *tally) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if t.sum != nil {
		t.sum.Write(p[:n])
	}
	t.n += int64(n)
	if err != nil && err != io.EOF {
		t.err = err
	}
	return n, err
}

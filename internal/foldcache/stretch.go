package foldcache

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"reconcile/internal/payment"
)

// magic begins every stretch, and changes with the format: a stretch of another
// format is none.
const magic = "reconcile fold 1\n"

// suffix ends the names of stretches, and beginning those that are not yet any.
const (
	suffix    = ".stretch"
	beginning = ".tmp-"
)

// maxBlock is how much of a stretch is read at once, in bytes; one record may
// make a block larger.
const maxBlock = 256 << 10

// A stretch on disk is the magic, blocks of records, a block of no bytes, what is
// known about it as JSON, the length of that in eight bytes, and the SHA-256 of
// all before.

// about is what a stretch says of itself.
type about struct {
	Stretch  payment.Stretch `json:"stretch"`
	Reader   string          `json:"reader"`  // by which rules the log was read
	ReadAs   string          `json:"read_as"` // the path of the log then
	Head     []byte          `json:"head"`    // SHA-256 of how the log begins; of the first stretch of a log
	HeadSize int             `json:"head_size"`

	proof [sha256.Size]byte // of the stretch as a file
}

// A recording is a stretch that is being written.
type recording struct {
	cache *Cache
	path  string // of the log
	head  []byte // how it begins
	file  *os.File
	out   *bufio.Writer
	sum   hash.Hash
	w     *writer
	err   error
}

func (c *Cache) begin(path string, head []byte) (*recording, error) {
	f, err := os.CreateTemp(c.dir, beginning)
	if err != nil {
		return nil, err
	}
	r := &recording{cache: c, path: path, head: head, file: f, sum: sha256.New(), w: newWriter()}
	r.out = bufio.NewWriterSize(io.MultiWriter(f, r.sum), maxBlock)
	_, r.err = r.out.WriteString(magic)
	return r, nil
}

// Tell notes what one body says. That a disk is full is no fault of the night:
// then the stretch is not remembered.
func (r *recording) Tell(t payment.Told) error {
	r.w.told(t)
	if len(r.w.b) >= maxBlock {
		r.block()
	}
	return nil
}

func (r *recording) block() {
	if r.err == nil {
		_, r.err = r.out.Write(binary.AppendUvarint(nil, uint64(len(r.w.b))))
	}
	if r.err == nil {
		_, r.err = r.out.Write(r.w.b)
	}
	r.w.b = r.w.b[:0]
}

// End gives the stretch its name.
func (r *recording) End(s payment.Stretch) error {
	if len(r.w.b) > 0 {
		r.block()
	}
	a := about{Stretch: s, Reader: r.cache.options.Reader, ReadAs: r.path}
	if s.From == 0 {
		a.HeadSize = int(min(s.To, int64(len(r.head))))
		a.Head = headOf(r.head[:a.HeadSize])
	}
	if err := r.end(&a); err != nil {
		r.cache.warn(fmt.Errorf("remembering what %s says: %w", r.path, err))
		r.Drop()
		return nil
	}
	r.cache.add(&a)
	return nil
}

func (r *recording) end(a *about) error {
	r.block() // of no bytes
	text, err := json.Marshal(a)
	if err := errors.Join(r.err, err); err != nil {
		return err
	}
	if _, err := r.out.Write(binary.BigEndian.AppendUint64(text, uint64(len(text)))); err != nil {
		return err
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	r.sum.Sum(a.proof[:0])
	if _, err := r.file.Write(a.proof[:]); err != nil {
		return err
	}
	if err := r.file.Close(); err != nil {
		return err
	}
	return os.Rename(r.file.Name(), r.cache.file(a.Stretch.Sum))
}

// Drop forgets the stretch.
func (r *recording) Drop() {
	// What cannot be closed or removed lies about until the next Commit.
	r.file.Close()
	os.Remove(r.file.Name())
}

func (c *Cache) file(sum payment.Digest) string {
	return filepath.Join(c.dir, hex.EncodeToString(sum[:])+suffix)
}

// errDamaged says that a file is not what was written.
var errDamaged = errors.New("it is damaged")

// prove reads a stretch whole, and returns what it says of itself.
func prove(path string) (*about, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	if size < int64(len(magic)+1+8+sha256.Size) {
		return nil, errDamaged
	}
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, io.LimitReader(f, size-sha256.Size), make([]byte, maxBlock)); err != nil {
		return nil, err
	}
	tail := make([]byte, 8+sha256.Size)
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	if !bytes.Equal(sum.Sum(nil), tail[8:]) {
		return nil, errDamaged
	}
	length := binary.BigEndian.Uint64(tail)
	if length > uint64(size)-uint64(len(tail)) {
		return nil, errDamaged
	}
	text := make([]byte, length)
	if _, err := f.ReadAt(text, size-int64(len(tail))-int64(length)); err != nil {
		return nil, err
	}
	var a about
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, errDamaged
	}
	if name := hex.EncodeToString(a.Stretch.Sum[:]) + suffix; name != filepath.Base(path) {
		return nil, errDamaged // another stretch under this name
	}
	head := make([]byte, len(magic))
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != magic {
		return nil, errDamaged
	}
	copy(a.proof[:], tail[8:])
	return &a, nil
}

// replay tells what a stretch says. It was proved when the Cache was opened, and
// nobody writes to a stretch that has its name; a rebuild may put another there.
func replay(path string, proof *[sha256.Size]byte, tell func(payment.Told) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading the fold cache: %w", err)
	}
	tail := make([]byte, sha256.Size)
	if _, err := f.ReadAt(tail, max(0, info.Size()-sha256.Size)); err != nil || !bytes.Equal(tail, proof[:]) {
		return ErrChanged
	}
	in := bufio.NewReaderSize(f, maxBlock)
	if _, err := in.Discard(len(magic)); err != nil {
		return err
	}
	r := &reader{}
	var e payment.Event
	var block []byte
	for {
		n, err := binary.ReadUvarint(in)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if n > maxBlock<<12 {
			return errRecord
		}
		if uint64(cap(block)) < n {
			block = make([]byte, n)
		}
		block = block[:n]
		if _, err := io.ReadFull(in, block); err != nil {
			return err
		}
		for r.b = block; len(r.b) > 0; {
			told, err := r.told(&e)
			if err != nil {
				return err
			}
			if err := tell(told); err != nil {
				return err
			}
		}
	}
}

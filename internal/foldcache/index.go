package foldcache

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/payment"
)

// indexName is the file that says where things stood.
const indexName = "index"

// An index says what stood in which file, and where a stretch was seen last. It
// is lost without harm: a stretch then stands where it was read first.
type index struct {
	Files  []file   `json:"files"`
	Places []placed `json:"places"`
	Texts  []text   `json:"texts"`
}

// A file is one log, as it was seen last.
type file struct {
	Path   string         `json:"path"`
	Inode  uint64         `json:"inode"`
	SHA256 string         `json:"sha256,omitempty"` // of a compressed one, as it lies on the disk
	Bytes  int64          `json:"bytes,omitempty"`
	End    payment.Digest `json:"end"` // of its last stretch
}

// A place says where a stretch was seen last, and since when it is not.
type place struct {
	Path    string   `json:"path"`
	Since   day.Date `json:"since,omitempty"` // the business date of the run that missed it; 0 while it is there
	Changed bool     `json:"changed,omitempty"`
}

type placed struct {
	Sum payment.Digest `json:"sum"`
	place
}

// A text is a body that is kept whole.
type text struct {
	Record    []byte `json:"record"`
	Canonical []byte `json:"canonical"`
	used      bool
}

// readIndex reads the index. Where there is none, nothing is known of places.
func (c *Cache) readIndex() error {
	b, err := os.ReadFile(filepath.Join(c.dir, indexName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	body := b[:max(0, len(b)-sha256.Size)]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], b[len(body):]) {
		return errors.New(indexName + ": it is damaged")
	}
	var x index
	if err := json.Unmarshal(body, &x); err != nil {
		return errors.New(indexName + ": it is of another version")
	}
	c.index = x
	for _, p := range x.Places {
		if e := c.stretches[p.Sum]; e != nil {
			e.place = p.place
		}
	}
	for _, t := range x.Texts {
		c.texts[sha256.Sum256(t.Canonical)] = t
	}
	return nil
}

// Commit writes down where everything stands, and removes what nobody needs. It
// does nothing where the Cache is only read. What fails is in Warnings.
func (c *Cache) Commit() {
	if !c.options.Write || !c.usable {
		return
	}
	c.warn(c.commit())
}

func (c *Cache) commit() error {
	var x index
	for _, path := range sortedKeys(c.held) {
		h := c.held[path]
		x.Files = append(x.Files, h.file)
		for _, d := range h.all {
			if e := c.stretches[d]; e != nil {
				e.place = place{Path: path}
			}
		}
	}
	for d, e := range c.stretches {
		if c.keeps(e) {
			x.Places = append(x.Places, placed{d, e.place})
		}
	}
	slices.SortFunc(x.Places, func(a, b placed) int { return slices.Compare(a.Sum[:], b.Sum[:]) })
	for _, t := range c.texts {
		if t.used {
			x.Texts = append(x.Texts, t)
		}
	}
	slices.SortFunc(x.Texts, func(a, b text) int { return bytes.Compare(a.Canonical, b.Canonical) })
	if err := c.writeIndex(&x); err != nil {
		return err
	}
	return c.sweep()
}

// keeps tells whether a stretch is needed tomorrow: because a file is remembered
// by it, or because only it knows what it says.
func (c *Cache) keeps(e *entry) bool {
	return e.used || !e.present && !e.free && !c.options.Rebuild
}

func (c *Cache) writeIndex(x *index) (err error) {
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(c.dir, beginning)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	sum := sha256.Sum256(body)
	_, err = f.Write(append(body, sum[:]...))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(c.dir, indexName))
}

// sweep removes the stretches that are not needed, and what a run left behind
// that was killed. The index no longer speaks of them.
func (c *Cache) sweep() error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	needed := make(map[string]bool)
	for d, e := range c.stretches {
		if c.keeps(e) {
			needed[filepath.Base(c.file(d))] = true
		}
	}
	var failed error
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, beginning) || strings.HasSuffix(name, suffix) && !needed[name] {
			failed = errors.Join(failed, os.Remove(filepath.Join(c.dir, name)))
		}
	}
	return failed
}

func sortedKeys(m map[string]holding) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

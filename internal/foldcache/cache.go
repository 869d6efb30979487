package foldcache

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// Folder is where the cache lies in the folder of the store.
const Folder = "foldcache"

// Options say how a Cache is used.
type Options struct {
	Reader  string   // the rules by which logs are read now; what was read by others is read anew
	AsOf    day.Date // the business date, since when a log is missed that is missed for the first time
	Write   bool     // remember what is read; whoever asks for it holds the lock of the store
	Rebuild bool     // read everything anew, and forget what no log says any more
}

// A Cache remembers what logs said. It is not safe for concurrent use, and is
// used for one reading: Commit ends it.
type Cache struct {
	dir      string
	options  Options
	warnings []string
	usable   bool // the folder can be written to

	stretches map[payment.Digest]*entry
	index     index // of the night before
	texts     map[payment.Digest]text

	held map[string]holding // tonight, by path
}

// An entry is one stretch that is known.
type entry struct {
	about
	place
	present bool // tonight
	grown   bool // it was the end of a log that has gone on
	used    bool // it is how a file is remembered
	free    bool // nothing is lost with it
}

// A holding is what a file holds tonight.
type holding struct {
	file  file
	known []payment.Digest
	all   []payment.Digest
}

// Open reads the cache in the folder of the store. It never fails: what cannot be
// read is left out, and said in Warnings.
func Open(store string, o Options) *Cache {
	c := &Cache{
		dir: filepath.Join(store, Folder), options: o, stretches: make(map[payment.Digest]*entry),
		texts: make(map[payment.Digest]text), held: make(map[string]holding),
	}
	if o.Write {
		err := os.MkdirAll(c.dir, 0o700)
		c.usable = err == nil
		c.warn(err)
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.warn(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) {
			c.load(e.Name())
		}
	}
	c.warn(c.readIndex())
	return c
}

// load proves one stretch.
func (c *Cache) load(name string) {
	a, err := prove(filepath.Join(c.dir, name))
	if err != nil {
		c.warn(fmt.Errorf("%s: %w", name, err))
		return
	}
	c.add(a)
}

func (c *Cache) add(a *about) {
	a.Stretch.Stale = a.Reader != c.options.Reader
	e := &entry{about: *a, place: place{Path: a.ReadAs}}
	if old := c.stretches[a.Stretch.Sum]; old != nil {
		e.place = old.place
	}
	c.stretches[a.Stretch.Sum] = e
}

func (c *Cache) warn(err error) {
	if err != nil {
		c.warnings = append(c.warnings, "the fold cache: "+err.Error()+"; what it does not know is read again")
	}
}

// Warnings say what of the cache could not be read or written. None of them is a
// reason to stop.
func (c *Cache) Warnings() []string { return c.warnings }

func headOf(head []byte) []byte {
	sum := sha256.Sum256(head)
	return sum[:]
}

// ErrChanged says that a stretch is no longer what it was when the Cache was
// opened: a run has tidied the folder meanwhile. Open it again.
var ErrChanged = errors.New("the fold cache has changed; ask again")

// Like returns the stretches of every log that is known and begins as head does,
// the shortest first.
func (c *Cache) Like(head []byte) []payment.Stretch {
	sums := make(map[int]string)
	like := make(map[payment.Digest]bool) // whether it is of such a log
	var is func(d payment.Digest, depth int) bool
	is = func(d payment.Digest, depth int) bool {
		if known, asked := like[d]; asked {
			return known
		}
		e := c.stretches[d]
		like[d] = false // a chain that ends nowhere, or in itself, is none
		switch {
		case e == nil:
		case e.Stretch.From > 0:
			like[d] = is(e.Stretch.After, depth+1)
		case e.HeadSize <= len(head):
			if sums[e.HeadSize] == "" {
				sums[e.HeadSize] = string(headOf(head[:e.HeadSize]))
			}
			like[d] = sums[e.HeadSize] == string(e.Head)
		}
		return like[d]
	}
	var all []payment.Stretch
	for d, e := range c.stretches {
		if is(d, 0) {
			s := e.Stretch
			s.Stale = s.Stale || c.options.Rebuild
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b payment.Stretch) int {
		return cmp.Or(cmp.Compare(a.To, b.To), slices.Compare(a.Sum[:], b.Sum[:]))
	})
	return all
}

// Packed returns the stretches that a compressed file is known to unpack to.
func (c *Cache) Packed(size int64, sum func() (source.Stat, error)) ([]payment.Stretch, source.Stat, error) {
	if c.options.Rebuild || !slices.ContainsFunc(c.index.Files, func(f file) bool { return f.SHA256 != "" && f.Bytes == size }) {
		return nil, source.Stat{}, nil
	}
	stat, err := sum()
	if err != nil {
		return nil, stat, err
	}
	for _, f := range c.index.Files {
		if f.SHA256 != stat.SHA256 || f.Bytes != stat.Bytes {
			continue
		}
		if chain := c.chain(f.End); chain != nil {
			return chain, stat, nil
		}
	}
	return nil, stat, nil
}

// chain returns the stretches from the beginning of a log to an end, or nil where
// one of them is not known or not to be used.
func (c *Cache) chain(end payment.Digest) []payment.Stretch {
	var all []payment.Stretch
	for at := end; ; {
		e := c.stretches[at]
		if e == nil || e.Stretch.Stale || e.Stretch.Final && at != end || len(all) > len(c.stretches) {
			return nil
		}
		all = append(all, e.Stretch)
		if e.Stretch.From == 0 {
			slices.Reverse(all)
			return all
		}
		at = e.Stretch.After
	}
}

// Replay tells what a stretch says, in its order.
func (c *Cache) Replay(s *payment.Stretch, tell func(payment.Told) error) error {
	e := c.stretches[s.Sum]
	if e == nil {
		return fmt.Errorf("reading the fold cache: %w", ErrChanged)
	}
	return replay(c.file(s.Sum), &e.proof, tell)
}

// Record notes what a stretch of a log says; nil where nothing is noted down.
func (c *Cache) Record(path string, head []byte) payment.Recorder {
	if !c.options.Write || !c.usable {
		return nil
	}
	r, err := c.begin(path, head)
	if err != nil {
		c.usable = false
		c.warn(err)
		return nil
	}
	return r
}

// Hold says what stands in a file tonight.
func (c *Cache) Hold(h payment.Holding) {
	now := holding{file: file{Path: h.Path, Inode: h.Inode, SHA256: h.Packed.SHA256, Bytes: h.Packed.Bytes}, known: h.Known, all: h.All}
	if n := len(h.All); n > 0 {
		now.file.End = h.All[n-1]
	}
	for _, d := range h.Known {
		if e := c.stretches[d]; e != nil {
			// A last line without an end, that has one now, may say something else.
			e.present, e.grown = e.present || !e.Stretch.Final, e.Stretch.Final
		}
	}
	for _, d := range h.All {
		if e := c.stretches[d]; e != nil {
			e.present, e.used = true, true
		}
	}
	c.held[h.Path] = now
}

// Text returns a body that was kept whole.
func (c *Cache) Text(sum payment.Digest) (payment.Event, bool) {
	t, known := c.texts[sum]
	if !known || sha256.Sum256(t.Canonical) != sum {
		return payment.Event{}, false
	}
	var e payment.Event
	r := reader{b: t.Record}
	if said, err := r.told(&e); err != nil || said.Event == nil || e.Sum != sum {
		return payment.Event{}, false
	}
	t.used = true
	c.texts[sum] = t
	e.Canonical = t.Canonical
	return e, true
}

// Keep keeps a body whole, because it had to be compared so.
func (c *Cache) Keep(e *payment.Event) {
	w := newWriter()
	w.told(payment.Told{Event: e})
	c.texts[e.Sum] = text{Record: w.b, Canonical: slices.Clone(e.Canonical), used: true}
}

package foldcache_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/foldcache"
)

// TestTruncated: a log that was cut off in its place is told of wherever the copy
// is, also where nothing is lost that anybody had read; and no other log is.
func TestTruncated(t *testing.T) {
	lines := request(1, "A/1", "100") + "\n" + request(2, "A/2", "100") + "\n" + request(2, "A/2", "100") + "\n"
	head, more := lines[:strings.LastIndex(strings.TrimSpace(lines), "\n")+1], request(3, "A/3", "100")+"\n"
	for _, tt := range []struct {
		name   string
		change func(h *house)
		want   []foldcache.Cut
	}{
		{"the copy is beside it", func(h *house) { h.write("copy.log", lines); h.write("app.log", head) }, []foldcache.Cut{{Copied: true}}},
		{"the copy is where nobody looks, and its head is left", func(h *house) { h.write("app.log", head) }, []foldcache.Cut{{}}},
		{"nothing is left", func(h *house) { h.write("app.log", "") }, []foldcache.Cut{{}}},
		{"a new and shorter one", func(h *house) { h.write("app.log", more) }, []foldcache.Cut{{}}},
		{"it grew", func(h *house) { h.append("app.log", more) }, nil},
		{"it was renamed, and a new one begun", func(h *house) { h.rename("app.log", "old.log"); h.write("app.log", more) }, nil},
		{"it was moved away", func(h *house) { h.write("new.log", more); h.remove("app.log") }, nil},
		{"nothing happened", func(*house) {}, nil},
	} {
		h := newHouse(t, t.TempDir())
		h.write("app.log", lines)
		h.run(foldcache.Options{})
		tt.change(h)
		for i := range tt.want {
			tt.want[i].Path = "app.log"
		}
		_, m := h.run(foldcache.Options{})
		if diff := cmp.Diff(tt.want, m.Truncated()); diff != "" {
			t.Errorf("%s: what was cut off (-want +got):\n%s", tt.name, diff)
		}
		_, m = h.run(foldcache.Options{})
		if got := m.Truncated(); len(got) > 0 {
			t.Errorf("%s: the night after says again that %v was cut off", tt.name, got)
		}
	}
}

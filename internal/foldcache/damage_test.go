package foldcache_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/enkash"
	"reconcile/internal/foldcache"
)

// FuzzDamage changes any bytes of any file of a cache, or cuts it off. Nothing
// that is read says anything else for it while the logs are there, and what is
// said of logs that are gone is what they said or nothing.
func FuzzDamage(f *testing.F) {
	f.Add(uint8(0), uint32(40), []byte{1})
	f.Add(uint8(1), uint32(900), []byte{0xff, 0, 7})
	f.Add(uint8(2), uint32(0), []byte{0x80})
	f.Add(uint8(3), uint32(3000), []byte{})
	f.Fuzz(func(t *testing.T, which uint8, at uint32, change []byte) {
		h := newHouse(t, t.TempDir())
		h.write("gone.jsonl", someLines(20, 22))
		h.write("app.jsonl", someLines(0, 4)+"no JSON\n"+invoice(1, "ACCEPTED")+"\n"+request(5, "A/5", "10"))
		h.write("old.jsonl.gz", zipped(someLines(4, 6)))
		h.run(foldcache.Options{})
		h.append("app.jsonl", "\n"+someLines(6, 7))
		h.remove("gone.jsonl")
		intact, _ := h.run(foldcache.Options{})

		files, err := filepath.Glob(filepath.Join(h.store, foldcache.Folder, "*"))
		if err != nil || len(files) < 4 {
			t.Fatalf("got %q, %v; want the stretches and the index", files, err)
		}
		path := files[int(which)%len(files)]
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		place := int(at) % len(content)
		if len(change) == 0 {
			content = content[:place]
		}
		for i, c := range change {
			content[(place+i)%len(content)] ^= c
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}

		options := h.options()
		m := foldcache.Open(h.store, foldcache.Options{Reader: options.Reader(), AsOf: h.night, Write: true})
		options.Memory = m
		got, err := enkash.ReadLogs(context.Background(), h.find(), options)
		if err != nil {
			t.Fatalf("a damaged cache is an error: %v", err)
		}
		m.Commit()
		// What the index said of a log that is gone may be lost: since when, and its
		// last name. What the log said is there, or was in the stretch that is damaged.
		got.Kept, got.Forgotten, intact.Kept = nil, nil, nil
		if diff := cmp.Diff(intact, got, cmpopts.EquateEmpty()); diff != "" {
			same(t, "with a damaged stretch of the log that is gone", h.afresh(), got)
		}
		healed, second := h.run(foldcache.Options{})
		if second.recorded > 0 {
			t.Errorf("the night behind it decodes %d bytes again", second.recorded)
		}
		healed.Kept = nil
		if diff := cmp.Diff(got, healed, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the night behind it says something else (-that night +behind it):\n%s", diff)
		}
	})
}

// dying names the environment variable under which a test is a process that runs
// nights until it is killed.
const dying = "FOLDCACHE_HOUSE"

// TestNightsUntilKilled is the process that TestAKillHarmsNothing kills.
func TestNightsUntilKilled(t *testing.T) {
	dir := os.Getenv(dying)
	if dir == "" {
		return // it is a process of the other test, and alone there is nothing to show
	}
	h := newHouse(t, dir)
	for n := 0; ; n++ {
		h.append("app.jsonl", someLines(n, n+2))
		if n%3 == 2 {
			h.rename("app.jsonl", fmt.Sprintf("app.jsonl.%d.%d", os.Getpid(), n)) // no name comes twice
		}
		options := h.options()
		m := foldcache.Open(h.store, foldcache.Options{Reader: options.Reader(), AsOf: h.night, Write: true, Rebuild: n%5 == 4})
		options.Memory = m
		if _, err := enkash.ReadLogs(context.Background(), h.find(), options); err != nil {
			t.Fatal(err)
		}
		m.Commit()
		fmt.Println("night", n)
	}
}

// TestAKillHarmsNothing kills a process at work, again and again, and reads its
// logs with what it left behind.
func TestAKillHarmsNothing(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	newHouse(t, dir).write("0.jsonl", someLines(0, 1))
	for round := range 8 {
		cmd := exec.Command(self, "-test.run", "^TestNightsUntilKilled$")
		cmd.Env = append(os.Environ(), dying+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// It dies some way into the night behind those that it tells of.
		in := bufio.NewScanner(out)
		for range random.IntN(6) {
			in.Scan()
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		h := newHouse(t, dir)
		got, _ := h.read(foldcache.Options{AsOf: h.night, Write: true})
		same(t, fmt.Sprintf("after kill %d", round+1), h.afresh(), got)
		if len(got.Kept) > 0 {
			t.Fatalf("after kill %d: %v is missed", round+1, got.Kept)
		}
		if left, _ := filepath.Glob(filepath.Join(h.store, foldcache.Folder, ".tmp-*")); len(left) > 0 {
			t.Errorf("after kill %d: %q was left behind", round+1, left)
		}
		if _, m := h.read(foldcache.Options{AsOf: h.night, Write: true}); m.recorded > 0 {
			t.Errorf("after kill %d: %d bytes are decoded twice", round+1, m.recorded)
		}
	}
}

package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

var errPowerCut = errors.New("the power is gone")

// A dying is a disk that does so many steps and then none: what was not synced
// by then may be whole, half or empty.
type dying struct {
	folder
	left int
	torn bool // a draft in hand is left half written
}

func (d *dying) step() error {
	if d.left--; d.left < 0 {
		return errPowerCut
	}
	return nil
}

func (d *dying) draft(name string, b []byte) error {
	if err := d.step(); err != nil {
		if d.torn {
			_ = d.folder.draft(name, b[:len(b)/2])
		}
		return err
	}
	return d.folder.draft(name, b)
}

func (d *dying) rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.folder.rename(from, to)
}

func (d *dying) remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.folder.remove(name)
}

func (d *dying) sync() error {
	if err := d.step(); err != nil {
		return err
	}
	return d.folder.sync()
}

// TestPowerCutAtEveryStep stops an Add and a Flush before every step of theirs
// on the disk, and starts anew. What Add had promised arrives; nobody gets more
// than one copy beyond the cut, and every copy has the same Message-ID.
func TestPowerCutAtEveryStep(t *testing.T) {
	const steps = 40
	finished := false
	for at := range steps {
		for _, torn := range []bool{false, true} {
			p := newPost(t, nil)
			o := newOutbox(t)
			o.disk = &dying{folder: folder(o.Dir), left: at, torn: torn}
			promised := o.Add(message(22, asha, ravi), message(22, asha, ravi)) == nil
			_, cut := o.Flush(context.Background(), &Server{URL: p.url()})
			if promised && cut == nil {
				finished = true
			}
			before := len(p.letters())
			o.disk = nil
			if _, err := o.Flush(context.Background(), &Server{URL: p.url()}); err != nil {
				t.Fatalf("after a cut at step %d: %v", at, err)
			}
			got := p.letters()
			if promised && len(got) == 0 {
				t.Errorf("a cut at step %d lost the message", at)
			}
			if len(got) > 2 || cut == nil && len(got) > 1 || before > 1 {
				t.Errorf("a cut at step %d: %d copies", at, len(got))
			}
			for to, n := range p.counts() {
				if !strings.HasSuffix(to, message(22, asha).ID) {
					t.Errorf("a cut at step %d: %s, %d times", at, to, n)
				}
			}
			if names, err := folder(o.Dir).list(); err != nil || len(names) > 1 {
				t.Errorf("a cut at step %d left %v, %v", at, names, err)
			}
		}
	}
	if !finished {
		t.Errorf("no run went through in %d steps, so not every step was cut", steps)
	}
}

// TestKilled kills a child process at each step of its talk with the server and
// lets another one go on.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("MAIL_TEST_OUTBOX"); dir != "" {
		o := &Outbox{Dir: dir, Now: time.Now}
		mustAdd(t, o, message(22, asha, ravi), nil)
		if _, err := o.Flush(context.Background(), &Server{URL: os.Getenv("MAIL_TEST_SERVER")}); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, where := range []string{"mail", "rcpt", "data", "after"} {
		t.Run(where, func(t *testing.T) {
			var mu sync.Mutex // the server asks from goroutines of its own
			var child *os.Process
			var dead chan struct{} // closed when child is
			killed := false
			kill := func(at string) {
				mu.Lock()
				defer mu.Unlock()
				if where == at && !killed {
					killed = true
					if err := child.Kill(); err != nil {
						t.Errorf("killing the child: %v", err)
					}
					<-dead // it is dead before the server answers
				}
			}
			wasKilled := func() bool {
				mu.Lock()
				defer mu.Unlock()
				return killed
			}
			p := newPost(t, func(p *post) {
				p.onMail = func(string) error { kill("mail"); return nil }
				p.onRcpt = func(string) error { kill("rcpt"); return nil }
				p.onData = func(*smtp.Conn, io.Reader) error { kill("data"); return nil }
				p.after = func(*smtp.Conn) error { kill("after"); return nil }
			})
			dir := filepath.Join(t.TempDir(), "outbox")
			start := func() error {
				var out bytes.Buffer
				cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
				cmd.Env = append(os.Environ(), "MAIL_TEST_OUTBOX="+dir, "MAIL_TEST_SERVER="+p.url())
				cmd.Stdout, cmd.Stderr = &out, &out
				over := make(chan struct{})
				mu.Lock()
				err := cmd.Start()
				child, dead = cmd.Process, over
				mu.Unlock()
				if err != nil {
					return err
				}
				err = cmd.Wait()
				close(over)
				if err != nil && !wasKilled() {
					return fmt.Errorf("%w\n%s", err, out.Bytes())
				}
				return nil
			}
			if err := start(); err != nil {
				t.Fatal(err)
			}
			if !wasKilled() {
				t.Fatal("the child was not killed")
			}
			if err := start(); err != nil {
				t.Fatal(err)
			}
			for _, to := range []string{asha, ravi} {
				// A small message is with the server whole before it is asked to take it.
				n, most := p.counts()[to+" "+message(22, asha).ID], 1
				if where == "data" || where == "after" {
					most = 2
				}
				if n < 1 || n > most {
					t.Errorf("killed at %s: %s got %d copies, want 1 to %d", where, to, n, most)
				}
			}
		})
	}
}

// TestGivenUp: a message that nobody takes ends, and says so.
func TestGivenUp(t *testing.T) {
	for name, set := range map[string]func(o *Outbox){
		"tries": func(o *Outbox) { o.MaxTries = 3 },
		"age":   func(o *Outbox) { o.MaxAge = 150 * time.Minute },
	} {
		t.Run(name, func(t *testing.T) {
			now := clock("2026-11-22T06:00:00Z")()
			o := newOutbox(t)
			o.Now = func() time.Time { return now }
			set(o)
			mustAdd(t, o, message(22, asha), nil)
			dead := &Server{URL: "smtp://" + deadPort(t)}
			for try := 1; try <= 3; try++ {
				if name == "age" {
					now = now.Add(time.Hour)
				}
				want := Waiting
				if try == 3 {
					want = GivenUp
				}
				d, err := o.Flush(context.Background(), dead)
				if err == nil || len(d) != 1 || !d[0].Every(want) || d[0].Tries != try {
					t.Fatalf("try %d: got %+v, %v, want %s", try, d, err, want)
				}
			}
			if d, err := o.Flush(context.Background(), dead); len(d) > 0 || err != nil {
				t.Errorf("a message given up was tried again: %+v, %v", d, err)
			}
			now = now.Add(keepRecords + time.Hour)
			if _, err := o.Flush(context.Background(), dead); err != nil {
				t.Error(err)
			}
			if names, err := folder(o.Dir).list(); err != nil || len(names) > 0 {
				t.Errorf("after a month there is %v, %v", names, err)
			}
		})
	}
}

// TestAddedTwice: a message whose ID is known is not sent again.
func TestAddedTwice(t *testing.T) {
	p := newPost(t, nil)
	o := newOutbox(t)
	for range 2 {
		mustAdd(t, o, message(22, asha), nil)
		if _, err := o.Flush(context.Background(), &Server{URL: p.url()}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(p.letters()); got != 1 {
		t.Errorf("the server took %d messages, want 1", got)
	}
}

// TestDamagedRecord: one that cannot be read is told of and left alone, and the
// others are delivered.
func TestDamagedRecord(t *testing.T) {
	p := newPost(t, nil)
	o := newOutbox(t)
	mustAdd(t, o, message(21, asha), nil)
	mustAdd(t, o, message(22, ravi), nil)
	path := filepath.Join(o.Dir, message(21, asha).ID+recordEnd)
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := o.Flush(context.Background(), &Server{URL: p.url()})
	if !errors.Is(err, errDamaged) || len(d) != 1 || !d[0].Every(Sent) || len(p.letters()) != 1 {
		t.Errorf("got %+v, %v", d, err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, message(21, asha).ID+".1.eml")); err != nil {
		t.Errorf("the message of a damaged record is gone: %v", err)
	}
}

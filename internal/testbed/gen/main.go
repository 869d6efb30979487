// Gen writes a generated world to a folder: ledger.csv, events.jsonl,
// reconcile.yaml, and truth.csv, which says of each row what must come out.
//
//	go run ./internal/testbed/gen -rows 1000000 -events 2000000 -seed 1 -out DIR
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"reconcile/internal/testbed"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	rows := flags.Int("rows", 10_000, "ledger rows, at least")
	events := flags.Int("events", 20_000, "event deliveries, at least")
	seed := flags.Int64("seed", 1, "the same seed gives the same bytes")
	out := flags.String("out", "", "folder to write to; made where it is missing")
	clean := flags.Bool("clean", false, "nothing went wrong: no breaks")
	buyers := flags.Int("buyers", 1, "registrations of ours, 1 to 3")
	copies := flags.Int("copies", 2, "percentage of deliveries that come twice")
	noise := flags.Int("noise", 1, "percentage of deliveries about something else")
	wrapped := flags.Bool("wrapped", false, "put each body into a wrapper with received_at, path and headers")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" || *rows < 1 || *buyers < 1 || *buyers > 3 {
		return errors.New("give a folder with -out, at least one row and one to three buyers")
	}
	o := testbed.Options{Mix: testbed.Realistic, Buyers: *buyers, Copies: *copies, Noise: *noise, Wrapped: *wrapped}
	if *clean {
		o.Mix = testbed.Clean
	}
	written, err := write(*out, *seed, *rows, *events, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d rows, %d events\n", *out, written.Rows, written.Events)
	return nil
}

func write(folder string, seed int64, rows, events int, o testbed.Options) (written testbed.Written, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return written, err
	}
	var files []*os.File
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	var buffers []*bufio.Writer
	for _, name := range []string{"ledger.csv", "truth.csv", "events.jsonl", "reconcile.yaml"} {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return written, err
		}
		files = append(files, f)
		buffers = append(buffers, bufio.NewWriterSize(f, 1<<20))
	}
	if written, err = testbed.Stream(seed, rows, events, o, buffers[0], buffers[1], buffers[2]); err != nil {
		return written, err
	}
	if err := testbed.WriteConfig(buffers[3], o); err != nil {
		return written, err
	}
	for _, b := range buffers {
		if err := b.Flush(); err != nil {
			return written, fmt.Errorf("writing to %s: %w", folder, err)
		}
	}
	return written, nil
}

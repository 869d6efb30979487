package testbed

import (
	"fmt"
	"io"
)

// Written counts what Stream wrote.
type Written struct{ Rows, Events int }

// Stream writes a world of the seed that is too large to be held: at least rows
// rows into the ledger and their truth, at least events deliveries into the log,
// and a few more of each, for a story is told to its end. Its log is as full at
// every place. The mix must not be Nasty.
func Stream(seed int64, rows, events int, o Options, ledger, truth, log io.Writer) (Written, error) {
	if o.Mix == Nasty {
		return Written{}, fmt.Errorf("a nasty world has no truth and is not written to files")
	}
	b := newBuilder(seed, rows, o)
	w := b.world
	c, t, l := newLedgerWriter(ledger), newTruthWriter(truth), newLogWriter(log, seed, w.options)
	var done Written
	for done.Rows < rows {
		// The share of events that the rows so far should have brought.
		due := int(float64(events) * float64(done.Rows) / float64(rows))
		if l.written > due+20 {
			b.openInvoice()
		} else {
			b.scene()
		}
		for i := range w.Rows {
			c.write(&w.Rows[i])
			t.write(&w.Rows[i])
		}
		for _, payments := range [][]Payment{w.Payments, w.Foreign} {
			for i := range payments {
				l.add(&payments[i])
			}
		}
		done.Rows += len(w.Rows)
		w.Rows, w.Payments, w.Foreign = w.Rows[:0], w.Payments[:0], w.Foreign[:0]
		for l.written < due-20 || done.Rows >= rows && l.written < events {
			l.disturb(&Payment{Buyer: w.Buyers[0].B2BID, Supplier: b.anySupplier().party.B2BID})
		}
	}
	done.Events = l.written
	for _, err := range []error{c.close(), t.close(), l.close()} {
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// WriteConfig writes the configuration that reconciles the files ledger.csv and
// events.jsonl beside it.
func WriteConfig(out io.Writer, o Options) error {
	o = o.withDefaults(0)
	w := newBuilder(0, 0, o).world
	s := "buyers:\n"
	for _, b := range w.Buyers {
		s += fmt.Sprintf("  - {b2b_id: %s, gstin: %s, name: %s}\n", b.B2BID, b.GSTIN, b.Name)
	}
	s += fmt.Sprintf(`timezone: Asia/Kolkata
ledger:
  files: ["ledger.csv"]
events:
  files: ["events.jsonl"]
matching: {amount_tolerance: "%s", covers_from: %s}
payments:
  mode: "off"
store: state/
output: reports/
`, w.Rules.Tolerance, w.Rules.CoversFrom)
	if _, err := io.WriteString(out, s); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

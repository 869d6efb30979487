package testbed

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// WriteEvents writes the log, one delivery a line, out of order as webhooks
// come. The same world gives the same bytes.
func (w *World) WriteEvents(out io.Writer) error {
	l := newLogWriter(out, w.seed, w.options)
	for i := range w.Payments {
		l.add(&w.Payments[i])
	}
	for i := range w.Foreign {
		l.add(&w.Foreign[i])
	}
	return l.close()
}

// mixed is how many deliveries are shuffled with each other. It bounds the
// memory of a long log, and how far a delivery strays from its time.
const mixed = 4096

type logWriter struct {
	out     *bufio.Writer
	rng     *rand.Rand
	options Options
	waiting []body
	line    []byte
	written int // deliveries, those that wait included
	noise   int
	err     error
}

func newLogWriter(out io.Writer, seed int64, o Options) *logWriter {
	return &logWriter{
		out:     bufio.NewWriterSize(out, 1<<20),
		rng:     rand.New(rand.NewPCG(uint64(seed), 0x6465_6c69_7665_7279)),
		options: o,
	}
}

// add puts all bodies of the payment into the log, with copies and noise as the
// options have it.
func (l *logWriter) add(p *Payment) {
	for _, b := range p.bodies() {
		l.deliver(b)
		if l.rng.IntN(100) < l.options.Copies {
			l.deliver(b)
		}
		if l.rng.IntN(100) < l.options.Noise {
			l.disturb(p)
		}
	}
}

// disturb adds a delivery about something else.
func (l *logWriter) disturb(p *Payment) {
	l.noise++
	l.deliver(purchaseOrder(p.Buyer, p.Supplier, l.noise, l.options.AsOf-1))
}

func (l *logWriter) deliver(b body) {
	l.written++
	if len(l.waiting) < mixed {
		l.waiting = append(l.waiting, b)
		return
	}
	i := l.rng.IntN(mixed)
	l.print(l.waiting[i])
	l.waiting[i] = b
}

func (l *logWriter) close() error {
	l.rng.Shuffle(len(l.waiting), func(i, j int) { l.waiting[i], l.waiting[j] = l.waiting[j], l.waiting[i] })
	for _, b := range l.waiting {
		l.print(b)
	}
	l.waiting = nil
	if err := l.out.Flush(); l.err == nil {
		l.err = err
	}
	if l.err != nil {
		return fmt.Errorf("writing the event log: %w", l.err)
	}
	return nil
}

func (l *logWriter) print(b body) {
	line := append(l.line[:0], b.json...)
	if l.options.Wrapped {
		line = wrap(l.line[:0], b, l.rng.IntN(2) == 0)
	}
	l.line = append(line, '\n')
	if _, err := l.out.Write(l.line); err != nil && l.err == nil {
		l.err = err
	}
}

// wrap puts a body into what a webhook receiver logs around it, as an object or
// as a string.
func wrap(line []byte, b body, asText bool) []byte {
	line = append(line, `{"received_at":"`...)
	line = b.when.Add(3*time.Second).UTC().AppendFormat(line, time.RFC3339)
	line = append(line, `","method":"POST","path":"`...)
	line = append(line, b.path...)
	line = append(line, `","headers":{"Content-Type":"application/json"},"body":`...)
	if asText {
		line = strconv.AppendQuote(line, string(b.json))
	} else {
		line = append(line, b.json...)
	}
	return append(line, '}')
}

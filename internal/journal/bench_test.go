package journal

import (
	"fmt"
	"testing"
	"time"

	"reconcile/internal/submit"
)

// A payment is two commits before its outcome: Begin and Move. That are 13 fsyncs,
// counted with strace: for Begin the side log's steps, its mark and 5 of SQLite; for
// Move one less, because its mark may be lost with the power.
func BenchmarkPayment(b *testing.B) {
	j := newBench(b)
	const many = 50
	var plans int
	names := make(chan string, many)
	for b.Loop() {
		if len(names) == 0 {
			b.StopTimer()
			plans++
			p := plan(plans)
			for i := range many {
				n := fmt.Sprintf("p%dx%d", plans, i)
				p.Instructions = append(p.Instructions, pay(n, "S1", 1, line("S1", n, 1, 1000, 1000)))
				names <- n
			}
			j.pay(p)
			b.StartTimer()
		}
		n := <-names
		j.begin(n)
		j.move(n, submit.Acknowledged)
	}
}

// What a night begins with: every page, every step and every row is read.
func BenchmarkOpen(b *testing.B) {
	j := newBench(b)
	p := plan(1)
	for i := range 2000 {
		n := fmt.Sprintf("x%d", i)
		p.Instructions = append(p.Instructions, pay(n, "S1", 1, line("S1", n, 1, 1000, 1000)))
	}
	j.pay(p)
	j.shut()
	b.ResetTimer()
	for b.Loop() {
		s, err := Open(b.Context(), j.dir, j.options)
		if err != nil {
			b.Fatal(err)
		}
		_ = s.Close()
		j.now = j.now.Add(time.Second)
	}
	j.open()
}

// What an approved plan of a large night takes until it is written down.
func BenchmarkIntend(b *testing.B) {
	const many = 1000
	j := newBench(b)
	plans := 0
	for b.Loop() {
		b.StopTimer()
		plans++
		p := plan(plans)
		for i := range many {
			n := fmt.Sprintf("i%dx%d", plans, i)
			p.Instructions = append(p.Instructions, pay(n, "S1", 1, line("S1", n, 1, 1000, 1000)))
		}
		b.StartTimer()
		j.pay(p)
	}
}

//go:build realdata

package job

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/testbed"
)

const (
	ourBuyer = "BUYER0001"
	stranger = 97 // every so many rows a payment of a foreign buyer is added
	unheard  = 89 // and one for an invoice that the books do not have
	copied   = 9  // every so many deliveries come twice
)

// A reallog is the log derived from a ledger.
type reallog struct {
	world      testbed.World // payments, and what the bodies are written by
	row        []int         // of each payment: the index of its item, −1 for an unheard invoice
	deliveries [][]byte
	copies     int
	foreign    int // deliveries about the foreign buyer, copies left out
}

// log makes the payments of the plans and writes their bodies: a third of them
// wrapped as a receiver logs them, half of these as text; some come twice; the
// order is shuffled, always in the same way.
func (d *derivation) log(t *testing.T) *reallog {
	t.Helper()
	l := &reallog{}
	var most money.Paise
	for i := range d.items {
		most = max(most, d.items[i].Gross)
	}
	for i := range d.items {
		l.carryOut(d, i)
		if i%unheard == unheard-1 {
			p := l.pay(d, i, fmt.Sprintf("RD-UNHEARD-%05d", i), most+money.Paise(1000_00+10_00*i))
			p.Results = []string{"SUCCESS"}
			l.row[len(l.row)-1] = -1
		}
		if i%stranger == stranger-1 {
			p := l.pay(d, i, d.items[i].Number, max(d.items[i].Gross, 1))
			p.Buyer, p.Results = "FOREIGN01", []string{"SUCCESS"}
			last := len(l.row) - 1
			l.world.Foreign = append(l.world.Foreign, l.world.Payments[last])
			l.world.Payments, l.row = l.world.Payments[:last], l.row[:last]
			l.foreign += 2
		}
	}
	var plain bytes.Buffer
	if err := l.world.WriteEvents(&plain); err != nil {
		t.Fatal(err)
	}
	for n, body := range bytes.Split(bytes.TrimSuffix(plain.Bytes(), []byte("\n")), []byte("\n")) {
		delivery := body
		switch n % 6 {
		case 1:
			delivery = fmt.Appendf(nil, `{"received_at":"2026-01-02T03:04:05Z","method":"POST","path":"/webhook","headers":{},"body":%s}`, body)
		case 4:
			text, err := json.Marshal(string(body))
			if err != nil {
				t.Fatal(err)
			}
			delivery = fmt.Appendf(nil, `{"received_at":"2026-01-02T03:04:05Z","method":"POST","path":"/webhook","headers":{},"body":%s}`, text)
		}
		l.deliveries = append(l.deliveries, delivery)
		if n%copied == copied-1 {
			l.deliveries = append(l.deliveries, body) // the same body, whatever was around it
			l.copies++
		}
	}
	rng := rand.New(rand.NewPCG(2, 7))
	rng.Shuffle(len(l.deliveries), func(i, j int) {
		l.deliveries[i], l.deliveries[j] = l.deliveries[j], l.deliveries[i]
	})
	return l
}

// carryOut adds the payments of one row's plan.
func (l *reallog) carryOut(d *derivation, i int) {
	it := &d.items[i]
	c, number := it.Gross, it.Number
	switch p := d.plans[i]; p {
	case exactly, repeated:
		l.pay(d, i, number, c).Results = []string{"SUCCESS"}
	case confirmed:
		paid := l.pay(d, i, number, c)
		paid.Results = []string{"S"}
		paid.Answers = []testbed.Answer{{Says: "ACCEPT", Lines: []int{0}}}
	case spelt:
		l.pay(d, i, respell(number), c).Results = []string{"SUCCESSFUL"}
	case guessed:
		l.pay(d, i, fmt.Sprintf("RD-GUESS-%05d", i), c).Results = []string{"SUCCESS"}
	case halves:
		l.pay(d, i, number, c/2).Results = []string{"SUCCESS"}
		l.pay(d, i, number, c-c/2).Results = []string{"SUCCESS"}
	case twice:
		l.pay(d, i, number, c).Results = []string{"SUCCESS"}
		l.pay(d, i, number, c).Results = []string{"SUCCESS"}
	case tooMuch:
		l.pay(d, i, number, c+tolerance+1).Results = []string{"SUCCESS"}
	case tooLittle:
		l.pay(d, i, number, c-tolerance-1).Results = []string{"SUCCESS"}
	case failed:
		l.pay(d, i, number, c).Results = []string{"FAILURE"}
	case reversed:
		l.pay(d, i, number, c).Results = []string{"SUCCESS", "REVERSED"}
	case contradicted:
		l.pay(d, i, number, c).Results = []string{"SUCCESS", "FAILED"}
	case inFlight:
		l.pay(d, i, number, c).Acked = true
	case alsoInFlight:
		l.pay(d, i, number, c).Results = []string{"SUCCESS"}
		l.pay(d, i, number, c).Acked = true
	case rejected:
		paid := l.pay(d, i, number, c)
		paid.Type, paid.UTR = payment.OffPlatform, paid.FinalUTR
		paid.Results = []string{"SUCCESS"}
		paid.Answers = []testbed.Answer{{Says: "REJECT", Lines: []int{0}}}
	}
}

// pay adds a request of one invoice on the day the ledger gives, or on the last
// day of the log where it gives none.
func (l *reallog) pay(d *derivation, i int, number string, net money.Paise) *testbed.Payment {
	it, n := &d.items[i], len(l.world.Payments)+len(l.world.Foreign)
	on := it.PaymentDate
	if on == 0 {
		on = d.asOf
	}
	year, month, dayOfMonth := on.Civil()
	at := time.Date(year, time.Month(month), dayOfMonth, 11, n/60%60, n%60, 0, testbed.India)
	l.world.Payments = append(l.world.Payments, testbed.Payment{
		ObjectID: numbered("PMT", n), Buyer: ourBuyer, Supplier: d.of(it).paidAs,
		Type: payment.OnPlatform, Mode: "NEFT", Requested: true,
		UTR: fmt.Sprintf("REQ%09d", n), FinalUTR: fmt.Sprintf("HDFCN5%016d", n),
		RequestTime: at, ResponseTime: at.Add(90 * time.Second), AnswerTime: at.Add(time.Hour),
		Lines: []testbed.Line{{InvoiceID: numbered("INV", n), Number: number, Net: net, Invoice: it.Gross,
			Account: "12345678901", IFSC: "HDFC0000001", Beneficiary: "PAYEE"}},
	})
	l.row = append(l.row, i)
	return &l.world.Payments[len(l.world.Payments)-1]
}

// write puts the log into two files of the folder, the second compressed.
func (l *reallog) write(t *testing.T, folder string) {
	t.Helper()
	half := len(l.deliveries) / 2
	first := append(bytes.Join(l.deliveries[:half], []byte("\n")), '\n')
	var second bytes.Buffer
	zip := gzip.NewWriter(&second)
	if _, err := zip.Write(append(bytes.Join(l.deliveries[half:], []byte("\n")), '\n')); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"a.jsonl": first, "b.jsonl.gz": second.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// numbered is a made-up id of 35 characters, as those of the platform are.
func numbered(prefix string, n int) string { return fmt.Sprintf("%s%032d", prefix, n) }

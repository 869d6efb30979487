package foldcache_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"reconcile/internal/day"
	"reconcile/internal/enkash"
	"reconcile/internal/foldcache"
	"reconcile/internal/party"
	"reconcile/internal/payment"
	"reconcile/internal/source"
)

var ours = []party.Buyer{{B2BID: "BUYER0001"}}

// A house is a folder of logs and a store, over several nights.
type house struct {
	t     rapid.TB
	logs  string
	store string
	night day.Date
}

func newHouse(t rapid.TB, dir string) *house {
	t.Helper()
	h := &house{t: t, logs: filepath.Join(dir, "logs"), store: filepath.Join(dir, "store"), night: 20800}
	for _, d := range []string{h.logs, h.store} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) path(name string) string { return filepath.Join(h.logs, name) }

func (h *house) write(name, content string) {
	h.t.Helper()
	h.must(os.WriteFile(h.path(name), []byte(content), 0o600))
}

func (h *house) append(name, content string) {
	h.t.Helper()
	f, err := os.OpenFile(h.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	h.must(err)
	_, err = f.WriteString(content)
	h.must(err)
	h.must(f.Close())
}

func (h *house) content(name string) string {
	h.t.Helper()
	b, err := os.ReadFile(h.path(name))
	h.must(err)
	return string(b)
}

func (h *house) rename(from, to string) { h.t.Helper(); h.must(os.Rename(h.path(from), h.path(to))) }
func (h *house) remove(name string)     { h.t.Helper(); h.must(os.Remove(h.path(name))) }

// pack compresses a file and removes it, as logrotate does.
func (h *house) pack(name string) {
	h.t.Helper()
	h.write(name+".gz", zipped(h.content(name)))
	h.remove(name)
}

func zipped(content string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, content)
	z.Close()
	return b.String()
}

func (h *house) find() []source.Ref {
	h.t.Helper()
	files, err := source.Find(h.logs, []string{"*"})
	h.must(err)
	return files
}

// options keep the bodies of all payments, so that they can be compared.
func (h *house) options() enkash.LogOptions {
	o := enkash.LogOptions{Buyers: ours}
	for n := range 10 {
		o.Keep = append(o.Keep, id(n))
	}
	return o
}

// afresh reads every log, and remembers nothing.
func (h *house) afresh() *enkash.Log {
	h.t.Helper()
	log, err := enkash.ReadLogs(context.Background(), h.find(), h.options())
	h.must(err)
	return log
}

// A memory counts what is asked of a Cache.
type memory struct {
	*foldcache.Cache
	recorded int64 // bytes of content that were decoded
}

type recorder struct {
	payment.Recorder
	m *memory
}

func (m *memory) Record(path string, head []byte) payment.Recorder {
	r := m.Cache.Record(path, head)
	if r == nil {
		return nil
	}
	return &recorder{r, m}
}

func (r *recorder) End(s payment.Stretch) error {
	r.m.recorded += s.To - s.From
	return r.Recorder.End(s)
}

// run is one night. It returns what was read, and the cache behind it.
func (h *house) run(o foldcache.Options) (*enkash.Log, *memory) {
	h.t.Helper()
	h.night++
	o.AsOf, o.Write = h.night, true
	return h.read(o)
}

func (h *house) read(o foldcache.Options) (*enkash.Log, *memory) {
	h.t.Helper()
	options := h.options()
	o.Reader += options.Reader()
	m := &memory{Cache: foldcache.Open(h.store, o)}
	options.Memory = m
	log, err := enkash.ReadLogs(context.Background(), h.find(), options)
	h.must(err)
	m.Commit()
	if w := m.Warnings(); len(w) > 0 {
		h.t.Fatalf("the cache complains: %q", w)
	}
	return log, m
}

// same compares what two readings say, but for what is kept.
func same(t rapid.TB, what string, want, got *enkash.Log) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(enkash.Log{}, "Kept", "Forgotten"), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s differs from reading everything (-everything +this):\n%s", what, diff)
	}
}

func id(n int) string { return fmt.Sprintf("PMT%032d", n) }

func request(n int, number, net string) string {
	return fmt.Sprintf(`{"device":{"name":"IP"},"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"S%d"},"payment":{"objectId":%q,"ts":"2026-11-0%dT10:00:00+05:30","type":"ONPLATFORM","mode":"NEFT","utr":"P1","invoicesPayInfos":[{"supplierInvoiceNumber":%q,"supplierBankAccountDetails":{"maskedAccountNumber":"XXXX1234","ifsc":"HDFC0000001"},"invoicePaymentAmount":{"netPaidAmount":%s,"netAdjustmentAmount":0,"totalAmount":%s,"splits":[{"name":"TDS","value":0}]}}]}}`, n%3, id(n), 1+n%9, number, net, net)
}

func response(n int, number, net, result string) string {
	return strings.Replace(request(n, number, net), `"device":{"name":"IP"}`, fmt.Sprintf(`"resp":{"result":%q}`, result), 1)
}

func confirmation(n int, answer string) string {
	return fmt.Sprintf(`{"device":{"name":"IP"},"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"S%d"},"paymentConfirmation":{"objectId":%q,"ts":"2026-11-11T10:00:00+05:30","type":"ONPLATFORM","supplierResponse":%q}}`, n%3, id(n), answer)
}

func invoice(n int, status string) string {
	return fmt.Sprintf(`{"b2bIds":{"buyerB2BId":"BUYER0001","supplierB2BId":"S1"},"invoiceStatus":{"objectId":"INV%032d","objectVersion":{"newVersion":"%d"},"statusTransition":{"newStatus":%q}}}`, n, n, status)
}

// anyLine draws a delivery, good or bad.
var anyLine = rapid.Custom(func(t *rapid.T) string {
	n := rapid.IntRange(1, 6).Draw(t, "payment")
	number := rapid.SampledFrom([]string{"A/1", "A/1", "B/2"}).Draw(t, "number")
	net := rapid.SampledFrom([]string{"100", "100.00", "101"}).Draw(t, "net")
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0, 1:
		return request(n, number, net)
	case 2, 3:
		return response(n, number, net, rapid.SampledFrom([]string{"SUCCESS", "FAILED", "ODD"}).Draw(t, "result"))
	case 4:
		return confirmation(n, rapid.SampledFrom([]string{"ACCEPT", "REJECT"}).Draw(t, "answer"))
	case 5:
		return invoice(n, rapid.SampledFrom([]string{"ACCEPTED", "REJECTED"}).Draw(t, "status"))
	case 6:
		return `{"request":` + request(n, number, net) + `,"response":{"response_code":0}}`
	case 7:
		return rapid.SampledFrom([]string{`{"torn`, `no JSON`, "", "\x00\x00", `{"purchaseOrder":1}`, `"`, `}`}).Draw(t, "oddity")
	case 8:
		return strings.ReplaceAll(request(n, number, net), "BUYER0001", "SOMEBODY")
	}
	return strings.ReplaceAll(request(n, number, net), `"type":"ONPLATFORM"`, `"type":"?"`)
})

// TestNightsSayWhatReadingEverythingSays lets logs grow, be renamed, packed,
// copied, cut off, edited and deleted between nights. While what was read is
// still in some file, a night says byte for byte what reading everything says;
// and what was folded once is never lost.
func TestNightsSayWhatReadingEverythingSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "house")
		if err != nil {
			rt.Fatal(err)
		}
		h := newHouse(rt, dir)
		h.write("app.jsonl", strings.Join(rapid.SliceOfN(anyLine, 0, 4).Draw(rt, "first"), "\n"))
		ever := make(map[string]bool) // every body that was folded, by payment
		for night := range rapid.IntRange(2, 7).Draw(rt, "nights") {
			for range rapid.IntRange(0, 3).Draw(rt, "changes") {
				h.change(rt, night)
			}
			got, _ := h.run(foldcache.Options{})
			want := h.afresh()
			if len(got.Kept) == 0 {
				same(rt, "a night", want, got)
			}
			for d := range bodiesOf(want) {
				ever[d] = true
			}
			if diff := cmp.Diff(ever, bodiesOf(got)); diff != "" {
				rt.Fatalf("a night lost or invented something (-ever +now):\n%s", diff)
			}
			ties(rt, got)
			reread, _ := h.read(foldcache.Options{AsOf: h.night})
			if diff := cmp.Diff(got, reread, cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("the same night again says something else (-first +again):\n%s", diff)
			}
		}
		got, _ := h.run(foldcache.Options{Rebuild: true})
		same(rt, "a rebuild", h.afresh(), got)
		if len(got.Kept) > 0 {
			rt.Fatalf("a rebuild keeps %v", got.Kept)
		}
		got, _ = h.run(foldcache.Options{})
		same(rt, "the night behind a rebuild", h.afresh(), got)
	})
}

// change does something to the logs that happens to logs.
func (h *house) change(t *rapid.T, night int) {
	files := h.find()
	lines := strings.Join(rapid.SliceOfN(anyLine, 0, 4).Draw(t, "lines"), "\n") + rapid.SampledFrom([]string{"\n", "\n", "\n", "", "\n\n", "\r\n"}).Draw(t, "end")
	if len(files) == 0 {
		h.write("app.jsonl", lines)
		return
	}
	name := rapid.SampledFrom(files).Draw(t, "file").Path()
	name = filepath.Base(name)
	fresh := fmt.Sprintf("%d-%d.log", night, rapid.IntRange(0, 99).Draw(t, "name"))
	packed := strings.HasSuffix(name, ".gz")
	switch rapid.IntRange(0, 9).Draw(t, "change") {
	case 0, 1, 2:
		if packed {
			h.append(name, zipped(lines)) // a second member
			return
		}
		h.append(name, lines)
	case 3:
		h.rename(name, fresh+filepath.Ext(name))
	case 4:
		if !packed {
			h.pack(name)
		}
	case 5:
		h.write(fresh, h.content(name))
	case 6: // copytruncate
		if !packed {
			h.write(fresh, h.content(name))
			h.write(name, lines)
		}
	case 7:
		if !packed {
			content := h.content(name)
			h.write(name, content[:rapid.IntRange(0, len(content)).Draw(t, "cut")])
		}
	case 8:
		h.remove(name)
		h.write(fresh, lines)
	case 9:
		h.write(fresh, "["+strings.Join(rapid.SliceOfN(rapid.Just(request(9, "Z/9", "1")), 1, 2).Draw(t, "array"), ",")+"]")
	}
}

// bodiesOf lists what is folded: every distinct body, and every invoice.
func bodiesOf(log *enkash.Log) map[string]bool {
	all := make(map[string]bool)
	for _, r := range log.Remittances {
		for _, e := range r.Bodies {
			all[fmt.Sprintf("%s %s %x", r.ObjectID, e.Says(), e.Sum[:4])] = true
		}
	}
	for _, v := range log.Invoices {
		all["invoice "+v.ID] = true
	}
	return all
}

// ties holds what was counted of each log to what became of it.
func ties(t rapid.TB, log *enkash.Log) {
	t.Helper()
	inputs := slices.Clone(log.Inputs)
	for _, k := range log.Kept {
		inputs = append(inputs, k.LogInput)
	}
	distinct := 0
	for _, in := range inputs {
		sum := in.Folded + in.Copies + in.Foreign + in.Quarantined
		for _, c := range in.Counted {
			sum += c.Bodies
		}
		distinct += in.Folded
		if sum != in.Bodies {
			t.Fatalf("%s: %d bodies, and %d accounted for", in.Path, in.Bodies, sum)
		}
	}
	evidence := 0
	for _, r := range log.Remittances {
		evidence += len(r.Evidence)
	}
	if distinct != evidence {
		t.Fatalf("%d distinct bodies were folded, and %d are evidence", distinct, evidence)
	}
}

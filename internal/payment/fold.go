package payment

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"sort"
	"strings"
	"time"

	"reconcile/internal/day"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/source"
)

// A Folder turns events into remittances. The zero Folder is not usable; see
// NewFolder. It is not safe for concurrent use.
type Folder struct {
	zone    *time.Location
	records map[string]*record
	files   names
	says    names
	kept    map[string][]Event // by payments of our own; see Keep
}

// NewFolder returns an empty Folder; the dates of payments are those of the zone.
func NewFolder(zone *time.Location) *Folder {
	return &Folder{zone: zone, records: make(map[string]*record), files: newNames(), says: newNames(), kept: make(map[string][]Event)}
}

// Add folds an event, and tells whether it is a copy of a body seen before. A
// copy changes nothing but, perhaps, the place at which the body is shown.
func (f *Folder) Add(e *Event) (copy bool) {
	r := f.records[e.ObjectID]
	if r == nil {
		r = &record{objectID: e.ObjectID}
		f.records[e.ObjectID] = r
	}
	b := body{sum: e.Sum, file: f.files.number(e.Pos.File), row: int32(e.Pos.Row)}
	if i := r.find(&e.Sum); i >= 0 {
		if f.before(&b, &r.bodies[i]) {
			r.bodies[i].file, r.bodies[i].row = b.file, b.row
		}
		f.keepPlace(e)
		return true
	}
	b.says = f.says.number(e.says())
	r.append(b)
	f.keep(e)
	r.noteParties(e)
	if e.Family == ConfirmationRequest {
		r.confirmations = append(r.confirmations, confirmationOf(e))
		return false
	}
	r.noteAmounts(e)
	r.noteResult(e)
	r.noteUTR(e)
	r.noteLines(e)
	switch {
	case e.Family == Request:
		r.sentOn = earlier(r.sentOn, f.dayOf(e.TS))
	case e.Family == Response && e.Result == Success:
		r.paidOn = earlier(r.paidOn, f.dayOf(e.TS))
	case e.Family == Response && (e.Result == Failure || e.Result == Reversal):
		if at := ParseTime(e.TS, f.zone); at.After(r.failedAt) {
			r.failedAt = at
		}
	}
	return false
}

// Has tells whether a body was added before.
func (f *Folder) Has(e *Event) bool {
	r := f.records[e.ObjectID]
	return r != nil && r.find(&e.Sum) >= 0
}

// Contested returns the payments whose lines or reference depend on which of
// several bodies of one rank has the smallest canonical form, by objectId. The
// Folder no longer has those forms: the caller passes every event of these
// payments to Settle, before it asks for the Remittances.
func (f *Folder) Contested() []string {
	var ids []string
	for id, r := range f.records {
		if r.contested() {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	return ids
}

// An Unsettled body is one that Settle has to see.
type Unsettled struct {
	ObjectID string
	Sum      [sha256.Size]byte
	File     string // where it stands
}

// Unsettled lists the bodies of the contested payments, by payment and sum.
func (f *Folder) Unsettled() []Unsettled {
	var all []Unsettled
	for _, id := range f.Contested() {
		from := len(all)
		for _, b := range f.records[id].bodies {
			all = append(all, Unsettled{id, b.sum, f.files.list[b.file]})
		}
		slices.SortFunc(all[from:], func(a, b Unsettled) int { return bytes.Compare(a.Sum[:], b.Sum[:]) })
	}
	return all
}

// Settle looks once more at an event that was added, for Contested. An event
// that was never added is left alone: a log may have grown since.
func (f *Folder) Settle(e *Event) {
	r := f.records[e.ObjectID]
	if r == nil || !r.contested() || r.find(&e.Sum) < 0 {
		return
	}
	if r.settled == nil {
		r.settled = &settled{}
	}
	r.settle(e)
}

// Remittances returns every payment that was seen, by objectId.
func (f *Folder) Remittances() []Remittance {
	ids := make([]string, 0, len(f.records))
	for id := range f.records {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	all := make([]Remittance, len(ids))
	for i, id := range ids {
		all[i] = f.conclude(f.records[id])
	}
	return all
}

// before tells whether a stands before b in the logs: by file name, then line.
func (f *Folder) before(a, b *body) bool {
	if a.file != b.file {
		return f.files.list[a.file] < f.files.list[b.file]
	}
	return a.row < b.row
}

func (f *Folder) evidence(r *record) []Evidence {
	bodies := slices.Clone(r.bodies)
	sort.Slice(bodies, func(i, k int) bool {
		a, b := &bodies[i], &bodies[k]
		if a.file != b.file || a.row != b.row {
			return f.before(a, b)
		}
		// One line may hold a request and its answer.
		if a.says != b.says {
			return f.says.list[a.says] < f.says.list[b.says]
		}
		return bytes.Compare(a.sum[:], b.sum[:]) < 0
	})
	all := make([]Evidence, len(bodies))
	for i, b := range bodies {
		all[i] = Evidence{
			Pos:  source.Pos{File: f.files.list[b.file], Row: int(b.row)},
			Says: f.says.list[b.says],
		}
	}
	return all
}

// says names the event as evidence, in the contract's words.
func (e *Event) says() string {
	switch e.Family {
	case Request:
		return "request"
	case Acknowledgement:
		return "acknowledgement"
	case Response:
		return strings.TrimSpace("response " + e.Word)
	case ConfirmationRequest:
		if e.Reject {
			return "confirmation REJECT"
		}
		return "confirmation ACCEPT"
	}
	panic("unreachable: an event without a family")
}

// A record is what is kept of one payment while events come in.
type record struct {
	objectID string
	bodies   []body
	index    map[[sha256.Size]byte]int32 // of bodies, once there are many

	buyer, supplier string // of the first body; only partiesDiffer is order-free
	partiesDiffer   bool

	totals        Totals // the first of each that a body has
	amounts       [sha256.Size]byte
	hasAmounts    bool
	amountsDiffer bool

	results [OtherResult + 1]bool
	types   [OffPlatform + 1]bool // of payment bodies
	mode    string                // the smallest that is not empty

	successUTR, successUTRMax string // smallest and largest that are not empty
	offUTR, offUTRMax         string // of OFFPLATFORM requests
	requestUTR                utrCandidate

	sentOn, paidOn day.Date  // the earliest of the requests and of the success responses
	failedAt       time.Time // the latest of the failures and reversals

	lines         candidate
	confirmations []confirmation
	settled       *settled
}

// A body is one distinct body and its first place in the logs.
type body struct {
	sum       [sha256.Size]byte
	file, row int32
	says      int32
}

// manyBodies is from how many distinct bodies of one payment on they are looked
// up in a map; a payment has three as a rule.
const manyBodies = 24

func (r *record) find(sum *[sha256.Size]byte) int {
	if r.index != nil {
		if i, ok := r.index[*sum]; ok {
			return int(i)
		}
		return -1
	}
	for i := range r.bodies {
		if r.bodies[i].sum == *sum {
			return i
		}
	}
	return -1
}

func (r *record) append(b body) {
	r.bodies = append(r.bodies, b)
	switch {
	case r.index != nil:
		r.index[b.sum] = int32(len(r.bodies) - 1)
	case len(r.bodies) >= manyBodies:
		r.index = make(map[[sha256.Size]byte]int32, 2*manyBodies)
		for i := range r.bodies {
			r.index[r.bodies[i].sum] = int32(i)
		}
	}
}

func (r *record) noteParties(e *Event) {
	if len(r.bodies) == 1 {
		r.buyer, r.supplier = e.Buyer, e.Supplier
		return
	}
	if r.buyer != e.Buyer || r.supplier != e.Supplier {
		r.partiesDiffer = true
	}
}

// noteAmounts compares the amounts of every two bodies that carry them. Equality
// of each amount is transitive, so comparing with the first is enough.
func (r *record) noteAmounts(e *Event) {
	note := func(has bool, p money.Paise, had *bool, first *money.Paise) {
		switch {
		case !has:
		case !*had:
			*had, *first = true, p
		case *first != p:
			r.amountsDiffer = true
		}
	}
	note(e.Totals.HasNet, e.Totals.Net, &r.totals.HasNet, &r.totals.Net)
	note(e.Totals.HasAdjustment, e.Totals.Adjustment, &r.totals.HasAdjustment, &r.totals.Adjustment)
	note(e.Totals.HasTotal, e.Totals.Total, &r.totals.HasTotal, &r.totals.Total)
	if len(e.Lines) == 0 {
		return
	}
	sum := amountsOf(e.Lines)
	switch {
	case !r.hasAmounts:
		r.hasAmounts, r.amounts = true, sum
	case r.amounts != sum:
		r.amountsDiffer = true
	}
}

func (r *record) noteResult(e *Event) {
	if e.Family == Response {
		r.results[e.Result] = true
	}
	r.types[e.Type] = true
	if e.Mode != "" && (r.mode == "" || e.Mode < r.mode) {
		r.mode = e.Mode
	}
}

func (r *record) noteUTR(e *Event) {
	utr := party.UTR(e.UTR)
	if utr == "" {
		return
	}
	switch {
	case e.Family == Response && e.Result == Success:
		widen(&r.successUTR, &r.successUTRMax, utr)
	case e.Family == Request:
		if e.Type == OffPlatform {
			widen(&r.offUTR, &r.offUTRMax, utr)
		}
		r.requestUTR.offer(utrCandidate{rank: 2, utr: utr, final: e.Type == OffPlatform})
	case e.Family == Acknowledgement:
		r.requestUTR.offer(utrCandidate{rank: 1, utr: utr})
	}
}

func widen(least, most *string, s string) {
	if *least == "" || s < *least {
		*least = s
	}
	if s > *most {
		*most = s
	}
}

func (r *record) noteLines(e *Event) {
	rank := lineRank(e)
	switch {
	case rank < r.lines.rank:
	case rank > r.lines.rank:
		r.lines = candidateOf(e)
	case !r.lines.same(e):
		r.lines.contested = true
	}
}

// contested tells whether canonical forms are needed to choose.
func (r *record) contested() bool {
	if r.lines.contested || r.requestUTR.contested && r.successUTR == "" {
		return true
	}
	if r.lines.rank > 0 {
		return false
	}
	for i := 1; i < len(r.confirmations); i++ {
		if !r.confirmations[i].same(&r.confirmations[0]) {
			return true
		}
	}
	return false
}

// settled holds the canonical forms that decide a contested payment.
type settled struct {
	lines []byte // of the body in record.lines
	utr   []byte // of the body in record.requestUTR
}

func (r *record) settle(e *Event) {
	if e.Family == ConfirmationRequest {
		for i := range r.confirmations {
			if c := &r.confirmations[i]; c.sum == e.Sum && c.canonical == nil {
				c.canonical = bytes.Clone(e.Canonical)
			}
		}
		return
	}
	if r.lines.contested && lineRank(e) == r.lines.rank && smaller(e.Canonical, r.settled.lines) {
		r.settled.lines = bytes.Clone(e.Canonical)
		r.lines = candidateOf(e)
		r.lines.contested = true
	}
	if !r.requestUTR.contested {
		return
	}
	c := utrCandidate{rank: 1, utr: party.UTR(e.UTR), contested: true}
	if e.Family == Request {
		c.rank, c.final = 2, e.Type == OffPlatform
	}
	if e.Family != Response && c.utr != "" && c.rank == r.requestUTR.rank && smaller(e.Canonical, r.settled.utr) {
		r.settled.utr = bytes.Clone(e.Canonical)
		r.requestUTR = c
	}
}

func smaller(a, b []byte) bool { return b == nil || bytes.Compare(a, b) < 0 }

// names numbers strings, so that a body need not hold them.
type names struct {
	list    []string
	numbers map[string]int32
}

func newNames() names { return names{numbers: make(map[string]int32)} }

func (n *names) number(s string) int32 {
	i, ok := n.numbers[s]
	if !ok {
		i = int32(len(n.list))
		n.list = append(n.list, s)
		n.numbers[s] = i
	}
	return i
}

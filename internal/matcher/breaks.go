package matcher

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/payment"
	"reconcile/internal/statute"
)

// A finding collects the breaks of one item in the order of the contract.
type finding struct {
	*caseFile
	list []Break
}

func (f *finding) add(code Code, amount money.Paise, format string, args ...any) {
	f.list = append(f.list, Break{
		Code: code, Amount: amount,
		Detail:      fmt.Sprintf(format, args...),
		ExceptionID: itemException(f.item, code),
	})
}

// breaks returns the differences of an item, and a note on what could not be
// searched to the end.
func (f *caseFile) breaks(status Status) ([]Break, string) {
	b := &finding{caseFile: f}
	rupees := f.item.Currency == rupee
	if f.item.Type == ledger.Invoice {
		if rupees {
			b.cash(status)
		}
		b.attempts()
		if rupees {
			b.adjustment()
		}
		b.references()
	}
	b.books()
	if f.item.Type == ledger.Invoice {
		b.waiting()
	}
	slices.SortStableFunc(b.list, func(x, y Break) int { return cmp.Compare(rank(x.Code), rank(y.Code)) })
	return b.list, f.note
}

// cash compares what was paid with what is owed and what is booked.
func (b *finding) cash(status Status) {
	tol, n, c, flying, booked := b.rules.Tolerance, b.net, b.owed, b.flying, b.item.Paid
	if flying > 0 && n+flying > c+tol {
		b.add(DuplicateInFlight, n+flying-c, "%s paid + %s under way − %s owed = %s too much",
			n.Grouped(), flying.Grouped(), c.Grouped(), (n + flying - c).Grouped())
	}
	// A row below zero owes nothing and was not overpaid: it takes a payment.
	switch {
	case len(b.standing) == 0:
	case n > c+tol:
		if dropped := b.paidTwice(); dropped != "" {
			b.add(DuplicatePayment, n-c, "%s paid − %s owed = %s; without %s it would be right",
				n.Grouped(), c.Grouped(), (n - c).Grouped(), dropped)
		} else {
			b.add(Overpaid, n-c, "%s paid − %s owed = %s", n.Grouped(), c.Grouped(), (n - c).Grouped())
		}
	case booked+tol < n && b.oldEnough():
		b.add(LedgerBehind, n-booked, "%s paid − %s booked = %s to post", n.Grouped(), booked.Grouped(), (n - booked).Grouped())
	}
	if n > 0 && n+flying < booked-tol {
		b.add(Underpaid, booked-n-flying, "%s booked − %s paid − %s under way = %s",
			booked.Grouped(), n.Grouped(), flying.Grouped(), (booked - n - flying).Grouped())
	}
	if n == 0 && status != Outside && len(b.rivals) == 0 {
		tried := b.flying
		for _, m := range b.other {
			tried += m.Net
		}
		if booked-tried > tol {
			detail := "%s booked as paid, no payment event supports it"
			args := []any{booked.Grouped()}
			if tried != 0 {
				detail = "%s booked as paid − %s failed, returned or under way = %s without a payment event"
				args = append(args, tried.Grouped(), (booked - tried).Grouped())
			}
			b.add(PaidWithoutEvent, booked-tried, detail, args...)
		}
	}
}

// paidTwice names the whole payments without which the sum would be right, and
// nothing where there are none.
func (b *finding) paidTwice() string {
	var ids []string
	var nets []money.Paise
	standing := slices.Clone(b.standing)
	slices.SortFunc(standing, compareTimes)
	for _, m := range standing {
		i := slices.Index(ids, m.Remittance.ObjectID)
		if i < 0 {
			ids, nets = append(ids, m.Remittance.ObjectID), append(nets, 0)
			i = len(ids) - 1
		}
		nets[i] += m.Net
	}
	budget := maxSteps
	kept, complete := subsets(nets, b.owed, b.rules.Tolerance, 1, 1, &budget)
	if !complete {
		b.note = gaveUp
	}
	if len(kept) == 0 {
		return ""
	}
	var dropped []string
	for i, id := range ids {
		if !slices.Contains(kept[0], i) {
			dropped = append(dropped, id)
		}
	}
	return few(dropped)
}

// oldEnough tells whether the books have had the time to follow the newest
// standing payment. A payment without a readable date had all the time.
func (b *finding) oldEnough() bool {
	newest := day.Date(0)
	for _, m := range b.standing {
		newest = max(newest, m.Remittance.Date)
	}
	return int(b.rules.AsOf-newest) > b.rules.PostingWithin
}

// attempts says of failed and rejected payments that nothing has replaced them.
func (b *finding) attempts() {
	if len(b.standing)+len(b.inFlight) > 0 {
		return
	}
	var last *Share
	var rejected money.Paise
	var remarks int
	others := slices.Clone(b.other)
	slices.SortFunc(others, compareTimes)
	for i := range others {
		m := &others[i]
		if o := m.Remittance.Outcome; o == payment.Failed || o == payment.Reversed {
			last = m
		}
		if m.Line.Confirmation == payment.Rejected {
			rejected += m.Net
			remarks++
		}
	}
	if last != nil {
		b.add(PaymentFailed, last.Net, "payment %s of %s%s %s", last.Remittance.ObjectID, last.Net.Grouped(),
			on(last.Remittance.Date), last.Remittance.Outcome)
	}
	if remarks > 0 {
		b.add(SupplierRejected, rejected, "the supplier rejected %s in %s", rejected.Grouped(), count(remarks, "payment"))
	}
}

// adjustment compares what was settled without cash with the books, and explains
// a short payment by the tax that may have been withheld.
func (b *finding) adjustment() {
	books, tol := b.item.Withheld(), b.rules.Tolerance
	difference := (b.adjusted - books).Abs()
	switch {
	case b.settled && difference > tol:
		b.add(AdjustmentMismatch, difference, "%s settled without cash, %s in the books, %s apart%s",
			b.adjusted.Grouped(), books.Grouped(), difference.Grouped(), formulas(b.explain(b.adjusted)))
	case len(b.standing) > 0 && b.adjusted == 0:
		short := b.owed - b.net
		if found := b.explain(short); len(found) > 0 {
			b.add(AdjustmentMismatch, short, "%s owed − %s paid = %s short%s",
				b.owed.Grouped(), b.net.Grouped(), short.Grouped(), formulas(found))
		}
	}
}

func formulas(found []statute.Explanation) string {
	if len(found) == 0 {
		return ""
	}
	texts := make([]string, len(found))
	for i, e := range found {
		texts[i] = e.String()
	}
	return "; " + strings.Join(texts, ", or ")
}

// references says where names and numbers on the two sides differ.
func (b *finding) references() {
	if b.item.UTR != "" {
		var final []string
		for _, m := range b.standing {
			if m.Remittance.UTRFinal && m.Remittance.UTR != "" {
				final = append(final, m.Remittance.UTR)
			}
		}
		if len(final) > 0 && !slices.Contains(final, b.item.UTR) {
			slices.Sort(final)
			b.add(UTRMismatch, b.owed, "the books have %s, the payment %s", b.item.UTR, strings.Join(slices.Compact(final), ", "))
		}
	}
	switch b.rule {
	case Normalised, UTRAmount, Grouped:
		b.add(ReferenceVariant, 0, "%s", b.variant())
	case CrossSupplier:
		b.add(SupplierMismatch, b.owed, "%s", b.wrongSupplier())
	}
	if len(b.rivals) > 0 {
		b.add(AmbiguousMatch, 0, "fits equally well: %s", besides(b.rivals, b.item.Pos.String()))
	}
	for _, m := range b.matches {
		if m.Rule == Suggested {
			continue
		}
		if changed := BankChange(b.item, m.Line); changed != "" {
			b.add(BankDetailsChanged, b.owed, "payment %s went to %s", m.Remittance.ObjectID, changed)
			break
		}
	}
}

func (b *finding) variant() string {
	numbers := make([]string, 0, len(b.matches))
	for _, m := range b.matches {
		if m.Rule != Suggested && m.Line.Number != b.item.Number {
			numbers = append(numbers, strconv.Quote(m.Line.Number))
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	how := map[Rule]string{
		Normalised: "the same number, written otherwise",
		UTRAmount:  "the bank reference and the amount agree",
		Grouped:    "the bank reference and the sum agree",
	}[b.rule]
	return fmt.Sprintf("the books write %q, the payment %s: %s", b.item.Number, strings.Join(numbers, ", "), how)
}

func (b *finding) wrongSupplier() string {
	var others []string
	for _, m := range b.matches {
		if m.Rule == CrossSupplier {
			others = append(others, m.Remittance.Supplier)
		}
	}
	slices.Sort(others)
	mine := b.item.Supplier.B2BID
	if mine == "" {
		mine = "a supplier without a B2B id"
	}
	return fmt.Sprintf("number and bank reference agree, but the payment went to %s and the books have %s",
		strings.Join(slices.Compact(others), ", "), mine)
}

// BankChange says how the account or branch that was paid differs from the
// ledger's, where both sides tell; nothing where they agree.
func BankChange(it *ledger.Item, l *payment.Line) string {
	if mine, theirs := it.Account.Last4, l.Last4; mine != "" && theirs != "" {
		if n := min(len(mine), len(theirs)); mine[len(mine)-n:] != theirs[len(theirs)-n:] {
			return fmt.Sprintf("an account ending in %s, the ledger has %s", theirs, mine)
		}
	}
	if it.IFSC != "" && l.IFSC != "" && it.IFSC != l.IFSC {
		return fmt.Sprintf("IFSC %s, the ledger has %s", l.IFSC, it.IFSC)
	}
	return ""
}

// books says what is wrong with the row itself.
func (b *finding) books() {
	it := b.item
	if it.Repeated {
		b.add(DuplicateLedgerItem, b.owed, "the ledger has this invoice of %s more than once", yearOr(it, "an unknown year"))
	}
	if it.Currency != rupee {
		b.add(CurrencyMismatch, b.owed, "the row is in %s; no amounts were compared", it.Currency)
	}
	if it.Gap.Abs() > b.rules.Tolerance {
		b.add(LedgerArithmetic, it.Gap.Abs(), "invoice − tds − adjustment − paid − due = %s, over all parts of the invoice", it.Gap.Grouped())
	}
	if it.Damaged {
		b.add(DamagedKey, b.owed, "the number %q is what a spreadsheet made of another one", it.Number)
	}
	if it.DueDate == 0 && it.Type == ledger.Invoice {
		b.add(NoDueDate, b.owed, "the row has no due date, and no terms of the supplier are known")
	}
	switch {
	case it.Doubt == nil:
	case it.Doubt.Ambiguous:
		b.add(SupplierAmbiguous, b.owed, "%s", it.Doubt.Text)
	default:
		b.add(SupplierUnknown, b.owed, "%s", it.Doubt.Text)
	}
}

// waiting says what should have happened by now.
func (b *finding) waiting() {
	if since, late := b.overdue(b.inFlight, b.rules.OutcomeWithin, func(*Share) bool { return true }); late {
		b.add(OutcomeOverdue, b.owed, "no outcome of payment %s%s, %s expected",
			since.Remittance.ObjectID, on(since.Remittance.Date), within(b.rules.OutcomeWithin))
	}
	unconfirmed := func(m *Share) bool { return m.Line.Confirmation == payment.Unconfirmed }
	if since, late := b.overdue(b.standing, b.rules.ConfirmationWithin, unconfirmed); late && b.settled {
		b.add(ConfirmationOverdue, b.owed, "the supplier has not confirmed payment %s%s, %s expected",
			since.Remittance.ObjectID, on(since.Remittance.Date), within(b.rules.ConfirmationWithin))
	}
}

// overdue returns the oldest of the shares that count, and whether it is more
// than so many days old. One without a readable date is the oldest.
func (b *finding) overdue(shares []Share, days int, counts func(*Share) bool) (oldest *Share, late bool) {
	for i := range shares {
		m := &shares[i]
		if counts(m) && (oldest == nil || compareTimes(*m, *oldest) < 0) {
			oldest = m
		}
	}
	return oldest, oldest != nil && int(b.rules.AsOf-oldest.Remittance.Date) > days
}

// lineBreaks returns what is wrong with a line.
func lineBreaks(l *claimed, reused map[string]string) []Break {
	var list []Break
	add := func(code Code, amount money.Paise, format string, args ...any) {
		list = append(list, Break{Code: code, Amount: amount, Detail: fmt.Sprintf(format, args...),
			ExceptionID: lineException(l.LineRef, code)})
	}
	rem, line := l.Remittance, l.Line
	alive := rem.Stands(line) || rem.InFlight(line)
	if rem.OnlyConfirmed {
		add(ConfirmedUnseen, 0, "the supplier confirmed payment %s%s; no request and no response for it were seen", rem.ObjectID, on(rem.Date))
	}
	if alive && (len(l.items) == 0 || l.rule == Suggested) {
		add(UnknownInvoice, line.Net, "no item of the books fits %q of %s%s", line.Number, line.Net.Grouped(), on(rem.Date))
	}
	if ids := reused[rem.UTR]; alive && rem.UTRFinal && ids != "" && countsUTR(rem) {
		add(UTRReused, line.Net, "bank reference %s in payments %s", rem.UTR, ids)
	}
	if line.Unbalanced != "" {
		add(PaymentArithmetic, line.Net, "%s", line.Unbalanced)
	}
	if rem.Conflict != "" {
		add(ConflictingEvents, line.Net, "%s", rem.Conflict)
	}
	return list
}

// compareTimes orders shares by when they were paid.
func compareTimes(a, b Share) int {
	return compareLines(LineRef{a.Remittance, a.Line}, LineRef{b.Remittance, b.Line})
}

// compareIDs orders shares by payment and position.
func compareIDs(a, b Share) int {
	return cmp.Or(strings.Compare(a.Remittance.ObjectID, b.Remittance.ObjectID), cmp.Compare(a.Line.Position, b.Line.Position))
}

func on(d day.Date) string {
	if d == 0 {
		return ", of unknown date,"
	}
	return " of " + d.Long()
}

func within(days int) string {
	return "within " + count(days, "day")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func yearOr(it *ledger.Item, none string) string {
	if y := it.Year(); y != 0 {
		return y.String()
	}
	return none
}

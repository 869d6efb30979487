package testbed

import (
	"reconcile/internal/day"
	"reconcile/internal/ledger"
	"reconcile/internal/matcher"
	"reconcile/internal/money"
	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// A World is a ledger, a log and what is true of them.
type World struct {
	Buyers   []party.Buyer
	Rows     []Row
	Payments []Payment
	Foreign  []Payment // of a buyer that is none of ours: in the log, never a Remittance
	Rules    matcher.Rules

	options Options
	seed    int64
}

// A Row is one row of the ledger and what must be said of it.
type Row struct {
	Item    ledger.Item
	Account string // the number whose last digits Item has
	Truth   Truth
}

// Truth is what the matcher must say of an item. In a Nasty world it is zero.
type Truth struct {
	Scene  string // the story it comes from
	Status matcher.Status
	Rule   matcher.Rule
	Codes  []matcher.Code // in the order of the contract
}

// New makes the world of the seed with at least n rows, and a few more where a
// story needs them.
func New(seed int64, n int, o Options) *World {
	b := newBuilder(seed, n, o)
	if o.Mix == Nasty {
		b.nasty(n)
		return b.world
	}
	for len(b.world.Rows) < n {
		b.scene()
	}
	return b.world
}

// Items returns the ledger as its reader must give it.
func (w *World) Items() []ledger.Item {
	items := make([]ledger.Item, len(w.Rows))
	for i := range w.Rows {
		items[i] = w.Rows[i].Item
	}
	return items
}

// Remittances returns the log as its fold must give it, but for the evidence.
func (w *World) Remittances() []payment.Remittance {
	folded := make([]payment.Remittance, len(w.Payments))
	for i := range w.Payments {
		folded[i] = w.Payments[i].Remittance()
	}
	return folded
}

// defaultRules are the contract's defaults for a log that begins with the
// financial year before the business date's.
func defaultRules(asOf day.Date) matcher.Rules {
	from, _ := day.Of(int(asOf.FinancialYear())-1, 4, 1)
	return matcher.Rules{
		AsOf:               asOf,
		Tolerance:          1 * rupee,
		CoversFrom:         from,
		OutcomeWithin:      2,
		ConfirmationWithin: 7,
	}
}

const rupee money.Paise = 100

package journal

import (
	"context"
	"time"

	"reconcile/internal/money"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

var _ submit.Journal = (*Store)(nil)

// Intend writes down every instruction of an approved proposal, with the bytes
// that will be sent for it: from then on its debts are held. It is one
// transaction. Where the same instructions are there already it changes nothing
// and the bodies of the first time stay; where others are, or a debt is held, or
// more would be paid than is owed, proposed or under a cap, nothing of it is
// written and the error is a RefusedError.
func (s *Store) Intend(ctx context.Context, hash string, p *proposal.Proposal, bodies map[string][]byte) error {
	return errLater
}

// Entries implements submit.Journal.
func (s *Store) Entries(ctx context.Context, all bool) ([]submit.Entry, error) { return nil, errLater }

// Begin implements submit.Journal. When it returns, the side log says on disk
// that the journal has the step, so that no older copy of the journal can be
// taken for the present one.
func (s *Store) Begin(ctx context.Context, objectID string, deadline time.Time) (submit.Ticket, error) {
	return submit.Ticket{}, errLater
}

// Move implements submit.Journal. A return of some allocations frees these alone;
// the instruction is Returned when all are. A late success holds again what no
// other instruction holds, and freezes the supplier.
func (s *Store) Move(ctx context.Context, objectID string, say submit.Say, proof submit.Proof, positions []int) (submit.State, error) {
	return 0, errLater
}

// Withdraw is Move with Withdrawn by a signed statement.
func (s *Store) Withdraw(ctx context.Context, by Signed, proof submit.Proof) (submit.State, error) {
	return 0, errLater
}

// Resolve is Move by two people who agree. Both statements are kept, and the
// pending one is used up. It is refused before the deadline of the write and 24
// hours have passed.
func (s *Store) Resolve(ctx context.Context, first, second Signed, say submit.Say, proof submit.Proof, positions []int) (submit.State, error) {
	return 0, errLater
}

// A Total is what stands in one state.
type Total struct {
	State  submit.State
	Count  int         // of instructions
	Amount money.Paise // the sum of their net
}

// Totals returns one for every State, in their order.
func (s *Store) Totals(ctx context.Context) ([]Total, error) { return nil, errLater }

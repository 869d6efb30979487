package job

import (
	"context"
	"errors"
	"fmt"

	"reconcile/internal/config"
	"reconcile/internal/enkash"
	"reconcile/internal/journal"
	"reconcile/internal/proposal"
	"reconcile/internal/submit"
)

// EnKash's accounts payable (enkash.api: payment) pays by ids of its own and tells
// no webhook what became of it. So a person sends, with submit, and people settle
// the outcome, with resolve; docs/adr/0020 has the reasons.

// A Typed is what a person types for one payment. It is kept nowhere.
type Typed struct{ OTP, OTPReference string }

// byHand tells whether payments are sent by a person alone.
func byHand(c *config.Config) bool { return c.EnKash.API == config.APIPayment }

// payable is the request of an instruction to accounts payable, as it is kept.
// Its amount stands in it always, so that the platform has nothing to decide. The
// most that the platform can believe to be owed is the invoice; whenever less is
// paid, the request calls that partial.
func payable(in *proposal.Instruction, c config.APPayment) ([]byte, error) {
	if len(in.Allocations) != 1 {
		return nil, fmt.Errorf("instruction %s pays %d invoices, and accounts payable is asked for one at a time", in.ObjectID, len(in.Allocations))
	}
	a := &in.Allocations[0]
	return enkash.RenderAPPayment(&enkash.APPayment{
		PaymentIDs: []string{a.PaymentID}, Type: c.Type, URN: c.URN, SeamlessBanking: c.Seamless, FrontendVersion: c.Frontend,
		Partial: a.Net < a.Gross, Amount: a.Net, Remarks: c.Remarks,
	})
}

// payableGateway is the way to accounts payable.
func payableGateway(in Input) (submit.Gateway, error) {
	g, err := gatewayTo(in, enkash.PathAPPayment)
	if err != nil {
		return nil, err
	}
	return in.typing(g)
}

// typing puts what is typed, or out of a file, into each request as it leaves.
func (in Input) typing(g submit.Gateway) (submit.Gateway, error) {
	typed, err := enkash.AtTheWrite(g, enkash.Typed{
		AccountNo: in.Config.EnKash.Payment.AccountNo.Reveal(), OTP: in.Typed.OTP, OTPReference: in.Typed.OTPReference,
	})
	if err != nil {
		return nil, &ExitError{ExitUsage, fmt.Errorf("%w [otp-malformed]", err)}
	}
	return typed, nil
}

// checkTyped refuses what was typed where nothing asks for it, or half of it.
func (in Input) checkTyped() error {
	switch t := in.Typed; {
	case t == Typed{}:
		return nil
	case !byHand(in.Config):
		return &ExitError{ExitUsage, errors.New("a one-time password is for enkash.api payment alone; leave --otp away [otp-needless]")}
	case t.OTP == "":
		return &ExitError{ExitUsage, errors.New("--otp-reference names a one-time password; give --otp too, and type it when asked [otp-missing]")}
	}
	_, err := in.typing(nil)
	return err
}

// mine tells which instructions are sent in this run: those of the plans that are
// wanted, and of these, with a one-time password, the first that waits.
func (r *payrun) mine(wanted map[string]bool) func(*submit.Entry) bool {
	if r.in.Typed.OTP == "" {
		return func(e *submit.Entry) bool { return wanted[e.Plan] }
	}
	first := ""
	for i := range r.till.entries {
		if e := &r.till.entries[i]; e.State == submit.Intended && wanted[e.Plan] {
			if first == "" {
				first = e.ObjectID
			} else {
				r.nextOTP++
			}
		}
	}
	return func(e *submit.Entry) bool { return e.ObjectID == first }
}

// leave says of approved plans that a run does not send them. Senders that died
// are recorded even so.
func (r *payrun) leave(ctx context.Context) error {
	plans, err := r.till.journal.Proposals(ctx)
	if err != nil {
		return withIO(err)
	}
	for _, p := range plans {
		switch p.Status {
		case journal.Approved, journal.InProgress:
			r.left = append(r.left, short(p.Hash))
		case journal.Expired, journal.Rejected:
			if err := r.lapse(ctx, &p); err != nil {
				return err
			}
		}
	}
	return r.run(ctx, nil)
}

// byHandVerdict says what of payments by hand still waits for a person.
func (r *payrun) byHandVerdict(worse func(code int, notice string)) {
	if len(r.left) > 0 {
		worse(0, fmt.Sprintf("%s not sent, for enkash.api payment is sent by hand alone: reconcile submit %s [submit-by-hand]", waiting(len(r.left), "plan"), r.left[0]))
	}
	if r.nextOTP > 0 {
		worse(0, fmt.Sprintf("%s not sent, for a one-time password is for one payment: submit again with the next one [otp-used]", waiting(r.nextOTP, "payment")))
	}
}

// waiting returns "1 plan was", "2 plans were".
func waiting(n int, what string) string {
	if n == 1 {
		return "1 approved " + what + " was"
	}
	return fmt.Sprintf("%d approved %ss were", n, what)
}

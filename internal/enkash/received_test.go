package enkash

import (
	"context"
	"fmt"
	"testing"

	"reconcile/internal/party"
	"reconcile/internal/payment"
)

// Where we ask as the supplier it is the receiver who has to be us, and the
// buyer may be anybody.
func TestReceived(t *testing.T) {
	const us = "SUPP0001"
	answer := func(result string) string {
		return fmt.Sprintf(`{"resp":{"reqMsgId":"M1","result":%q},%s,"paymentConfirmation":{"objectId":%q,"supplierResponse":"ACCEPT"},"additionalInfo":[]}`,
			result, wire{}.filled().parties(), pmt)
	}
	content := wire{buyer: "SOMEBODY"}.request() + "\n" +
		wire{id: paymentID(2), supplier: "ANOTHER"}.request() + "\n" +
		wire{id: paymentID(2), supplier: "ANOTHER"}.confirmation("ACCEPT") + "\n" +
		answer("success") + "\n" + answer("FAILED") + "\n"
	log, err := readLogs(context.Background(), []logFile{inMemory("events/1.jsonl", content)},
		LogOptions{Buyers: ours, Received: []party.Buyer{{B2BID: us}}, Zone: ist})
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Problems) > 0 {
		t.Errorf("got the problems %v", log.Problems)
	}
	if len(log.Remittances) != 1 || log.Remittances[0].Buyer != "SOMEBODY" || log.Remittances[0].Outcome != payment.Sent {
		t.Errorf("got %+v, want the one payment that was sent to %s", log.Remittances, us)
	}
	if in := log.Inputs[0]; in.Foreign != 2 || in.Folded != 1 {
		t.Errorf("got %d foreign and %d folded, want 2 and 1", in.Foreign, in.Folded)
	}
	if len(log.Answered) != 2 || log.Answered[0].Failed || log.Answered[0].ObjectID != pmt || !log.Answered[1].Failed || log.Answered[1].Pos.Row != 5 {
		t.Errorf("got %+v, want what the platform said of our two answers", log.Answered)
	}
	// As the buyer nobody asks for them.
	if log := read(t, content); len(log.Answered) != 0 || len(log.Remittances) != 1 || log.Remittances[0].ObjectID != paymentID(2) {
		t.Errorf("got %+v and %+v, want no answers and the one payment that we made", log.Answered, log.Remittances)
	}
}

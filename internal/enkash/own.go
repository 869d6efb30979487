package enkash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"reconcile/internal/payment"
	"reconcile/internal/source"
)

// OwnPlace names our own journal where evidence names a file.
const OwnPlace = "journal"

// An Own is a payment that we sent, as our journal keeps it. It is read like a
// line of a log, so that what we know of it and what others say of it are
// compared by the same rules.
type Own struct {
	Body []byte // the request, byte for byte

	// Result is what people found out about it, in the words of a response:
	// SUCCESS, FAILURE, REVERSED. Empty where nobody had to.
	Result string
	UTR    string // the bank's reference that they found; may be empty
}

// An OwnAfter says what we know of our own payments once the logs are read. told
// returns what they say of one of LogOptions.Keep: what a person found out is of
// no use where the world tells it itself.
type OwnAfter func(told func(objectID string) []payment.Event) ([]Own, error)

// own asks for our own payments, as a log.
func (r *reading) own(after OwnAfter) (logFile, error) {
	if after == nil {
		return ownLog(nil)
	}
	own, err := after(r.folder.Bodies)
	if err != nil {
		return logFile{}, err
	}
	return ownLog(own)
}

// ownLog makes a log of our own payments. It has no lines where there are none.
func ownLog(own []Own) (logFile, error) {
	var b bytes.Buffer
	for i, o := range own {
		b.Write(o.Body)
		b.WriteByte('\n')
		if o.Result == "" {
			continue
		}
		testimony, err := o.testimony()
		if err != nil {
			return logFile{}, fmt.Errorf("reading payment %d of the journal: %w", i+1, err)
		}
		b.Write(testimony)
		b.WriteByte('\n')
	}
	text := b.Bytes()
	return logFile{path: OwnPlace, open: func() (logReader, error) { return ownLines{bytes.NewReader(text)}, nil }}, nil
}

// testimony says what people found out as a response would.
func (o *Own) testimony() ([]byte, error) {
	var request struct {
		IDs     json.RawMessage            `json:"b2bIds"`
		Payment map[string]json.RawMessage `json:"payment"`
	}
	if err := json.Unmarshal(o.Body, &request); err != nil {
		return nil, err
	}
	utr, err := json.Marshal(o.UTR)
	if err != nil {
		return nil, err
	}
	request.Payment["utr"] = utr
	return json.Marshal(map[string]any{
		"resp":    map[string]string{"reqMsgId": OwnPlace, "result": o.Result, "errorCd": "", "errorDtl": "", "errorField": ""},
		"b2bIds":  request.IDs,
		"payment": request.Payment,
	})
}

// An ownLines is a log that is no file.
type ownLines struct{ io.Reader }

func (m ownLines) Close() error      { return nil }
func (m ownLines) Stat() source.Stat { return source.Stat{} }
func (m ownLines) Packed() bool      { return false }

// foldOwn folds our own payments behind the logs. They count in no file's
// totals, and a body of ours that cannot be read is a fault of the program.
func (r *reading) foldOwn(own logFile) error {
	known, memory := len(r.problems), r.memory
	r.memory = nil
	in, err := r.fold(own)
	r.memory = memory
	if err != nil {
		return err
	}
	if in.Quarantined > 0 || in.Foreign > 0 || len(in.Counted) > 0 {
		return fmt.Errorf("reading the journal: %d payments of ours are not readable as such: %v", in.Bodies-in.Folded-in.Copies, r.problems[known:])
	}
	return nil
}

// FoldOwn says what is known of payments that no log has seen yet, such as those
// that were sent a moment ago.
func FoldOwn(ctx context.Context, own []Own, o LogOptions) ([]payment.Remittance, error) {
	o.Own = func(func(string) []payment.Event) ([]Own, error) { return own, nil }
	log, err := readLogs(ctx, nil, o)
	if err != nil {
		return nil, err
	}
	return log.Remittances, nil
}

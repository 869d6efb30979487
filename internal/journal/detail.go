package journal

import "encoding/json"

// The kinds of steps that are not a submit.Say.
const (
	kindOpened      = "OPENED"
	kindRecovered   = "RECOVERED"
	kindRegistered  = "REGISTERED"
	kindDecided     = "DECIDED"
	kindIntended    = "INTENDED"
	kindFrozen      = "FROZEN"
	kindReleased    = "RELEASED"
	kindPledged     = "PLEDGED"
	kindAnswer      = "ANSWER_INTENDED"
	answerMoves     = "ANSWER_" // and the word of a submit.Say
	subjectOfTheLot = "journal"
)

// What a step tells besides its columns. Fields are in the order of their names,
// amounts in paise, times in milliseconds. With what stands here the tables can be
// written again: all but plans, requests and signed texts, of which the hashes
// are here.
type (
	opened struct {
		Fence int64 `json:"fence"`
	}

	recovered struct {
		From    string   `json:"from"`           // the hash that two people signed, one in each of two such steps
		Lost    bool     `json:"lost,omitempty"` // no side log vouches for what was sent after the last step
		Reason  string   `json:"reason"`
		Steps   int      `json:"steps"`   // taken over from the side log
		Unknown []string `json:"unknown"` // instructions begun that only a side log of another branch knows
	}

	registered struct {
		AsOf           string  `json:"as_of"`
		DayCap         int64   `json:"day_cap"`
		Expires        int64   `json:"expires_at"`
		Inputs         []input `json:"inputs"`
		Instructions   int     `json:"instructions"`
		InvoiceCap     int64   `json:"invoice_cap"`
		Maker          string  `json:"maker"`
		Need           int     `json:"need"`
		Round          int     `json:"round"`
		RunCap         int64   `json:"run_cap"`
		SecondAttempts int     `json:"second_attempts"`
		SupplierCap    int64   `json:"supplier_cap"`
		Total          int64   `json:"total"`
	}

	input struct {
		Path   string `json:"path"`
		SHA256 string `json:"sha256"`
	}

	decided struct {
		Approve bool     `json:"approve"`
		Limit   int64    `json:"limit"` // of Auto
		Logins  []string `json:"logins"`
		Reason  string   `json:"reason"`
	}

	intended struct {
		Adjustment  int64        `json:"adjustment"`
		Allocations []allocation `json:"allocations"`
		Attempt     int          `json:"attempt"`
		BodySHA256  string       `json:"body_sha256"`
		Buyer       string       `json:"buyer"`
		KeyVersion  int          `json:"key_version"`
		Mode        string       `json:"mode"`
		Net         int64        `json:"net"`
		PayeeDigest string       `json:"payee_digest"`
		Plan        string       `json:"plan"`
		Position    int          `json:"position"`
		Reference   string       `json:"reference"`
		Supplier    string       `json:"supplier"`
		Type        string       `json:"type"`
	}

	allocation struct {
		Adjustment int64  `json:"adjustment"`
		Instalment int    `json:"instalment"`
		InvoiceID  string `json:"invoice_id"`
		Net        int64  `json:"net"`
		Number     string `json:"number"`
		NumberKey  string `json:"number_key"`
		Owed       int64  `json:"owed"`
		Part       string `json:"part"`
		Source     string `json:"source"`
		Year       int    `json:"year"`
	}

	// moved is of every submit.Say. Frees and Holds are positions of allocations
	// whose hold ends or begins again.
	moved struct {
		Alarm    string   `json:"alarm,omitempty"`
		Deadline int64    `json:"deadline,omitempty"`
		Fence    int64    `json:"fence,omitempty"`
		Frees    []int    `json:"frees,omitempty"`
		Holds    []int    `json:"holds,omitempty"`
		Others   []string `json:"others,omitempty"`
		Paid     int64    `json:"paid,omitempty"`
		Returned []int    `json:"returned,omitempty"`
		Say      string   `json:"say,omitempty"` // the alarm as a sentence
		SentOn   string   `json:"sent_on,omitempty"`
		Text     string   `json:"text,omitempty"`
		Used     []string `json:"used,omitempty"` // statements of which this is the effect
		UTR      string   `json:"utr,omitempty"`
	}

	held struct {
		Holds  []heldOne `json:"holds"`
		Reason string    `json:"reason"`
		Used   []string  `json:"used,omitempty"`
	}

	heldOne struct {
		Key     string `json:"key"`
		Subject string `json:"subject"`
		What    string `json:"what"`
	}

	pledged struct {
		Action string            `json:"action"`
		Detail map[string]string `json:"detail"`
		Logins []string          `json:"logins"`
		Reason string            `json:"reason"`
	}

	recorded struct {
		Body json.RawMessage `json:"body"`           // what was decided
		Used []string        `json:"used,omitempty"` // statements of which this is the effect
	}

	answered struct {
		Accept     bool   `json:"accept"`
		BodySHA256 string `json:"body_sha256"`
		Buyer      string `json:"buyer"`
		Reason     string `json:"reason,omitempty"`
		Remarks    string `json:"remarks"`
		Supplier   string `json:"supplier"`
		Type       string `json:"type"`
	}
)

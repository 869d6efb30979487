package sandbox

// A Fault is what goes wrong with one request: what its caller hears (Kind), on
// which side of the execution (When), and what the webhooks tell afterwards
// (Hook). The three are independent; the zero Fault is EnKash on its best day.
type Fault struct {
	Kind   Kind
	When   When
	Hook   Hook
	Status int // of Kind Status: 400 to 599
}

// When says whether the money moved. The zero When is the worse one for whoever
// takes silence for a failure.
type When uint8

// The two sides of an execution.
const (
	Executed    When = iota // the request was executed, whatever its caller heard
	NotExecuted             // it was not
)

// A Kind is what the caller hears.
type Kind uint8

// The kinds of answers.
const (
	Clean         Kind = iota // HTTP 200, response_code 0, payload SUCCESS
	Lose                      // the connection is closed without an answer
	Reset                     // the same with a TCP reset
	Status                    // an HTTP status from 400 to 599; by itself 503
	Code                      // HTTP 200 with response_code 1
	OddPayload                // HTTP 200 with response_code 0 and payload FAILURE
	ObjectPayload             // HTTP 200 with the payload of a webhook's answer, an object
	OtherAnswer               // the same about the payment of somebody else
	TextCode                  // HTTP 200 with response_code "0", in quotes
	Garbage                   // HTTP 200 with what is no JSON
	Empty                     // HTTP 200 with no body
	WrongType                 // the clean answer as text/html
	Redirect                  // HTTP 307 to the same address
	Informational             // HTTP 102 and 103 before the clean answer
	Twice                     // the clean answer two times on one connection
	Slow                      // the clean answer, byte by byte
	Truncated                 // half of the clean answer
	Endless                   // an answer that does not end
	Never                     // nothing, until the caller gives up or the sandbox closes
)

// A Hook is what the webhooks tell.
type Hook uint8

// The scripts of webhooks.
const (
	Truth        Hook = iota // SUCCESS where it was executed; FAILURE where the caller was told SUCCESS and it was not; else nothing
	Silence                  // nothing
	Failure                  // FAILURE
	FailedPaid               // FAILURE and then SUCCESS
	PaidFailed               // SUCCESS and then FAILURE
	Reversed                 // SUCCESS and then REVERSED; the money comes back
	OddWord                  // a result word that nobody knows
	WrongAmount              // SUCCESS of one paisa more
	WrongUTR                 // SUCCESS, and SUCCESS with another bank reference
	OtherBuyer               // SUCCESS to somebody else's buyer
	OtherLines               // SUCCESS for another invoice number
	RejectPaid               // SUCCESS and then the supplier's REJECT; where the payment is OFFPLATFORM the debt is open again
	AcceptedOnly             // nothing but the supplier's ACCEPT
)

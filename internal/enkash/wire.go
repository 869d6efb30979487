package enkash

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"reconcile/internal/money"
)

// A Device is the device.tag of a request. The pages show one name only,
// GEOCODE, and no form of its value.
type Device struct{ Name, Value string }

// The parts that bodies of requests share, with their keys in the order of the
// pages. A pointer is left out of the body where it is nil: what is not known is
// not said.

type wireDevice struct {
	Tag wireNamed `json:"tag"`
}

type wireNamed struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type wireIDs struct {
	Buyer    string `json:"buyerB2BId"`
	Supplier string `json:"supplierB2BId"`
}

type wireVersion struct {
	Current int `json:"currentVersion"`
	New     int `json:"newVersion"`
}

type wireStatus struct {
	Current string `json:"currentStatus"`
	New     string `json:"newStatus"`
}

// rupees is written as a JSON number with exactly two decimals.
type rupees money.Paise

// MarshalJSON writes 1180.00.
func (r rupees) MarshalJSON() ([]byte, error) { return money.Paise(r).Append(nil), nil }

// inr is the one currency that the pages allow.
const inr = "INR"

// india is the offset of the ts that we write. India has one, and no summer time.
var india = time.FixedZone("IST", (5*60+30)*60)

// stamp writes a moment as RFC 3339 with +05:30, to the second. The pages give
// ts no form.
func stamp(at time.Time) string { return at.In(india).Format(time.RFC3339) }

// encode writes a body on one line, without an end of line. The same value gives
// the same bytes.
func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // & and < are ordinary characters of a name
	if err := e.Encode(body); err != nil {
		return nil, fmt.Errorf("writing the body of a request: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// The patterns that stand on the pages. Those of an invoice's id and number are
// on Confirm Invoice; that of a payment's id is a class of letters, of which we
// only ever write PMT. The IFSC is the Reserve Bank's: four letters of the bank,
// a zero, six of the branch.
var (
	paymentIDs   = regexp.MustCompile(`^[PMT]{3}[A-Za-z0-9]{32}$`)
	ownIDs       = regexp.MustCompile(`^PMT[A-Za-z0-9]{32}$`)
	invoiceIDs   = regexp.MustCompile(`^[INV]{3}[A-Za-z0-9]{32}$`)
	ifscCodes    = regexp.MustCompile(`^[A-Z]{4}0[A-Z0-9]{6}$`)
	lastFours    = regexp.MustCompile(`^[A-Za-z0-9]{1,4}$`)
	oneTimeCodes = regexp.MustCompile(`^[0-9]{6}$`)
)

// A fieldCheck collects what is wrong with the fields of a request. An error
// names the field and what to do, and never its value: it may be an account.
type fieldCheck struct{ faults []error }

func (c *fieldCheck) fault(field, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("%s: %s", field, fmt.Sprintf(format, args...)))
}

// err tells of every fault, or nil.
func (c *fieldCheck) err(what string) error {
	if len(c.faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s cannot be written: %w", what, errors.Join(c.faults...))
}

// text checks a required text of 1 to limit characters by the pattern
// ^([^\\\"]){1,limit}$. Control characters are refused besides: the pattern lets
// them through, and no name or number has one.
func (c *fieldCheck) text(field, s string, limit int, remedy string) {
	switch {
	case s == "":
		c.fault(field, "is missing; %s", remedy)
	case !utf8.ValidString(s):
		c.fault(field, "is not UTF-8 text; %s", remedy)
	case utf8.RuneCountInString(s) > limit:
		c.fault(field, "has %d characters where the platform takes %d; %s", utf8.RuneCountInString(s), limit, remedy)
	case strings.ContainsAny(s, `\"`):
		c.fault(field, "holds a backslash or a double quote, which the platform refuses; %s", remedy)
	case strings.TrimSpace(s) != s:
		c.fault(field, "has spaces around it, with which it would not be recognised again; %s", remedy)
	case strings.ContainsFunc(s, unicode.IsControl):
		c.fault(field, "holds a control character, such as a line break; %s", remedy)
	}
}

// optional is text for a field that may be empty and is then left out.
func (c *fieldCheck) optional(field, s string, limit int, remedy string) {
	if s != "" {
		c.text(field, s, limit, remedy)
	}
}

func (c *fieldCheck) matches(field, s string, pattern *regexp.Regexp, remedy string) {
	if !pattern.MatchString(s) {
		c.fault(field, "does not match %s; %s", pattern, remedy)
	}
}

func (c *fieldCheck) oneOf(field, s string, allowed []string, remedy string) {
	if !slices.Contains(allowed, s) {
		c.fault(field, "%q is none of %s; %s", s, strings.Join(allowed, ", "), remedy)
	}
}

// amount checks a single amount: at least least, at most money.Max.
func (c *fieldCheck) amount(field string, p, least money.Paise) {
	switch {
	case p < least:
		c.fault(field, "is %s and must be at least %s; propose again from a corrected ledger", p, least)
	case p > money.Max:
		c.fault(field, "is larger than ten lakh crore rupees; propose again from a corrected ledger")
	}
}

// sum adds amounts, and reports overflow under the name of the field.
func (c *fieldCheck) sum(field string, amounts ...money.Paise) money.Paise {
	var sum money.Paise
	for _, p := range amounts {
		next, err := sum.Add(p)
		if err != nil {
			c.fault(field, "the amounts sum to more than can be held; split the payment")
			return 0
		}
		sum = next
	}
	return sum
}

// equal holds an amount to the sum that it has to be.
func (c *fieldCheck) equal(field string, got, want money.Paise, of string) {
	if got != want {
		c.fault(field, "is %s, and %s is %s; propose again, the plan is not consistent", got, of, want)
	}
}

// head checks what stands at the top of a request.
func (c *fieldCheck) head(d Device, buyer, supplier string) (wireDevice, wireIDs) {
	const device = "set enkash.device in the configuration"
	c.text("device.tag.name", d.Name, 100, device)
	c.text("device.tag.value", d.Value, 100, device)
	c.text("b2bIds.buyerB2BId", buyer, 100, "correct buyers in the configuration")
	c.text("b2bIds.supplierB2BId", supplier, 100, "correct the supplier's B2B id in the ledger or the supplier master")
	return wireDevice{wireNamed(d)}, wireIDs{buyer, supplier}
}

// moment checks the time of a request: RFC 3339 has four digits for a year, and a
// clock before this program existed is not set.
func (c *fieldCheck) moment(field string, at time.Time) string {
	if y := at.In(india).Year(); y < 2025 || y > 9999 {
		c.fault(field, "the year is %d; set the clock of this machine", y)
	}
	return stamp(at)
}

// version and status name the state of the invoice that the payment was made
// for. A payment changes neither by our word, so old and new are the same.
func (c *fieldCheck) version(field string, v int) *wireVersion {
	if v == 0 {
		return nil
	}
	if v < 0 {
		c.fault(field, "is negative; correct object_version in the ledger")
	}
	return &wireVersion{v, v}
}

func (c *fieldCheck) status(field, s string) *wireStatus {
	if s == "" {
		return nil
	}
	c.text(field, s, 100, "correct invoice_status in the ledger")
	return &wireStatus{s, s}
}

package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"reconcile/internal/day"
	"reconcile/internal/money"
)

// A value is one scalar of the configuration, bound to its field. Set reads it
// and says what it expected; String prints what is in force.
type value interface {
	Set(string) error
	String() string
}

type text struct{ to *string }

func (v text) String() string { return *v.to }
func (v text) Set(s string) error {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return errors.New("a line break or control character has no place here")
	}
	if strings.TrimSpace(s) == "" {
		return errors.New("it is empty; leave the key out to have the default")
	}
	*v.to = strings.TrimSpace(s)
	return nil
}

// A column is one entry of ledger.columns.
type column struct {
	to   map[string]string
	name string
}

func (v column) String() string { return v.to[v.name] }
func (v column) Set(s string) error {
	var heading string
	if err := (text{&heading}).Set(s); err != nil {
		return err
	}
	v.to[v.name] = heading
	return nil
}

// A word is one of a few.
type word struct {
	to   *string
	some []string
}

func (v word) String() string { return *v.to }
func (v word) Set(s string) error {
	for _, w := range v.some {
		if s == w {
			*v.to = w
			return nil
		}
	}
	return fmt.Errorf("expected %s", alternatives(v.some))
}

// A boolean is true or false, and nothing else that YAML once took for them.
type boolean struct{ to *bool }

func (v boolean) String() string { return strconv.FormatBool(*v.to) }
func (v boolean) Set(s string) error {
	if s != "true" && s != "false" {
		return errors.New("expected true or false")
	}
	*v.to = s == "true"
	return nil
}

// A count is a whole number from min to max.
type count struct {
	to       *int
	min, max int
}

func (v count) String() string { return strconv.Itoa(*v.to) }
func (v count) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < v.min || n > v.max {
		return fmt.Errorf("expected a whole number from %d to %d", v.min, v.max)
	}
	*v.to = n
	return nil
}

// A size is a number of bytes. It prints as nothing where it was not given.
type size struct {
	to  *int
	max int
}

func (v size) String() string {
	if *v.to == 0 {
		return ""
	}
	return strconv.Itoa(*v.to)
}

func (v size) Set(s string) error { return count{v.to, 1, v.max}.Set(s) }

type amount struct{ to *money.Paise }

func (v amount) String() string { return v.to.String() }
func (v amount) Set(s string) error {
	p, err := money.Parse(s)
	switch {
	case err != nil:
		return fmt.Errorf("expected rupees like \"1.00\": %w", err)
	case p < 0:
		return errors.New("expected rupees like \"1.00\", not below zero")
	}
	*v.to = p
	return nil
}

type date struct{ to *day.Date }

func (v date) String() string { return v.to.String() }
func (v date) Set(s string) error {
	d, err := day.Parse(s)
	if err != nil {
		return errors.New("expected a date like 2026-04-01")
	}
	*v.to = d
	return nil
}

type duration struct {
	to       *time.Duration
	min, max time.Duration
}

func (v duration) String() string { return v.to.String() }
func (v duration) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < v.min || d > v.max {
		return fmt.Errorf("expected a duration such as 90s, 30m or 72h, from %s to %s", v.min, v.max)
	}
	*v.to = d
	return nil
}

type zone struct{ to **time.Location }

func (v zone) String() string { return (*v.to).String() }
func (v zone) Set(s string) error {
	// "Local" and the empty name mean whatever this machine is set to, and would
	// give another result on another machine.
	loc, err := time.LoadLocation(s)
	if err != nil || s == "" || s == "Local" {
		return errors.New("expected the name of a time zone like Asia/Kolkata")
	}
	*v.to = loc
	return nil
}

// b2bIDs are the characters the API allows in a B2B id (Pay Invoice API,
// buyerB2BId).
var b2bIDs = regexp.MustCompile(`^[^\\"]{1,100}$`)

type b2bID struct{ to *string }

func (v b2bID) String() string { return *v.to }
func (v b2bID) Set(s string) error {
	if !b2bIDs.MatchString(s) || strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl) {
		return errors.New(`expected 1 to 100 characters without \ and "`)
	}
	*v.to = s
	return nil
}

// modesOfPayment are the eleven of the Payment Request Webhook page; RTGS is
// none of them.
var modesOfPayment = []string{
	"INTERNET BANKING", "DEBIT CARD", "CREDIT CARD", "IMPS", "CASH", "UPI",
	"WALLET", "NEFT", "PREPAID CARD", "ACCOUNT TRANSFER", "CHEQUE",
}

type modeOfPayment struct{ to *string }

func (v modeOfPayment) String() string { return *v.to }
func (v modeOfPayment) Set(s string) error {
	return word{v.to, modesOfPayment}.Set(foldMode(s))
}

// foldMode returns a mode of payment as it is compared: upper case, single
// spaces, and spaces for underscores.
func foldMode(s string) string {
	return strings.Join(strings.Fields(strings.ToUpper(strings.ReplaceAll(s, "_", " "))), " ")
}

// A baseURL is where money is moved: encrypted, or not leaving this machine.
type baseURL struct{ to *string }

func (v baseURL) String() string { return *v.to }
func (v baseURL) Set(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New("expected an address like https://host or http://127.0.0.1:8787")
	case u.User != nil:
		return errors.New("a password has no place in an address; name a file with token_file")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("expected an address without ? and #")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		*v.to = s
		return nil
	case u.Scheme == "http":
		return errors.New("plain http is for this machine only (127.0.0.1, ::1, localhost); use https")
	}
	return errors.New("expected an address that begins with https://")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

type smtpURL struct{ to *string }

func (v smtpURL) String() string { return *v.to }
func (v smtpURL) Set(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "":
		return errors.New("expected an address like smtp://mail.example.com:587 or smtps://mail.example.com:465")
	case u.User != nil:
		return errors.New("a password has no place in an address; use username and password_file")
	}
	*v.to = s
	return nil
}

// A secretFile names the file of a secret, and reads it.
type secretFile struct {
	to   *Secret
	of   *Config
	name *string
}

func (v secretFile) String() string {
	if v.to.Empty() {
		return ""
	}
	return hidden
}

func (v secretFile) Set(s string) error { return text{v.name}.Set(s) }

// alternatives returns "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

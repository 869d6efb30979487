package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/enkash/sandbox"
)

// optional are the keys of the bodies that may be missing.
var optional = []string{
	"payment.invoicesPayInfos[0].objectId", "payment.invoicesPayInfos[0].objectVersion", "payment.invoicesPayInfos[0].statusTransition",
	"payment.invoicesPayInfos[0].invoiceAmount", "payment.invoicesPayInfos[0].supplierBankAccountDetails",
	"payment.invoicesPayInfos[0].supplierBankAccountDetails.maskedAccountNumber", "payment.invoicesPayInfos[0].supplierBankAccountDetails.ifsc",
	"payment.invoicesPayInfos[0].supplierBankAccountDetails.beneficiaryName", "payment.invoicesPayInfos[0].supplierBankAccountDetails.businessVPA",
	"paymentConfirmation.invoiceInfos[0].objectId", "otp", "paymentRemarks", "partialPayment",
}

// Whatever stands at a key, that it is missing, is spelled otherwise or holds
// something else is noticed, at every key of every body.
func TestEveryKeyIsHeldToItsPage(t *testing.T) {
	s, url, _ := start(t, sandbox.Options{})
	keys := 0
	for _, c := range []struct{ path, body string }{{sandbox.PayPath, pay}, {sandbox.ConfirmPath, accept}, {sandbox.PayablePath, payable}} {
		for _, key := range keysOf(t, c.body) {
			keys++
			for _, m := range []struct {
				name   string
				change func(object map[string]any, name string)
				taken  bool
			}{
				{"missing", func(o map[string]any, name string) { delete(o, name) }, slices.Contains(optional, key)},
				{"in capitals", func(o map[string]any, name string) { o[strings.ToUpper(name)] = o[name]; delete(o, name) }, false},
				{"null", func(o map[string]any, name string) { o[name] = nil }, false},
				{"an object", func(o map[string]any, name string) { o[name] = map[string]any{"a": 1} }, false},
				{"a list of lists", func(o map[string]any, name string) { o[name] = []any{[]any{}} }, false},
				{"minus one", func(o map[string]any, name string) { o[name] = -1 }, false},
				{"beside another", func(o map[string]any, name string) { o[name+"x"] = "x" }, false},
			} {
				got := post(t, url+c.path, changed(t, c.body, key, m.change))
				if taken := got.Code == 0; taken != m.taken {
					t.Errorf("%s of %s is %s: got %+v, want taken: %v", key, c.path, m.name, got, m.taken)
				}
			}
		}
	}
	if keys < 50 {
		t.Errorf("only %d keys were tried, want 50 or more", keys)
	}
	for _, e := range s.Books().Executions {
		if e.ObjectID != "PMT00000000000000000000000000000001" && e.ObjectID != "A1" {
			t.Errorf("a changed payment was executed: %+v", e)
		}
	}
}

// keysOf lists the paths of all keys in a body, in order.
func keysOf(t *testing.T, body string) []string {
	t.Helper()
	var keys []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				below := strings.TrimPrefix(path+"."+name, ".")
				keys = append(keys, below)
				walk(below, v[name])
			}
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), e)
			}
		}
	}
	walk("", decoded(t, body))
	return keys
}

// changed returns the body with a change at the object that holds a key.
func changed(t *testing.T, body, key string, change func(map[string]any, string)) string {
	t.Helper()
	all := decoded(t, body)
	at := any(all)
	steps := strings.Split(strings.ReplaceAll(key, "[0]", ".0"), ".")
	for _, step := range steps[:len(steps)-1] {
		if list, ok := at.([]any); ok {
			at = list[0]
			continue
		}
		at = at.(map[string]any)[step]
	}
	change(at.(map[string]any), steps[len(steps)-1])
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func decoded(t *testing.T, body string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

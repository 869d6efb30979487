package enkash

import (
	"strings"
	"testing"
)

func TestRenderAPPayment(t *testing.T) {
	for _, c := range []struct {
		name string
		p    APPayment
		want string
	}{
		{"least", APPayment{PaymentIDs: []string{"a1", "a2"}, Type: "INVOICE"}, `{"paymentIds":["a1","a2"],"paymentType":"INVOICE"}`},
		{"all", APPayment{
			PaymentIDs: []string{"a1"}, Type: "GST", URN: "URN1", AccountNo: "50100123456789", SeamlessBanking: true, FrontendVersion: true,
			OTPReference: "ref", OTP: "012345", Partial: true, Amount: 118050, Remarks: "first part",
		}, `{"paymentIds":["a1"],"paymentType":"GST","urn":"URN1","accountNo":"50100123456789","seamlessBanking":true,"frontendVersion":true,` +
			`"otpReferenceNumber":"ref","otp":"012345","partialPayment":true,"amount":1180.50,"paymentRemarks":"first part"}`},
		{"the amount of one id, in full", APPayment{PaymentIDs: []string{"a1"}, Type: "INVOICE", Amount: 1}, `{"paymentIds":["a1"],"paymentType":"INVOICE","amount":0.01}`},
	} {
		got, err := RenderAPPayment(&c.p)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got\n%s %v, want\n%s", c.name, got, err, c.want)
		}
	}
}

func TestRenderAPPaymentRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*APPayment)
		field  string
	}{
		{"no id", func(p *APPayment) { p.PaymentIDs = nil }, "paymentIds"},
		{"empty id", func(p *APPayment) { p.PaymentIDs = []string{""} }, "paymentIds[0]"},
		{"an id twice", func(p *APPayment) { p.PaymentIDs = []string{"b", "a", "b"} }, "paymentIds"},
		{"too many ids", func(p *APPayment) { p.PaymentIDs = strings.Split(strings.Repeat("x,", 51), ",") }, "paymentIds"},
		{"no type", func(p *APPayment) { p.Type = "" }, "paymentType"},
		{"another type", func(p *APPayment) { p.Type = "VENDOR" }, "paymentType"},
		{"short password", func(p *APPayment) { p.OTP = "98765" }, "otp"},
		{"password with letters", func(p *APPayment) { p.OTP = "98765a" }, "otp"},
		{"password with a line break", func(p *APPayment) { p.OTP = "987654\n" }, "otp"},
		{"partial without an amount", func(p *APPayment) { p.Partial = true }, "amount"},
		{"partial of two", func(p *APPayment) { p.Partial, p.Amount, p.PaymentIDs = true, 1, []string{"a", "b"} }, "amount"},
		{"amount for two", func(p *APPayment) { p.Amount, p.PaymentIDs = 1, []string{"a", "b"} }, "amount"},
		{"negative amount", func(p *APPayment) { p.Amount = -1 }, "amount"},
		{"account", func(p *APPayment) { p.AccountNo = strings.Repeat("98765", 11) }, "accountNo"},
		{"remarks", func(p *APPayment) { p.Remarks = "\t" }, "paymentRemarks"},
	} {
		p := APPayment{PaymentIDs: []string{"a1"}, Type: "INVOICE"}
		c.change(&p)
		got, err := RenderAPPayment(&p)
		if err == nil || !strings.Contains(err.Error(), c.field+":") || got != nil {
			t.Errorf("%s: got %s and %v, want an error that names %s", c.name, got, err, c.field)
		} else if strings.Contains(err.Error(), "98765") {
			t.Errorf("%s: the error shows a secret or an account: %v", c.name, err)
		}
	}
}

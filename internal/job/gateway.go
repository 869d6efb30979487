package job

import (
	"errors"
	"fmt"
	"net/url"
	"os"

	"reconcile/internal/enkash"
	"reconcile/internal/submit"
)

// newGateway returns the way to EnKash that the configuration names, for payments.
func newGateway(in Input) (submit.Gateway, error) {
	if byHand(in.Config) {
		return payableGateway(in)
	}
	g, err := gatewayTo(in, enkash.PathPay)
	if err != nil {
		return nil, err
	}
	return g, nil
}

// gatewayTo returns the way to one call of EnKash.
func gatewayTo(in Input, path string) (*enkash.Gateway, error) {
	c := in.Config.EnKash
	if c.BaseURL == "" {
		return nil, &ExitError{ExitConfig, errors.New("enkash.base_url is missing, and nothing can be sent: say where EnKash is reached [base-url-missing]")}
	}
	o := enkash.Options{
		BaseURL: c.BaseURL, Path: path, Timeout: c.Timeout, Token: c.Token.Reveal(), Proxy: c.Proxy, Now: in.Now,
	}
	for _, h := range c.Headers {
		o.Headers = append(o.Headers, enkash.Header{Name: h.Name, Value: h.Value.Reveal()})
	}
	for _, text := range c.DefiniteRefusals {
		r, err := enkash.ParseRefusal(text)
		if err != nil {
			return nil, &ExitError{ExitConfig, fmt.Errorf("enkash.definite_refusals: %w", err)}
		}
		o.DefiniteRefusals = append(o.DefiniteRefusals, r)
	}
	if c.CAFile != "" {
		roots, err := os.ReadFile(in.Config.Path(c.CAFile))
		if err != nil {
			return nil, &ExitError{ExitConfig, fmt.Errorf("enkash.ca_file: %w", err)}
		}
		o.Roots = roots
	}
	g, err := enkash.New(o)
	if err != nil {
		return nil, &ExitError{ExitConfig, err}
	}
	return g, nil
}

// origin returns scheme and host of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

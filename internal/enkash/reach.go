package enkash

import (
	"context"
	"crypto/tls"
	"time"
)

// A Reached is what is known of a connection that came about.
type Reached struct {
	Expires time.Time // when the first of its certificates ends; zero for plain http
	Proxy   string    // host:port of the proxy that it went through; empty where there was none
}

// Reach connects as Dial does, sends nothing, and gives the connection up.
func (g *Gateway) Reach(ctx context.Context) (Reached, error) {
	dialled, err := g.Dial(ctx)
	if err != nil {
		return Reached{}, err
	}
	r := Reached{Proxy: g.target.proxy}
	if one, is := dialled.(*conn); is {
		if secured, is := one.wire.(*tls.Conn); is {
			for _, cert := range secured.ConnectionState().PeerCertificates {
				if r.Expires.IsZero() || cert.NotAfter.Before(r.Expires) {
					r.Expires = cert.NotAfter
				}
			}
		}
	}
	return r, dialled.Close()
}

package listen

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"reconcile/internal/enkash"
)

// Limits of one connection, where Options leave them out. A webhook is a few
// kilobytes in one piece; who needs longer for it is not EnKash.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	idleTimeout   = 30 * time.Second // a slot that nobody uses is a slot that a webhook waits for
	drainTimeout  = 15 * time.Second // after which a stop waits for nobody; service managers kill after 30 or 90 s
	tellEvery     = time.Minute
	maxHeader     = 16 << 10 // bytes; those of a webhook are less than 2 KiB
)

// Options say what is received, from whom, and where it goes. Folder, Zone, Now,
// MaxBytes and MaxConnections are required.
type Options struct {
	Folder string         // of the event log; made where it is missing
	Zone   *time.Location // in which a day begins, and a new file
	Now    func() time.Time

	Paths   []string // those that begin with one of them are taken, as in /api/v0/
	Header  string   // in which the secret comes, in canonical spelling
	Secrets []string // any of them opens; none opens to this machine alone

	Answers map[string]enkash.AnswerForm // by family; AnswerNone where it has none

	MaxBytes                                              int           // of a body
	MaxConnections                                        int           // at one moment; more wait to be accepted
	HeaderTimeout, BodyTimeout, IdleTimeout, DrainTimeout time.Duration // the usual ones where 0

	CertFile, KeyFile string // TLS, where given; read again when they change

	// Free returns how many bytes may still be written into a folder, and MinFree
	// is how many must be for the listener to be ready. Free may be nil.
	Free    func(dir string) (bytes uint64, known bool)
	MinFree uint64

	Log  *slog.Logger   // what an operator should look at
	Tell func(Measured) // told every minute in which something came what was measured; may be nil
}

// A Server receives webhooks. One may be open on a folder at a time.
type Server struct {
	o        Options
	log      *eventLog
	certs    *certificates // nil where there is no TLS
	measured *meter
}

// Open takes the lock of the folder, mends what a crash has left of its files,
// and makes sure that it can be written to. Close ends it, unless Serve has.
func Open(o Options) (*Server, error) {
	for _, d := range []struct {
		to    *time.Duration
		usual time.Duration
	}{{&o.HeaderTimeout, headerTimeout}, {&o.BodyTimeout, bodyTimeout}, {&o.IdleTimeout, idleTimeout}, {&o.DrainTimeout, drainTimeout}} {
		if *d.to == 0 {
			*d.to = d.usual
		}
	}
	s := &Server{o: o, measured: newMeter(o.Now)}
	var err error
	if o.CertFile != "" {
		if s.certs, err = openCertificates(o.CertFile, o.KeyFile, o.Log); err != nil {
			return nil, err
		}
	}
	if s.log, err = openLog(&o, s.measured); err != nil {
		return nil, err
	}
	return s, nil
}

// Close lets go of the folder.
func (s *Server) Close() error { return s.log.close() }

// Serve answers on ln until ctx ends: then it takes no more, lets those that have
// begun come to their end, closes the log and returns what was measured. A stop
// that was asked for is no error.
func (s *Server) Serve(ctx context.Context, ln net.Listener) (Measured, error) {
	ln = newLimiter(ln, s.o.MaxConnections)
	if s.certs != nil {
		ln = s.certs.listen(ln)
	}
	var only http.Protocols
	only.SetHTTP1(true) // one request at a time on each connection, so that limits of connections are limits of requests
	server := &http.Server{
		Handler: s, Protocols: &only, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: s.o.HeaderTimeout, ReadTimeout: s.o.BodyTimeout, IdleTimeout: s.o.IdleTimeout,
		WriteTimeout: s.o.BodyTimeout + s.o.DrainTimeout,
		ErrorLog:     slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug), // of strangers whose handshake failed
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	stopTelling := s.keepTelling()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("receiving webhooks: %w", err)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.o.DrainTimeout)
	defer cancel()
	if server.Shutdown(drain) != nil {
		err = errors.Join(err, server.Close()) // whoever is cut off now was not told that anything was received
	}
	stopTelling()
	err = errors.Join(err, s.log.close())
	return s.measured.now(), err
}

// keepTelling tells every minute what was measured, as long as something came.
func (s *Server) keepTelling() (stop func()) {
	if s.o.Tell == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		t := time.NewTicker(tellEvery)
		defer t.Stop()
		last := 0
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if m := s.measured.now(); m.Requests > last {
					last = m.Requests
					s.o.Tell(m)
				}
			}
		}
	}()
	return func() { close(done); <-ended }
}

// Secure tells whether the server speaks TLS.
func (s *Server) Secure() bool { return s.certs != nil }

// takes tells whether a path is one of those that webhooks come to.
func (s *Server) takes(path string) bool {
	for _, p := range s.o.Paths {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

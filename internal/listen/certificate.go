package listen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"sync"
)

// A CertificateError says that TLS cannot be spoken.
type CertificateError struct{ Err error }

// Error says what to do about it.
func (e *CertificateError) Error() string {
	return "TLS: " + e.Err.Error() + "; name the certificate with its chain in listen.tls_cert_file and its key in listen.tls_key_file, both in PEM [listen-tls]"
}

func (e *CertificateError) Unwrap() error { return e.Err }

// ExitCode is that of the configuration (EX_CONFIG of sysexits.h).
func (e *CertificateError) ExitCode() int { return 78 }

// certificates hold the certificate that is shown, and read it again when its
// files change: who renews it every two months need not restart anything. One
// that cannot be read leaves the old one in place.
type certificates struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	seen    [2]fs.FileInfo // the files as current was made of them
}

func openCertificates(certFile, keyFile string, log *slog.Logger) (*certificates, error) {
	c := &certificates{certFile: certFile, keyFile: keyFile, log: log}
	files, err := c.look()
	if err == nil {
		err = c.load(files)
	}
	if err != nil {
		return nil, &CertificateError{err}
	}
	return c, nil
}

// listen speaks TLS on what ln accepts.
func (c *certificates) listen(ln net.Listener) net.Listener {
	return tls.NewListener(ln, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"http/1.1"}})
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	files, err := c.look()
	if err == nil && !c.same(files) {
		err = c.load(files)
	}
	if err != nil {
		c.log.Error("the certificate cannot be read again; the old one is still shown", "error", err.Error())
	}
	return c.current, nil
}

func (c *certificates) look() (files [2]fs.FileInfo, err error) {
	for i, path := range []string{c.certFile, c.keyFile} {
		if files[i], err = os.Stat(path); err != nil {
			return files, err
		}
	}
	const others = 0o007
	if mode := files[1].Mode().Perm(); mode&others != 0 {
		return files, fmt.Errorf("others may read the key %s (mode %04o)", c.keyFile, mode)
	}
	return files, nil
}

func (c *certificates) same(files [2]fs.FileInfo) bool {
	for i, f := range files {
		old := c.seen[i]
		if !os.SameFile(f, old) || !f.ModTime().Equal(old.ModTime()) || f.Size() != old.Size() {
			return false
		}
	}
	return true
}

// load reads the pair. An error of crypto/tls repeats nothing of the key.
func (c *certificates) load(files [2]fs.FileInfo) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			return path
		}
		return fmt.Errorf("%s and %s: %w", c.certFile, c.keyFile, err)
	}
	c.current, c.seen = &pair, files
	return nil
}

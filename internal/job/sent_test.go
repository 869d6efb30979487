package job

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// A letterbox keeps the bodies that come to a server, for what the sandbox takes
// does not tell what else was sent.
type letterbox struct {
	to http.Handler

	mu     sync.Mutex
	bodies []string
}

func (l *letterbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	l.bodies = append(l.bodies, string(body))
	l.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.to.ServeHTTP(w, r)
}

// came are the bodies in the order in which they came.
func (l *letterbox) came() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.bodies...)
}

package ping

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPings(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = append(got, r.Method+" "+r.URL.String()+" "+string(body))
	}))
	defer server.Close()
	s := New(server.URL + "/ping/0123/?rid=7")
	if err := s.Start(t.Context(), "start"); err != nil {
		t.Error(err)
	}
	if err := s.Success(t.Context(), "exit_code=0"); err != nil {
		t.Error(err)
	}
	if err := s.Fail(t.Context(), "exit_code=66"); err != nil {
		t.Error(err)
	}
	want := []string{"POST /ping/0123/start?rid=7 start\n", "POST /ping/0123?rid=7 exit_code=0\n", "POST /ping/0123/fail?rid=7 exit_code=66\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFailures: each is an error that does not tell the address, and nothing is
// followed or tried again.
func TestFailures(t *testing.T) {
	const secret = "01234567-89ab"
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch {
		case strings.HasPrefix(r.URL.Path, "/away"):
			http.Redirect(w, r, "/home/"+secret, http.StatusTemporaryRedirect)
		case strings.HasPrefix(r.URL.Path, "/gone"):
			http.NotFound(w, r)
		case strings.HasPrefix(r.URL.Path, "/cut"):
			panic(http.ErrAbortHandler) // unreachable for a reader: the connection ends
		}
	}))
	defer server.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	tests := []struct{ name, address, want string }{
		{"moved", server.URL + "/away/" + secret, "307"},
		{"gone", server.URL + "/gone/" + secret, "404"},
		{"cut off", server.URL + "/cut/" + secret, "EOF"},
		{"nobody there", closed.URL + "/" + secret, "refused"},
		{"no address", "http://[" + secret, "cannot be read"},
	}
	for _, tt := range tests {
		err := New(tt.address).Success(t.Context(), "x")
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v, want an error with %q and without the address", tt.name, err, tt.want)
		}
	}
	if asked != 3 {
		t.Errorf("the server was asked %d times, want 3", asked)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := New(server.URL+"/"+secret).Start(stopped, "x"); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("stopped: got %v, want an error without the address", err)
	}
}

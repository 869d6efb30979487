package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// defaultDrip is slow enough to be seen and quick enough to be tested.
const defaultDrip = 20 * time.Millisecond

// reply is the answer of the API pages.
type reply struct {
	Payload any    `json:"payload"`
	Code    any    `json:"response_code"`
	Message string `json:"response_message"`
}

var cleanReply = reply{"SUCCESS", 0, "SUCCESS"}

// saysSuccess tells whether a caller who is patient and careful hears a clean
// acknowledgement.
func (k Kind) saysSuccess() bool {
	return k == Clean || k == Slow || k == Twice || k == Informational
}

// answer says to the caller what the fault lets through. Nothing is locked: an
// answer may take for ever.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, f Fault, objectID string) {
	switch f.Kind {
	case Lose, Reset:
		breakOff(w, f.Kind == Reset)
	case Status:
		said := reply{"FAILURE", 1, fmt.Sprintf("the sandbox was told to answer %d", f.status())}
		if f.status() < 300 {
			said = cleanReply
		}
		send(w, f.status(), said)
	case Code:
		send(w, http.StatusOK, reply{"FAILURE", 1, "the sandbox was told to answer with a code"})
	case OddPayload:
		send(w, http.StatusOK, reply{"FAILURE", 0, "SUCCESS"})
	case ObjectPayload:
		send(w, http.StatusOK, reply{payloadOf(objectID), 0, "SUCCESS"})
	case OtherAnswer:
		send(w, http.StatusOK, reply{payloadOf("PMT" + strings.Repeat("Z", 32)), 0, "SUCCESS"})
	case TextCode:
		send(w, http.StatusOK, reply{"SUCCESS", "0", "SUCCESS"})
	case Garbage:
		sendText(w, http.StatusOK, "application/json", []byte(`{"payload":"SUCCESS","response_code":0,`+"\x00\xff"))
	case Empty:
		sendText(w, http.StatusOK, "application/json", nil)
	case WrongType:
		sendText(w, http.StatusOK, "text/html", render(cleanReply))
	case Redirect:
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Informational:
		w.WriteHeader(http.StatusProcessing)
		w.WriteHeader(http.StatusEarlyHints)
		send(w, http.StatusOK, cleanReply)
	case Twice:
		answerTwice(w)
	case Slow:
		s.drip(w, r)
	case Truncated:
		text := render(cleanReply)
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		sendText(w, http.StatusOK, "application/json", text[:len(text)/2])
	case Endless:
		s.goOn(w, r)
	case Never:
		s.wake(r, nil)
		breakOff(w, false)
	default:
		send(w, http.StatusOK, cleanReply)
	}
}

func (f Fault) status() int {
	if f.Status == 0 {
		return http.StatusServiceUnavailable
	}
	return f.Status
}

func payloadOf(objectID string) any {
	return struct {
		Resp    resp              `json:"resp"`
		Payment map[string]string `json:"payment"`
	}{resp{ReqMsgID: messageOf(objectID), Result: "SUCCESS"}, map[string]string{"objectId": objectID}}
}

func render(v reply) []byte {
	b, err := encode(v)
	if err != nil {
		panic("unreachable: plain fields do not encode")
	}
	return b
}

func send(w http.ResponseWriter, status int, v reply) {
	sendText(w, status, "application/json", render(v))
}

// sendText writes an answer. A caller that is gone learns the outcome from the log.
func sendText(w http.ResponseWriter, status int, contentType string, text []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// breakOff ends the connection without an answer, by a reset where asked for.
func breakOff(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		send(w, http.StatusInternalServerError, reply{"FAILURE", 1, "the sandbox cannot break off this connection: it wants HTTP/1.1"})
		return
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok && reset {
		_ = tcp.SetLinger(0) // then Close sends a reset; where it fails the caller sees an end instead
	}
	_ = conn.Close()
}

// answerTwice writes two answers to one request, one behind the other.
func answerTwice(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		send(w, http.StatusInternalServerError, reply{"FAILURE", 1, "the sandbox cannot answer twice on this connection: it wants HTTP/1.1"})
		return
	}
	text := render(cleanReply)
	one := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
	_, _ = conn.Write([]byte(one + one))
	_ = conn.Close()
}

// drip writes the clean answer byte by byte.
func (s *Server) drip(w http.ResponseWriter, r *http.Request) {
	pause := s.o.Drip
	if pause == 0 {
		pause = defaultDrip
	}
	text := render(cleanReply)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	flush := http.NewResponseController(w)
	for _, b := range text {
		if _, err := w.Write([]byte{b}); err != nil {
			return
		}
		_ = flush.Flush() // a connection that cannot be flushed is merely less slow
		if !s.wake(r, time.After(pause)) {
			breakOff(w, false)
			return
		}
	}
}

// goOn writes the clean answer and then blanks, until the caller is gone. A caller
// who stops at the first closing brace takes it for an acknowledgement.
func (s *Server) goOn(w http.ResponseWriter, r *http.Request) {
	sendText(w, http.StatusOK, "application/json", render(cleanReply))
	blanks := bytes.Repeat([]byte(" "), 32<<10)
	for r.Context().Err() == nil {
		select {
		case <-s.closing:
			breakOff(w, false)
			return
		default:
		}
		if _, err := w.Write(blanks); err != nil {
			return
		}
	}
}

// wake waits for the pause to end, and tells whether it did: the caller may give
// up before, or the sandbox close.
func (s *Server) wake(r *http.Request, pause <-chan time.Time) bool {
	select {
	case <-pause:
		return true
	case <-r.Context().Done():
	case <-s.closing:
	}
	return false
}

func refuse(w http.ResponseWriter, err error) {
	send(w, http.StatusBadRequest, reply{"FAILURE", 1, err.Error()})
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

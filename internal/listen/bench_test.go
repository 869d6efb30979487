package listen

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkListen: clients that wait for one answer before they send the next,
// over real HTTP to a real disk. What is measured is mostly the disk; the more of
// them there are, the more share an fsync.
func BenchmarkListen(b *testing.B) {
	body := `{"resp":{"result":"SUCCESS"},"payment":{"objectId":"PMTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1","note":"` + strings.Repeat("x", 1200) + `"}}`
	for _, clients := range []int{1, 8, 64} {
		b.Run(strconv.Itoa(clients)+"-clients", func(b *testing.B) {
			o := options(b)
			o.Now = time.Now
			o.MaxConnections = clients
			r := start(b, o)
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
			defer client.CloseIdleConnections()
			work := make(chan struct{}, b.N)
			for range b.N {
				work <- struct{}{}
			}
			close(work)
			failed := make(chan error, clients)
			b.ReportAllocs()
			b.ResetTimer()
			for range clients {
				go func() { failed <- sendAll(client, r.url, body, work) }()
			}
			for range clients {
				if err := <-failed; err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			m, err := r.end()
			if err != nil || m.Stored != b.N {
				b.Fatalf("got %d kept (%v), want %d", m.Stored, err, b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "webhooks/s")
			b.ReportMetric(float64(m.Fsyncs)/b.Elapsed().Seconds(), "fsyncs/s")
		})
	}
}

func sendAll(client *http.Client, url, body string, work <-chan struct{}) error {
	for range work {
		req, err := http.NewRequest("POST", url+"/api/v0/payment/resp-pay", strings.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("X-Webhook-Secret", theSecret)
		answer, err := client.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// whither says where a sandbox brings its webhooks.
func (f *sandboxFlags) whither() string {
	if f.webhook != "" {
		return "to " + f.webhook
	}
	return "into " + f.events
}

// poster returns what posts a webhook of the sandbox to a listener, as EnKash
// would.
func poster(f sandboxFlags) (func(path string, body []byte) error, error) {
	secret := ""
	if f.secretFile != "" {
		b, err := os.ReadFile(f.secretFile)
		if err != nil {
			return nil, fmt.Errorf("--secret-file: %w", err)
		}
		secret = strings.TrimSpace(string(b))
	}
	client := &http.Client{Timeout: 30 * time.Second}
	return func(path string, body []byte) error {
		url := strings.TrimSuffix(f.webhook, "/") + "/" + strings.TrimPrefix(path, "/")
		req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		if secret != "" {
			req.Header.Set("X-Webhook-Secret", secret)
		}
		answer, err := client.Do(req)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("the listener answered %s: %s", answer.Status, bytes.TrimSpace(text))
		}
		return nil
	}, nil
}

package report

import (
	"os"
	"testing"
)

func TestRenderSample(t *testing.T) {
	if p := os.Getenv("RENDER_TO"); p != "" {
		os.WriteFile(p, workbookOf(t, smallFacts()), 0o644)
	}
}

package proposal

import (
	"fmt"
	"strings"
	"testing"
)

// TestReasonsDocument: docs/reasons.md is the table of reasons, and every name
// in a sentence is filled in by the code that says it.
func TestReasonsDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Why a due item is not proposed

A proposal has one line for every due item: it is in, or it is left out for one of
these reasons. They are looked for in this order, and the first that applies is
said, with what differs from item to item in the place of the {names}. This page is
made from the program by ` + "`go test ./internal/proposal -update`" + `.

| code | what is the matter | what to do | released by two people |
|---|---|---|---|
`)
	seen := make(map[Reason]bool)
	for _, r := range Reasons() {
		if seen[r.Reason] || r.Sentence == "" || r.Remedy == "" {
			t.Errorf("%s stands twice or says too little", r.Reason)
		}
		seen[r.Reason] = true
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Reason, r.Sentence, r.Remedy, r.Release)
	}
	golden(t, "../../docs/reasons.md", b.String())
}

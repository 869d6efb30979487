package party

import (
	"slices"
	"strings"
	"testing"
)

// FuzzReadMaster holds the master against its laws: every line is accounted for,
// no message shows an account number or a PAN, and whoever is found was
// unmistakable.
func FuzzReadMaster(f *testing.F) {
	f.Add(masterCSV)
	f.Add("code;b2b id;account no\nV1;S1;000000000\nV1;S2;000000000x\n")
	f.Add("supplier_b2b_id,name,msme,pan\nS1,A,000000000,AAPFU0939F\n\"S1,A,000000000\n\n")
	f.Add("x\n\nb2b id\tname\tterms\nS1\tMehta\tNet 000000000\n")
	const account, pan = "918273645546372819", "AAPFU0939F"
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "000000000", account)
		m, err := ReadMaster("m.csv", []byte(text), []byte("k"))
		var said []string
		if err != nil {
			said = append(said, err.Error())
		} else {
			if m.Rows != m.Accepted+m.Blank+m.Quarantined || m.Accepted != len(m.Master.Entries()) {
				t.Errorf("%d rows, %d accepted (%d entries), %d blank, %d quarantined", m.Rows, m.Accepted, len(m.Master.Entries()), m.Blank, m.Quarantined)
			}
			faulty := make(map[int]bool)
			for _, p := range m.Problems {
				faulty[p.Pos.Row] = true
				said = append(said, p.String())
				if p.Check == "" || p.Remedy == "" || p.Pos.Row < 1 {
					t.Errorf("%s has no check, remedy or place", p)
				}
			}
			if len(faulty) != m.Quarantined {
				t.Errorf("%d lines have problems, %d are quarantined", len(faulty), m.Quarantined)
			}
			said = append(said, m.Notes...)
			findEach(t, m.Master)
		}
		for _, s := range said {
			if strings.Contains(s, account) || strings.Contains(strings.ToUpper(s), pan) {
				t.Errorf("a message shows an account number or a PAN: %s", s)
			}
		}
	})
}

// findEach looks for every supplier by what its own line says of it: the answer
// is itself, or a doubt in which it is named.
func findEach(t *testing.T, m *Master) {
	for i := range m.entries[:min(len(m.entries), 50)] {
		e := &m.entries[i]
		s := e.Supplier
		s.B2BID = ""
		found, candidates := m.Find(s)
		switch {
		case found != nil && found.Unreadable:
			t.Errorf("%+v is found, and could not be read", s)
		case found != nil && found.B2BID != e.B2BID:
			t.Errorf("%+v is found as %q, and is %q", s, found.B2BID, e.B2BID)
		case found == nil && len(candidates) == 1:
			t.Errorf("%+v is in doubt with nobody but %q", s, candidates)
		case candidates != nil && !slices.Contains(candidates, shownID(e)):
			t.Errorf("%+v is in doubt between %q, and is %q", s, candidates, shownID(e))
		}
	}
}

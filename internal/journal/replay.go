package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A model is what the chain says that the tables hold.
type model map[string]map[string][]any // table, key, row

func newModel() model {
	m := model{}
	for _, t := range tables() {
		m[t.name] = map[string][]any{}
	}
	return m
}

// keyOf writes the key of a row so that it can be looked up.
func keyOf(values []any) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%v\x00", v)
	}
	return b.String()
}

// apply takes one step.
func (m model) apply(s Step) error {
	changes, err := effects(s)
	if err != nil {
		return err
	}
	for _, c := range changes {
		t := tableOf(c.table)
		if c.how == erase {
			continue // only bytes, which no step has
		}
		if c.how == set {
			row, known := m[t.name][keyOf(c.key)]
			if !known {
				return fmt.Errorf("the step is about a %s that no step made", t.name)
			}
			for i, column := range t.columns {
				if v, ok := c.set[column]; ok {
					row[i] = v
				}
			}
			continue
		}
		key := keyOf(c.row[:t.key])
		if _, known := m[t.name][key]; !known {
			m[t.name][key] = slices.Clone(c.row)
		} else if c.how == add {
			return fmt.Errorf("the step makes a %s that is there already", t.name)
		}
	}
	return nil
}

// sumUp fills in what triggers keep: how much of each debt is held.
func (m model) sumUp() {
	debt, line := tableOf("debt"), tableOf("allocation")
	id, net, on := slices.Index(line.columns, "debt_id"), slices.Index(line.columns, "net_paise"), slices.Index(line.columns, "held")
	sums := map[any]int64{}
	for _, row := range m[line.name] {
		if row[on] == int64(1) {
			sums[row[id]] += row[net].(int64)
		}
	}
	for key, row := range m[debt.name] {
		m[debt.name][key] = append(row, sums[row[0]])
	}
}

// A flaw is something wrong with the journal, and the first step that shows it.
type flaw struct {
	seq  int64
	what string
}

// proof reads the chain and holds the tables to it. It returns the head, how many
// rows were compared, and what is wrong first; nil means nothing.
func proof(ctx context.Context, db database) (head Step, rows int, wrong *flaw, err error) {
	m := newModel()
	err = chain(ctx, db, "", nil, func(s Step) error {
		if what := s.follows(head.Seq, orGenesis(head.Hash)); what != "" {
			wrong = &flaw{head.Seq + 1, what}
			return errEnough
		}
		if err := m.apply(s); err != nil {
			wrong = &flaw{s.Seq, err.Error()}
			return errEnough
		}
		head = s
		return nil
	})
	if errors.Is(err, errEnough) {
		return head, 0, wrong, nil
	}
	if err != nil {
		return head, 0, nil, err
	}
	m.sumUp()
	rows, wrong, err = m.compare(ctx, db)
	return head, rows, wrong, err
}

// errEnough ends a reading whose answer is known.
var errEnough = errors.New("enough was read")

func orGenesis(hash string) string {
	if hash == "" {
		return genesis
	}
	return hash
}

// chain reads the steps in order, all or those that the condition names.
func chain(ctx context.Context, db database, where string, args []any, each func(Step) error) (err error) {
	rows, err := db.QueryContext(ctx, "SELECT seq, at, actor, kind, subject, old, new, evidence_sha256, detail, prev_hash, hash FROM step "+where+" ORDER BY seq", args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s Step
		var at int64
		if err := rows.Scan(&s.Seq, &at, &s.Actor, &s.Kind, &s.Subject, &s.Old, &s.New, &s.Evidence, &s.Detail, &s.Previous, &s.Hash); err != nil {
			return err
		}
		s.At = moment(at)
		if err := each(s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// compare finds the first row that the chain does not explain, and the first that
// it tells of and the tables lack.
func (m model) compare(ctx context.Context, db database) (rows int, wrong *flaw, err error) {
	for _, t := range tables() {
		want := m[t.name]
		err := t.rows(ctx, db, func(row []any, blob []byte) error {
			rows++
			key := keyOf(row[:t.key])
			expected, known := want[key]
			delete(want, key)
			switch {
			case !known:
				wrong = worse(wrong, &flaw{t.seqOf(row), "there is a row of " + t.name + " that no step made"})
			case keyOf(row) != keyOf(expected):
				wrong = worse(wrong, &flaw{t.seqOf(expected), fmt.Sprintf("%s.%s does not say what the step says", t.name, t.differing(row, expected))})
			case blob != nil && digest(blob) != fmt.Sprint(row[slices.Index(t.columns, t.hash)]):
				wrong = worse(wrong, &flaw{t.seqOf(expected), fmt.Sprintf("%s.%s was changed: its hash is another", t.name, t.blob)})
			}
			return nil
		})
		if err != nil {
			return rows, nil, err
		}
		for _, row := range want { // in any order: the earliest step wins, and the text is the same for all
			wrong = worse(wrong, &flaw{t.seqOf(row), "a row of " + t.name + " that the step made is missing"})
		}
	}
	return rows, wrong, nil
}

// worse returns the flaw of the earlier step.
func worse(a, b *flaw) *flaw {
	if a == nil || b.seq < a.seq {
		return b
	}
	return a
}

// seqOf names the last step that touched a row.
func (t table) seqOf(row []any) int64 {
	var last int64
	for i, column := range t.columns {
		if n, ok := row[i].(int64); ok && (column == "seq" || strings.HasSuffix(column, "_seq")) {
			last = max(last, n)
		}
	}
	return last
}

func (t table) differing(row, expected []any) string {
	names := append(slices.Clone(t.columns), t.summed)
	for i := range row {
		if fmt.Sprint(row[i]) != fmt.Sprint(expected[i]) {
			return names[i]
		}
	}
	return "a value"
}

package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"reconcile/internal/approval"
	"reconcile/internal/submit"
)

// forge is SQL that adds a step as somebody would who knows the tables and not the
// hashes. Nothing but its own bytes is wrong with it.
func forge(kind, subject, old, new, evidence, detail string) string {
	return forgeAt("at", "mallory", kind, subject, old, new, evidence, detail)
}

func forgeAt(at, actor, kind, subject, old, new, evidence, detail string) string {
	return fmt.Sprintf(`INSERT INTO step SELECT seq + 1, %s, '%s', '%s', '%s', '%s', '%s', '%s', '%s', hash, lower(hex(randomblob(32))) FROM step ORDER BY seq DESC LIMIT 1;
`, at, actor, kind, subject, old, new, evidence, detail)
}

// last is the number of the step that was just forged.
const last = "(SELECT max(seq) FROM step)"

// someone is evidence that exists nowhere.
var someone = strings.Repeat("ab", 32)

// proven is a forged step with its forged evidence.
func proven(kind, subject, old, new, detail string) string {
	return forge(kind, subject, old, new, someone, detail) +
		fmt.Sprintf("INSERT INTO evidence VALUES ('%s', '%s', %s, 'mallory', '', '', NULL);\n", someone, subject, last)
}

func moveTo(subject, state string, more ...string) string {
	return fmt.Sprintf("UPDATE instruction SET state = '%s', last_seq = %s, state_seq = iif(state = '%s', state_seq, %s), since = iif(state = '%s', since, (SELECT at FROM step WHERE seq = %s))%s WHERE object_id = '%s';\n",
		state, last, state, last, state, last, strings.Join(more, ""), subject)
}

const begunNow = ", sends = 1, deadline = 1, fence = (SELECT fence FROM lease), sent_on = '2026-11-22'"

func newInstruction(id, plan string, position, net, lines int) string {
	return forge("INTENDED", id, "", "INTENT", "", "{}") + fmt.Sprintf(`INSERT INTO instruction SELECT '%s', %s, '%s', %d, 1, 'BUYER0001', 'S9', 'ONPLATFORM', 'UPI', 'R%s', %d, 0, %d, '', '%s', 'INTENT', 0, NULL, NULL, NULL, at, %s, %s, X'7b7d' FROM step WHERE seq = %s;
`, id, last, plan, position, id[3:20], net, lines, someone, last, last, last)
}

func newDebt(id string, owed int) string {
	return fmt.Sprintf("INSERT INTO debt VALUES ('%s', %s, 'BUYER0001', 'S9', '%s', 1, 2026, '', %d, 0);\n", id, last, id, owed)
}

func newLine(id string, position int, debt string, instalment, net int) string {
	return fmt.Sprintf("INSERT INTO allocation VALUES ('%s', %d, %s, '%s', %d, 'N', '', '', %d, 0, 1, NULL);\n", id, position, last, debt, instalment, net)
}

// theBench has one payment of every kind, so that every table has a row.
func theBench(t testing.TB) (b *bench, plans map[string]string) {
	t.Helper()
	b = newBench(t)
	ctx := context.Background()
	paid := plan(1, pay("intent", "S1", 1, line("S1", "INV/1", 1, 1000, 600)), pay("paid", "S2", 1, line("S2", "INV/2", 1, 1000, 1000)),
		pay("failed", "S3", 1, line("S3", "INV/3", 1, 1000, 1000)), pay("unsure", "S4", 1, line("S4", "INV/4", 1, 1000, 1000)),
		pay("late", "S5", 1, line("S5", "INV/5", 1, 1000, 1000)), pay("part", "S6", 1, line("S6", "INV/6", 1, 1000, 1000), line("S6", "INV/7", 1, 1000, 1000)))
	plans = map[string]string{"done": b.pay(paid)}
	b.begin("paid")
	b.move("paid", submit.SaysPaid)
	b.begin("failed")
	b.move("failed", submit.SaysFailed)
	b.begin("unsure")
	b.move("unsure", submit.Unclear)
	b.begin("late")
	b.move("late", submit.SaysFailed)
	b.move("late", submit.SaysPaid)
	b.begin("part")
	b.move("part", submit.SaysPaid)
	b.move("part", submit.SaysReturned, 0)
	b.ok(b.Record(ctx, Record{Kind: KindNoted, Subject: "x1", Body: []byte(`{"new":"y"}`)}))

	capped := plan(2, pay("capped", "S9", 1, line("S9", "INV/9", 1, 1000, 1000)))
	plans["capped"] = b.register(capped, 1, Caps{Invoice: 1000, Supplier: 1000, Run: 1000, Day: 7000})
	b.approve(plans["capped"], "asha")
	plans["waiting"] = b.register(plan(3, pay("waiting", "S9", 1, line("S9", "INV/10", 1, 1000, 1000))), 2, Caps{})
	plans["half"] = b.register(plan(4, pay("half", "S9", 1, line("S9", "INV/11", 1, 1000, 1000))), 2, Caps{})
	b.approve(plans["half"], "asha")
	plans["rejected"] = b.register(plan(5, pay("rejected", "S9", 1, line("S9", "INV/12", 1, 1000, 1000))), 1, Caps{})
	_ = must(b.Decide(ctx, signed(approval.Reject, "asha", plans["rejected"], nil)))(t)
	plans["again"] = b.register(plan(6, pay("again", "S3", 2, line("S3", "INV/3", 1, 1000, 1000))), 1, Caps{})

	b.ok(b.Pledge(ctx, signed(approval.Release, "asha", "S5", nil)))
	b.ok(b.AnswerIntend(ctx, Reply{ObjectID: objectID("received"), Buyer: "B", Supplier: "S", Type: 1, Accept: true, Remarks: "Received", Body: []byte("{}")}))
	return b, plans
}

// refused runs SQL in a transaction that is rolled back and tells whether something
// of it was refused.
func refused(t *testing.T, db database, script string) error {
	t.Helper()
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	_, err := db.ExecContext(ctx, script)
	if _, undo := db.ExecContext(ctx, "ROLLBACK"); ignoreIdle(undo) != nil {
		t.Fatal(undo)
	}
	return err
}

// eachWay runs a test by our connection and by another program, which knows none
// of our pragmas.
func eachWay(t *testing.T, b *bench, test func(t *testing.T, db database)) {
	t.Run("our connection", func(t *testing.T) { test(t, b.conn) })
	t.Run("another program", func(t *testing.T) {
		db := must(sql.Open("sqlite", b.file()))(t)
		defer db.Close()
		db.SetMaxOpenConns(1)
		test(t, db)
	})
}

// Nothing can be changed, deleted or replaced, column by column and row by row.
func TestNothingIsEverChanged(t *testing.T) {
	b, _ := theBench(t)
	every := append(tables(), table{name: "step", key: 1, columns: []string{"seq", "at", "actor", "kind", "subject", "old", "new", "evidence_sha256", "detail", "prev_hash", "hash"}})
	eachWay(t, b, func(t *testing.T, db database) {
		for _, table := range every {
			columns := append([]string{}, table.columns...)
			for _, more := range []string{table.summed, table.blob} {
				if more != "" {
					columns = append(columns, more)
				}
			}
			for _, column := range columns {
				for _, verb := range []string{"UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"} {
					script := fmt.Sprintf("%s %s SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + 1 WHEN 'text' THEN %s || 'x' WHEN 'blob' THEN X'00' ELSE 1 END", verb, table.name, column, column, column, column)
					unchanged(t, db, table, script)
				}
			}
			for _, script := range []string{"DELETE FROM " + table.name, "INSERT OR REPLACE INTO " + table.name + " SELECT * FROM " + table.name,
				"INSERT OR IGNORE INTO " + table.name + " SELECT * FROM " + table.name, "REPLACE INTO " + table.name + " SELECT * FROM " + table.name + " LIMIT 1"} {
				unchanged(t, db, table, script)
			}
		}
	})
}

// unchanged runs a script, which must be refused or do nothing.
func unchanged(t *testing.T, db database, table table, script string) {
	t.Helper()
	ctx := context.Background()
	if n := count(t, db, table.name); n == 0 {
		t.Fatalf("%s is empty, and nothing is tried", table.name)
	}
	if _, err := db.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	before := content(t, db, table.name)
	_, err := db.ExecContext(ctx, script)
	after := content(t, db, table.name)
	if before != after {
		t.Errorf("%s: got error %v and another content of %s, want it refused", script, err, table.name)
	}
	if _, undo := db.ExecContext(ctx, "ROLLBACK"); ignoreIdle(undo) != nil {
		t.Fatal(undo)
	}
}

func count(t testing.TB, db database, name string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(context.Background(), "SELECT count(*) FROM "+name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func content(t testing.TB, db database, name string) string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), "SELECT * FROM "+name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := must(rows.Columns())(t)
	var all strings.Builder
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, values...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// Each abuse is tried with steps that were forged as well as they can be.
func TestAbuseIsRefused(t *testing.T) {
	b, plans := theBench(t)
	fresh, d1 := objectID("fresh"), strings.Repeat("d", 32)
	late := fmt.Sprint(b.now.Add(80 * time.Hour).UnixMilli())
	decide := func(at, plan, person, logins, evidence string, approve int, limit int) string {
		s := forgeAt(at, person, "DECIDED", plan, "", "", evidence, "{}")
		if evidence != "" {
			s += fmt.Sprintf("INSERT INTO evidence VALUES ('%s', '%s', %s, '%s', '', '', NULL);\n", evidence, plan, last, person)
		}
		return s + fmt.Sprintf("INSERT INTO decision SELECT '%s', '%s', seq, %d, at, '', '%s', %d, '%s' FROM step WHERE seq = %s;\n", plan, person, approve, logins, limit, evidence, last)
	}
	freshLine := func(net, owed, instalment int) string {
		return newDebt(d1, owed) + newInstruction(fresh, plans["capped"], 0, net, 1) + newLine(fresh, 0, d1, instalment, net)
	}
	// A debt needs the step of its instruction before it.
	order := func(script string) string {
		i := strings.Index(script, "INSERT INTO instruction")
		d := strings.Index(script, "INSERT INTO debt")
		f := strings.Index(script, "INSERT INTO step")
		if d >= 0 && d < f && f < i {
			return script[f:i] + script[d:f] + script[i:]
		}
		return script
	}
	begin := func(id string, more ...string) string {
		return forge("BEGUN", id, "INTENT", "SENDING", "", "{}") + moveTo(id, "SENDING", append([]string{begunNow}, more...)...)
	}
	release := func(people ...string) string {
		var s, used strings.Builder
		for i, who := range people {
			hash := strings.Repeat(fmt.Sprint(i), 64)
			s.WriteString(forgeAt("at", who, "PLEDGED", "S5", "", "", hash, "{}") + fmt.Sprintf("INSERT INTO evidence VALUES ('%s', 'S5', %s, '%s', '', '', NULL);\n", hash, last, who) +
				fmt.Sprintf("INSERT INTO pending VALUES ('%s', %s, 'release', 'S5', '{}', '%s', '[]', NULL);\n", hash, last, who))
			fmt.Fprintf(&used, `,"%s"`, hash)
		}
		s.WriteString(forge("RELEASED", "S5", "", "", "", `{"holds":[{"what":"SUPPLIER","subject":"S5","key":""}],"used":[`+strings.TrimPrefix(used.String(), ",")+`]}`))
		for i := range people {
			fmt.Fprintf(&s, "UPDATE pending SET used_seq = %s WHERE sha256 = '%s';\n", last, strings.Repeat(fmt.Sprint(i), 64))
		}
		return s.String() + fmt.Sprintf("INSERT INTO hold VALUES (%s, 0, 'RELEASED', 'SUPPLIER', 'S5', '', 'because', 'mallory');\n", last)
	}
	returned := func(name, old, new string) string {
		return proven("RETURNED", objectID(name), old, new, `{"returned":[0]}`) + fmt.Sprintf("UPDATE allocation SET held = 0, returned_seq = %s WHERE object_id = '%s'", last, objectID(name))
	}
	alarmOf := func(name, kind string) string {
		return fmt.Sprintf("INSERT INTO alarm VALUES ('%s', '%s', '%s', %s, 'x', 0, '[]')", objectID(name), kind, submit.Alarm(kind).Of(someone).SHA256, last)
	}
	sentOn := func(date string) string {
		return forge("BEGUN", objectID("intent"), "INTENT", "SENDING", "", "{}") + moveTo(objectID("intent"), "SENDING", strings.Replace(begunNow, "2026-11-22", date, 1))
	}
	answer := objectID("received")
	answerBegun := forge("ANSWER_BEGUN", answer, "INTENT", "SENDING", "", "{}") +
		fmt.Sprintf("UPDATE answer SET state = 'SENDING', sends = 1, deadline = 1, fence = (SELECT fence FROM lease), since = (SELECT at FROM step WHERE seq = %s), last_seq = %s;\n", last, last)

	// What is tried stands before what would be legal, so that a script that fails
	// for another reason is found.
	legal := map[string]string{
		"a whole instruction, begun":     order(freshLine(1000, 1000, 1)) + begin(fresh),
		"begin":                          begin(objectID("intent")),
		"a success with evidence":        proven("PAID", objectID("unsure"), "UNSURE", "PAID", "{}") + moveTo(objectID("unsure"), "PAID"),
		"a late success and its alarm":   proven("PAID", objectID("failed"), "FAILED", "PAID", `{"alarm":"LATE_PAID"}`) + alarmOf("failed", "LATE_PAID") + ";\n" + moveTo(objectID("failed"), "PAID"),
		"a decision":                     decide("at", plans["waiting"], "meena", "[]", someone, 1, 0),
		"auto":                           decide("at", plans["waiting"], "auto", "[]", "", 1, 1000),
		"a release by two":               release("asha", "meena"),
		"an answer":                      answerBegun,
		"a freeze":                       forge("FROZEN", "S1", "", "", "", `{"holds":[{"what":"SUPPLIER","subject":"S1","key":""}]}`) + fmt.Sprintf("INSERT INTO hold VALUES (%s, 0, 'FROZEN', 'SUPPLIER', 'S1', '', 'x', 'mallory');\n", last),
		"the next fence":                 forge("OPENED", "journal", "", "", "", `{"fence":2}`) + "UPDATE lease SET fence = 2, last_seq = " + last,
		"another return of what is left": proven("RETURNED", objectID("part"), "PAID", "RETURNED", `{"returned":[1]}`) + fmt.Sprintf("UPDATE allocation SET held = 0, returned_seq = %s WHERE object_id = '%s' AND position = 1;\n", last, objectID("part")) + moveTo(objectID("part"), "RETURNED"),
	}
	abuse := map[string]string{
		"a step out of turn":                      "INSERT INTO step SELECT seq + 2, at, 'x', 'UNCLEAR', 'x', '', '', '', '{}', hash, lower(hex(randomblob(32))) FROM step ORDER BY seq DESC LIMIT 1",
		"a step that continues another":           "INSERT INTO step SELECT (SELECT max(seq) + 1 FROM step), at, 'x', 'UNCLEAR', 'x', '', '', '', '{}', hash, lower(hex(randomblob(32))) FROM step WHERE seq = 1",
		"a step from before":                      forgeAt("at - 1", "x", "UNCLEAR", "x", "", "", "", "{}"),
		"a step in the place of another":          "INSERT OR REPLACE INTO step SELECT seq + 1, at, 'x', 'UNCLEAR', 'x', '', '', '', '{}', hash, (SELECT hash FROM step WHERE seq = 7) FROM step ORDER BY seq DESC LIMIT 1",
		"a step of no kind":                       forge("PAYED", "x", "", "", "", "{}"),
		"a step in no words":                      forge("UNCLEAR", "x", "", "", "", "nonsense"),
		"a state without a step":                  fmt.Sprintf("UPDATE instruction SET state = 'PAID' WHERE object_id = '%s'", objectID("unsure")),
		"a state by an old step":                  fmt.Sprintf("UPDATE instruction SET state = 'PAID', last_seq = %s WHERE object_id = '%s'", last, objectID("unsure")),
		"a state by the step of another":          proven("PAID", objectID("intent"), "UNSURE", "PAID", "{}") + moveTo(objectID("unsure"), "PAID"),
		"a success without evidence":              forge("PAID", objectID("unsure"), "UNSURE", "PAID", "", "{}") + moveTo(objectID("unsure"), "PAID"),
		"a success with evidence of nothing":      forge("PAID", objectID("unsure"), "UNSURE", "PAID", someone, "{}") + moveTo(objectID("unsure"), "PAID"),
		"a failure without evidence":              forge("FAILED", objectID("unsure"), "UNSURE", "FAILED", "", "{}") + moveTo(objectID("unsure"), "FAILED"),
		"INTENT to PAID without an alarm":         proven("PAID", objectID("intent"), "INTENT", "PAID", "{}") + moveTo(objectID("intent"), "PAID"),
		"INTENT to UNSURE without evidence":       forge("UNKNOWN", objectID("intent"), "INTENT", "UNSURE", "", "{}") + moveTo(objectID("intent"), "UNSURE"),
		"a late success without an alarm":         proven("PAID", objectID("failed"), "FAILED", "PAID", "{}") + moveTo(objectID("failed"), "PAID"),
		"an alarm of other evidence":              proven("CONTRADICTED", objectID("failed"), "FAILED", "FAILED", `{"alarm":"CONTRADICTED"}`) + fmt.Sprintf("INSERT INTO alarm VALUES ('%s', 'CONTRADICTED', '%064d', %s, 'x', 0, '[]')", objectID("failed"), 0, last),
		"an alarm without its step":               fmt.Sprintf("INSERT INTO alarm VALUES ('%s', 'LATE_PAID', '%s', %s, 'x', 0, '[]')", objectID("failed"), someone, last),
		"an alarm by a step of no payment":        forge("NOTED", objectID("failed"), "", "", "", `{"alarm":"LATE_PAID"}`) + alarmOf("failed", "LATE_PAID"),
		"an alarm by a decision":                  forge("DECIDED", objectID("intent"), "", "", "", `{"alarm":"NOT_SENT"}`) + alarmOf("intent", "NOT_SENT"),
		"an alarm that another step would raise":  proven("PAID", objectID("failed"), "FAILED", "PAID", `{"alarm":"CONTRADICTED"}`) + alarmOf("failed", "CONTRADICTED"),
		"an alarm of another state":               proven("PAID", objectID("unsure"), "FAILED", "PAID", `{"alarm":"LATE_PAID"}`) + alarmOf("unsure", "LATE_PAID"),
		"an alarm without evidence":               forge("PAID", objectID("failed"), "FAILED", "PAID", someone, `{"alarm":"LATE_PAID"}`) + alarmOf("failed", "LATE_PAID"),
		"a second send":                           forge("BEGUN", objectID("unsure"), "UNSURE", "SENDING", "", "{}") + moveTo(objectID("unsure"), "SENDING"),
		"a second send of what failed":            forge("BEGUN", objectID("failed"), "FAILED", "SENDING", "", "{}") + moveTo(objectID("failed"), "SENDING"),
		"a send that is not counted":              forge("BEGUN", objectID("intent"), "INTENT", "SENDING", "", "{}") + moveTo(objectID("intent"), "SENDING"),
		"a send counted back":                     proven("PAID", objectID("unsure"), "UNSURE", "PAID", "{}") + moveTo(objectID("unsure"), "PAID", ", sends = 0, deadline = NULL, fence = NULL, sent_on = NULL"),
		"another deadline later":                  proven("PAID", objectID("unsure"), "UNSURE", "PAID", "{}") + moveTo(objectID("unsure"), "PAID", ", deadline = 5"),
		"a send by another fence":                 forge("BEGUN", objectID("intent"), "INTENT", "SENDING", "", "{}") + moveTo(objectID("intent"), "SENDING", strings.Replace(begunNow, "(SELECT fence FROM lease)", "9", 1)),
		"a send counted to a day long ago":        sentOn("1999-01-01"),
		"a send counted to the day before":        sentOn("2026-11-20"),
		"a send counted to tomorrow":              sentOn("2026-11-23"),
		"a send counted to no day":                sentOn("2026-11-99"),
		"a send of an expired plan":               forgeAt(late, "mallory", "BEGUN", objectID("intent"), "INTENT", "SENDING", "", "{}") + moveTo(objectID("intent"), "SENDING", begunNow),
		"a send of a plan rejected since":         decide("at", plans["done"], "meena", "[]", someone, 0, 0) + begin(objectID("intent")),
		"a send to a frozen supplier":             forge("FROZEN", "S1", "", "", "", `{"holds":[{"what":"SUPPLIER","subject":"S1","key":""}]}`) + fmt.Sprintf("INSERT INTO hold VALUES (%s, 0, 'FROZEN', 'SUPPLIER', 'S1', '', 'x', 'mallory');\n", last) + begin(objectID("intent")),
		"a line after INTENT":                     newLine(objectID("intent"), 1, debtID(debt("S1", "INV/1")), 2, 100),
		"a line after INTENT by its own step":     strings.Replace(newLine(objectID("intent"), 0, debtID(debt("S1", "INV/1")), 2, 100), last, fmt.Sprintf("(SELECT seq FROM instruction WHERE object_id = '%s')", objectID("intent")), 1),
		"a line by a forged step":                 forge("INTENDED", objectID("intent"), "", "INTENT", "", "{}") + newLine(objectID("intent"), 1, debtID(debt("S1", "INV/1")), 2, 100),
		"a line more than was said":               order(freshLine(1000, 2000, 1)) + newLine(fresh, 1, d1, 2, 100),
		"a line of another supplier's debt":       newInstruction(fresh, plans["capped"], 0, 400, 1) + newLine(fresh, 0, debtID(debt("S1", "INV/1")), 2, 400),
		"no lines, begun":                         newInstruction(fresh, plans["capped"], 0, 1000, 1) + begin(fresh),
		"lines that do not sum, begun":            order(newDebt(d1, 1000)+newInstruction(fresh, plans["capped"], 0, 1000, 1)+newLine(fresh, 0, d1, 1, 999)) + begin(fresh),
		"a line too few, begun":                   order(newDebt(d1, 1000)+newInstruction(fresh, plans["capped"], 0, 1000, 2)+newLine(fresh, 0, d1, 1, 1000)) + begin(fresh),
		"more than the proposal's total":          newInstruction(fresh, plans["capped"], 0, 1001, 1),
		"more than the proposal's instructions":   newInstruction(fresh, plans["capped"], 1, 1, 1),
		"an instruction of a waiting plan":        newInstruction(fresh, plans["waiting"], 0, 1000, 1),
		"an instruction of half the approvals":    newInstruction(fresh, plans["half"], 0, 1000, 1),
		"an instruction of a rejected plan":       newInstruction(fresh, plans["rejected"], 0, 1000, 1),
		"an instruction of an expired plan":       strings.Replace(newInstruction(fresh, plans["capped"], 0, 1000, 1), "seq + 1, at", "seq + 1, "+late, 1),
		"an instruction of no plan":               newInstruction(fresh, someone, 0, 1000, 1),
		"an instruction that was begun":           strings.Replace(newInstruction(fresh, plans["capped"], 0, 1000, 1), "'INTENT', 0, NULL, NULL, NULL", "'SENDING', 1, 1, 1, '2026-11-22'", 1),
		"more than is owed":                       order(newDebt(d1, 999) + newInstruction(fresh, plans["capped"], 0, 1000, 1) + newLine(fresh, 0, d1, 1, 1000)),
		"more than is owed, OR IGNORE":            order(newDebt(d1, 999)+newInstruction(fresh, plans["capped"], 0, 1000, 1)) + strings.Replace(newLine(fresh, 0, d1, 1, 1000), "INSERT", "INSERT OR IGNORE", 1),
		"more than is owed, OR REPLACE":           order(newDebt(d1, 999)+newInstruction(fresh, plans["capped"], 0, 1000, 1)) + strings.Replace(newLine(fresh, 0, d1, 1, 1000), "INSERT", "INSERT OR REPLACE", 1),
		"two live lines of one instalment":        order(newDebt(d1, 2000)+newInstruction(fresh, plans["capped"], 0, 1000, 2)) + newLine(fresh, 0, d1, 1, 500) + newLine(fresh, 1, d1, 1, 500),
		"instalment 2 while 1 is unsettled":       order(newDebt(d1, 2000)+newInstruction(fresh, plans["capped"], 0, 1000, 2)) + newLine(fresh, 0, d1, 1, 500) + newLine(fresh, 1, d1, 2, 500),
		"a debt twice":                            forge("INTENDED", fresh, "", "INTENT", "", "{}") + newDebt(d1, 1000) + strings.Replace(newDebt(strings.Repeat("e", 32), 1000), "'"+strings.Repeat("e", 32)+"', 1, 2026", "'"+d1+"', 1, 2026", 1),
		"a debt held from the start":              forge("INTENDED", fresh, "", "INTENT", "", "{}") + strings.Replace(newDebt(d1, 1000), "1000, 0)", "1000, 5)", 1),
		"a hold let go":                           fmt.Sprintf("UPDATE allocation SET held = 0 WHERE object_id = '%s'", objectID("unsure")),
		"a hold let go by a forged return":        proven("RETURNED", objectID("unsure"), "UNSURE", "ACKED", `{"returned":[0]}`) + fmt.Sprintf("UPDATE allocation SET held = 0, returned_seq = %s WHERE object_id = '%s'", last, objectID("unsure")),
		"a return of what is UNSURE as if ACKED":  returned("unsure", "ACKED", "ACKED"),
		"a return of what is UNSURE as if PAID":   returned("unsure", "PAID", "RETURNED"),
		"a return of what was never sent":         returned("intent", "ACKED", "RETURNED"),
		"a return of what was never sent, FAILED": returned("intent", "FAILED", "RETURNED"),
		"a return of a line that was not named":   proven("RETURNED", objectID("part"), "PAID", "PAID", `{"returned":[0]}`) + fmt.Sprintf("UPDATE allocation SET held = 0, returned_seq = %s WHERE object_id = '%s' AND position = 1", last, objectID("part")),
		"RETURNED with a line not returned":       proven("RETURNED", objectID("part"), "PAID", "RETURNED", "{}") + moveTo(objectID("part"), "RETURNED"),
		"a part returned and nothing of it":       proven("RETURNED", objectID("paid"), "PAID", "PAID", "{}") + moveTo(objectID("paid"), "PAID"),
		"a free debt held":                        fmt.Sprintf("UPDATE allocation SET held = 1 WHERE object_id = '%s'", objectID("failed")),
		"held_paise by hand":                      fmt.Sprintf("UPDATE debt SET held_paise = 0 WHERE debt_id = '%s'", debtID(debt("S2", "INV/2"))),
		"approved by the maker":                   decide("at", plans["waiting"], "ravi", "[]", someone, 1, 0),
		"approved by the maker, in capitals":      decide("at", plans["waiting"], "RAVI", "[]", someone, 1, 0),
		"approved by the maker's login":           decide("at", plans["waiting"], "meena", `["ravi"]`, someone, 1, 0),
		"approved twice by one":                   decide("at", plans["half"], "asha", "[]", someone, 1, 0),
		"approved twice under two names":          decide("at", plans["half"], "meena", `["asha.login"]`, someone, 1, 0),
		"approved by an approver's login":         decide("at", plans["half"], "asha.login", "[]", someone, 1, 0),
		"approved by nobody's signature":          strings.Replace(decide("at", plans["waiting"], "meena", "[]", someone, 1, 0), "INSERT INTO evidence", "SELECT 1; -- ", 1),
		"approved after the rejection":            decide("at", plans["rejected"], "meena", "[]", someone, 1, 0),
		"approved after its end":                  decide(late, plans["waiting"], "meena", "[]", someone, 1, 0),
		"auto over its limit":                     decide("at", plans["waiting"], "auto", "[]", "", 1, 999),
		"auto for a second attempt":               decide("at", plans["again"], "auto", "[]", "", 1, 100000),
		"auto rejecting":                          decide("at", plans["waiting"], "auto", "[]", "", 0, 1000),
		"a proposal without its step":             "INSERT INTO proposal SELECT '" + someone + "', seq + 1000, maker, as_of, round, total_paise, instructions, second_attempts, need, registered_at, expires_at, 0, 0, 0, 0, plan FROM proposal LIMIT 1",
		"a release by one":                        release("asha"),
		"a release by one under two spellings":    release("asha", "ASHA"),
		"a release by nobody":                     release(),
		"a statement used twice":                  release("asha", "meena") + forge("RELEASED", "S5", "", "", "", `{"used":["`+strings.Repeat("0", 64)+`"]}`) + "UPDATE pending SET used_seq = " + last + " WHERE sha256 = '" + strings.Repeat("0", 64) + "'",
		"a statement that nobody signed":          forge("PLEDGED", "S5", "", "", someone, "{}") + "INSERT INTO pending VALUES ('" + someone + "', " + last + ", 'release', 'S5', '{}', 'mallory', '[]', NULL)",
		"an answer sent twice":                    answerBegun + strings.Replace(answerBegun, "'INTENT'", "'SENDING'", 1),
		"an answer without its step":              "INSERT INTO answer SELECT '" + objectID("other") + "', seq, buyer, supplier, type, accept, remarks, body_sha256, state, sends, deadline, fence, since, last_seq, body FROM answer",
		"REJECT of an ONPLATFORM payment": proven("ANSWER_INTENDED", objectID("other"), "", "INTENT", "{}") + "INSERT INTO answer SELECT '" + objectID("other") + "', seq, 'B', 'S', 'ONPLATFORM', 0, 'no', '" + someone + "', 'INTENT', 0, NULL, NULL, at, seq, NULL FROM step WHERE seq = " +
			last,
		"REJECT that nobody signed":    forge("ANSWER_INTENDED", objectID("other"), "", "INTENT", "", "{}") + "INSERT INTO answer SELECT '" + objectID("other") + "', seq, 'B', 'S', 'OFFPLATFORM', 0, 'no', '" + someone + "', 'INTENT', 0, NULL, NULL, at, seq, NULL FROM step WHERE seq = " + last,
		"a fence without a step":       "UPDATE lease SET fence = 2",
		"a fence set back":             forge("OPENED", "journal", "", "", "", `{"fence":1}`) + "UPDATE lease SET fence = 1, last_seq = " + last,
		"a second lease":               forge("OPENED", "journal", "", "", "", `{"fence":1}`) + "INSERT INTO lease VALUES (2, 1, 'x', " + last + ")",
		"evidence without its step":    "INSERT INTO evidence VALUES ('" + someone + "', 'x', " + last + ", 'x', '', '', NULL)",
		"a hold without its step":      "INSERT INTO hold VALUES (" + last + ", 0, 'FROZEN', 'SUPPLIER', 'x', '', 'x', 'x')",
		"a hold of something else":     forge("FROZEN", "S1", "", "", "", `{"holds":[{"what":"SUPPLIER","subject":"S2","key":""}]}`) + "INSERT INTO hold VALUES (" + last + ", 0, 'FROZEN', 'SUPPLIER', 'S1', '', 'x', 'mallory')",
		"a record without its step":    "INSERT INTO record VALUES (" + last + ", 'NOTED', 'x', 'x', '{}')",
		"a record of something else":   forge("NOTED", "x", "", "", "", `{"body":{"a":1}}`) + "INSERT INTO record VALUES (" + last + ", 'NOTED', 'x', 'mallory', '{\"a\":2}')",
		"a closing that nobody signed": forge("CLOSED", "2026-10", "", "", "", `{"body":{},"used":[]}`) + "INSERT INTO record VALUES (" + last + ", 'CLOSED', '2026-10', 'mallory', '{}')",
		"an input without its step":    "INSERT INTO input VALUES ('" + plans["done"] + "', 7, " + last + ", 'x', '" + someone + "')",
	}
	eachWay(t, b, func(t *testing.T, db database) {
		for name, script := range legal {
			if err := refused(t, db, script); err != nil {
				t.Errorf("%s is legal, and was refused: %v", name, err)
			}
		}
		for name, script := range abuse {
			if err := refused(t, db, script); err == nil {
				t.Errorf("%s was accepted:\n%s", name, script)
			} else if strings.Contains(err.Error(), "syntax") || strings.Contains(err.Error(), "columns but") {
				t.Errorf("%s was not tried: %v", name, err)
			}
		}
	})
	if _, err := b.Verify(t.Context()); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// Every (say, state, state) that SQL accepts is one that submit.Next allows, and
// the other way round; all with evidence and the alarm.
func TestLegalStepsAreThoseOfNext(t *testing.T) {
	b := newBench(t)
	p := plan(1)
	for _, s := range submit.States() {
		p.Instructions = append(p.Instructions, pay(s.String(), "S"+s.String(), 1, line("S"+s.String(), "INV/1", 1, 1000, 1000)))
	}
	b.pay(p)
	for _, s := range submit.States() {
		switch s {
		case submit.Intended:
			continue
		case submit.Void:
			b.move("VOID", submit.Withdrawn)
			continue
		case submit.Sending, submit.Unsure, submit.Acked, submit.Paid, submit.Failed, submit.Returned:
		}
		b.begin(s.String())
		switch s {
		case submit.Unsure:
			b.move("UNSURE", submit.Unclear)
		case submit.Acked:
			b.move("ACKED", submit.Acknowledged)
		case submit.Paid:
			b.move("PAID", submit.SaysPaid)
		case submit.Failed:
			b.move("FAILED", submit.SaysFailed)
		case submit.Returned:
			b.move("RETURNED", submit.Acknowledged)
			b.move("RETURNED", submit.SaysReturned)
		case submit.Intended, submit.Sending, submit.Void:
		}
		if got := b.state(s.String()); got != s {
			t.Fatalf("got %v, want %v", got, s)
		}
	}
	tried, accepted := 0, 0
	for _, from := range submit.States() {
		for _, say := range submit.Says() {
			for _, to := range submit.States() {
				next, alarm, legal := submit.Next(from, say)
				want := legal && to == next && (next != from || alarm != "")
				got := b.accepts(t, from, say, to, alarm)
				// A return of some allocations leaves the state; without any it is
				// refused, and with all it is another state: see TestAbuseIsRefused.
				tried++
				if got {
					accepted++
				}
				if got != want {
					t.Errorf("%v from %v to %v: SQL accepts it: %v, submit.Next: %v", say, from, to, got, want)
				}
			}
		}
	}
	t.Logf("%d of %d steps are legal", accepted, tried)
	if accepted < 40 {
		t.Errorf("only %d steps were accepted: the test does not try what it says", accepted)
	}
}

func (b *bench) accepts(t *testing.T, from submit.State, say submit.Say, to submit.State, alarm submit.Alarm) bool {
	t.Helper()
	id := objectID(from.String())
	detail := "{}"
	if alarm != "" {
		detail = `{"alarm":"` + string(alarm) + `"}`
	}
	if say == submit.SaysReturned {
		detail = strings.TrimSuffix(`{"returned":[0],`+strings.TrimPrefix(detail, "{"), ",}")
		if !strings.HasSuffix(detail, "}") {
			detail += "}"
		}
	}
	script := proven(say.String(), id, from.String(), to.String(), detail)
	if alarm != "" {
		script += fmt.Sprintf("INSERT OR IGNORE INTO alarm SELECT '%s', '%s', '%s', %s, 'x', 0, '[]' WHERE NOT EXISTS (SELECT 1 FROM alarm WHERE object_id = '%s' AND kind = '%s');\n", id, alarm, alarm.Of(someone).SHA256, last, id, alarm)
	}
	if say == submit.SaysReturned && to == submit.Returned {
		script += fmt.Sprintf("UPDATE allocation SET held = 0, returned_seq = %s WHERE object_id = '%s' AND returned_seq IS NULL;\n", last, id)
	}
	more := ""
	if say == submit.Begun && to == submit.Sending {
		more = begunNow
	}
	err := refused(t, b.conn, script+moveTo(id, to.String(), more))
	if err != nil && !strings.Contains(err.Error(), "constraint") {
		t.Fatal(err)
	}
	return err == nil
}

func TestCaps(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	try := func(name string, caps Caps, want error, instructions ...string) {
		t.Helper()
		p := plan(1)
		for i, n := range instructions {
			p.Instructions = append(p.Instructions, pay(name+n, "S"+name, 1, line("S"+name, fmt.Sprintf("%s/%d", name, i), 1, 1000, 1000)))
		}
		got, _, err := b.Store.register(ctx, planBytes(t, p), p, 1, caps)
		if err == nil {
			b.approve(got.Hash, "asha")
			err = b.writeDown(got.Hash, p)
		}
		for i := 0; err == nil && i < len(p.Instructions); i++ {
			_, err = b.Begin(ctx, p.Instructions[i].ObjectID, b.now.Add(time.Minute))
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	try("none", Caps{}, nil, "a", "b")
	try("invoice", Caps{Invoice: 999}, submit.ErrOverCap, "a")
	try("supplier", Caps{Supplier: 1999}, submit.ErrOverCap, "a", "b")
	try("run", Caps{Run: 1999}, submit.ErrOverCap, "a", "b")
	try("day", Caps{Day: 3999}, submit.ErrOverCap, "a", "b") // two were begun above
	try("exact", Caps{Invoice: 1000, Supplier: 1000, Run: 1000, Day: 4000}, nil, "a")
	b.now = b.now.Add(24 * time.Hour)
	try("tomorrow", Caps{Day: 1000}, nil, "a")
	b.Store.options.DayCap = 1999 // as it is configured when it is sent
	try("smaller since", Caps{Day: 9000}, submit.ErrOverCap, "a")
	try("set since", Caps{}, submit.ErrOverCap, "a")
	b.Store.options.DayCap = 2000
	try("as much as it takes", Caps{Day: 9000}, nil, "a")
	b.Store.options.DayCap = 9000
	try("larger since", Caps{Day: 2999}, submit.ErrOverCap, "a")
}

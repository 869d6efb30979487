// Package report writes what a run found out: results.jsonl for programs,
// summary.json for monitors, and a workbook for the controller who has to act
// on it.
//
// A report is a function of its Facts. The same Facts give the same bytes of
// results.jsonl and of the workbook, on any machine and at any hour; that is
// how an old run can be rendered again and compared. So nothing here reads the
// clock, walks a map into an output, or knows the id of the run. What does
// belong to one run (its id, its times, the host) is RunInfo, and stands only
// in summary.json under "run".
//
// The totals are counted here from the results, apart from the readers that
// counted the input, and the report shows both beside each other with whether
// they tie: a proof, where the same number printed twice would be none.
//
// What is to be done stands first: Act today orders the breaks by amount at risk
// × days (act.go) and says of each what to do (remedy.go). The sheets of the law
// (msme.go, gst.go) take days and interest from statute and add nothing to them;
// where a rate is not known they say so and state no interest. A chart and marks
// are drawn by the reader's program from the cells, and depend on no clock either.
//
// What changed since the run before is handed in with the facts (changes.go), and so
// is what controllers wrote beside exceptions (notes.go). What one of them accepted
// stands in Breaks and in nothing that says what is to be done; whether that is in
// force is for casebook to judge. Their columns are read back by annotated.go, out of
// a workbook that is not trusted.
//
// Text that came from outside is never more than text: no cell of it can become
// a formula, no control character of it can disguise a name. Amounts are paise
// until the one function that makes a number cell (numberOf), which checks that
// the number reads back as the same paise.
//
// It is the owner of excelize for writing. It must not know the wire, the
// journal or the mail, and it judges nothing: what is a break was decided by
// the matcher, what may be paid by payment.
package report

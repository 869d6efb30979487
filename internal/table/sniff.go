package table

// separators are tried in this order; of two that fit equally the first wins.
var separators = [...]byte{',', ';', '\t', '|'}

// sniffRows is how many rows with content decide the separator. Title rows
// above the heading are rarely more than ten.
const sniffRows = 50

// sniffLines is how many lines are looked at for them, blank ones included: a
// file of nothing but line ends must not be read four times over.
const sniffLines = 10_000

// sniff returns the separator that cuts the first rows into the most constant
// columns, 0 where none cuts any.
func (s *csvFile) sniff() byte {
	best, bestScore := byte(0), 0
	for _, candidate := range separators {
		if score := s.score(candidate); score > bestScore {
			best, bestScore = candidate, score
		}
	}
	return best
}

// score rates a separator: the cuts per row at its most frequent width, by the
// square of the share, in thousandths, of the rows which have that width.
func (s *csvFile) score(separator byte) int {
	trial := *s
	trial.separator = separator
	scan := csvScanner{csvFile: &trial, rest: s.text}
	widths := map[int]int{}
	rows := 0
	for lines := 0; rows < sniffRows && lines < sniffLines && scan.next(); lines++ {
		if scan.row.Blank() {
			continue
		}
		rows++
		if w := len(scan.row.Cells); w > 1 {
			widths[w]++
		}
	}
	best := 0
	for width, count := range widths {
		share := count * 1000 / rows
		best = max(best, share*share*(width-1))
	}
	return best
}

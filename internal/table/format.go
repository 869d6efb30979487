package table

import (
	"strconv"
	"strings"
)

// A format is what a number format says beyond the number: Tally writes Dr and
// Cr nowhere else, and many workbooks the currency.
type format struct {
	date          bool
	currency      string // ISO code
	credit        bool   // of a number that is not negative
	creditIfMinus bool   // of a negative one
	side          Side   // shown behind a number that is not negative
	sideIfMinus   Side   // and behind a negative one
	percent       bool
}

// maxStyles is how many cell formats are kept; Excel itself stops at 65,490.
const maxStyles = 1 << 17

// loadStyles reads the cell formats. A workbook may have none.
func (wb *workbook) loadStyles(name string) error {
	if wb.parts[name] == nil {
		return nil
	}
	custom := map[int]format{}
	var inFormats, inCells bool
	return wb.eachToken(wb.parts[name], maxPart, func(x *xmlScanner) error {
		if x.kind == xmlText {
			return nil
		}
		start := x.kind == xmlStart
		switch {
		case x.name == "numFmts":
			inFormats = start && !x.empty
		case x.name == "cellXfs":
			inCells = start && !x.empty
		case x.name == "numFmt" && start && inFormats:
			code, err := x.attrText("formatCode")
			if err != nil {
				return err
			}
			if len(custom) >= maxStyles {
				return &LimitError{wb.name, "it has more number formats than Excel allows", saveAsXLSX}
			}
			if id, ok := x.attrInt("numFmtId"); ok {
				custom[id] = parseFormat(code)
			}
		case x.name == "xf" && start && inCells:
			if len(wb.formats) >= maxStyles {
				return &LimitError{wb.name, "it has more cell formats than Excel allows", saveAsXLSX}
			}
			id, _ := x.attrInt("numFmtId")
			f, ok := custom[id]
			if !ok {
				f = format{date: builtinDate(id), percent: id == 9 || id == 10}
			}
			wb.formats = append(wb.formats, f)
		}
		return nil
	})
}

// attrInt returns the value of an attribute that is a whole number, not negative.
func (x *xmlScanner) attrInt(name string) (int, bool) {
	raw, ok := x.attr(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(raw)), 10, 31)
	return int(n), err == nil
}

// builtinDate tells whether a number format that is known by its number only
// shows a date (ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are those of
// East Asia). 18 to 21 and 45 to 47 show a time of day.
func builtinDate(id int) bool {
	return 14 <= id && id <= 17 || id == 22 || 27 <= id && id <= 31 || id == 36 || 50 <= id && id <= 58
}

// parseFormat reads a format code such as [$₹-4009]#,##0.00;[Red]-0.00" Cr".
func parseFormat(code string) format {
	sections := splitSections(code)
	first := readSection(sections[0])
	f := format{date: first.date(), currency: first.currency(), percent: strings.Contains(first.pattern, "%")}
	// Where amounts are shown in crores, by a condition on their size or by
	// leaving out thousands, Cr is the unit and no side of an account.
	f.credit = first.says("cr") && !first.conditional && !first.scaled()
	f.creditIfMinus = f.credit
	f.side = first.side()
	f.sideIfMinus = f.side
	if len(sections) > 1 && sections[1] != "" {
		// The second section is for negative numbers and shows no minus of its
		// own. One that says Dr there is a number whose sign is turned too.
		second := readSection(sections[1])
		f.creditIfMinus = f.credit && (second.says("cr") || second.says("dr"))
		f.sideIfMinus = second.side()
	}
	return f
}

// side returns what side of an account the section shows.
func (s section) side() Side {
	switch {
	case s.conditional || s.scaled():
		return NoSide
	case s.says("cr"):
		return CreditSide
	case s.says("dr"):
		return DebitSide
	}
	return NoSide
}

// A section is one part of a format code, taken apart.
type section struct {
	literal string   // what is shown as it stands, lower case
	pattern string   // what stands for parts of the number, lower case
	symbols []string // currencies in brackets: ₹-4009

	conditional bool // it is for numbers of a size: [>=10000000]
}

// splitSections cuts a code at the semicolons outside quotes.
func splitSections(code string) []string {
	var sections []string
	start, quoted := 0, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && !quoted:
			i++
		case c == ';' && !quoted:
			sections = append(sections, code[start:i])
			start = i + 1
		}
	}
	return append(sections, code[start:])
}

func readSection(code string) section {
	var s section
	var literal, pattern strings.Builder
	runes := []rune(code)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; r {
		case '"', '[':
			closing := map[rune]rune{'"': '"', '[': ']'}[r]
			end := i + 1
			for end < len(runes) && runes[end] != closing {
				end++
			}
			inner := string(runes[i+1 : end])
			if r == '"' {
				literal.WriteString(inner)
			} else if symbol, ok := strings.CutPrefix(inner, "$"); ok {
				s.symbols = append(s.symbols, symbol)
			} else if inner != "" && strings.ContainsRune("<>=", rune(inner[0])) {
				s.conditional = true
			} else if elapsed := strings.ToLower(inner); elapsed != "" && strings.Trim(elapsed, elapsed[:1]) == "" && strings.ContainsAny(elapsed, "hms") {
				pattern.WriteRune('h') // [mm] is minutes gone by and no month
			}
			i = end
		case '\\', '_', '*':
			i++ // the next is shown, or is as wide as the gap, or fills it
			if r == '\\' && i < len(runes) {
				literal.WriteRune(runes[i])
			}
		default:
			pattern.WriteRune(r)
		}
	}
	s.literal, s.pattern = strings.ToLower(literal.String()), strings.ToLower(pattern.String())
	return s
}

// says tells whether the section shows a word, such as cr.
func (s section) says(word string) bool {
	for _, field := range strings.FieldsFunc(s.literal, func(r rune) bool { return r < 'a' || r > 'z' }) {
		if field == word {
			return true
		}
	}
	return false
}

// scaled tells whether the section leaves out thousands: a comma behind the last
// digit.
func (s section) scaled() bool {
	i := strings.LastIndexAny(s.pattern, "0#?")
	return i >= 0 && strings.HasPrefix(s.pattern[i+1:], ",")
}

// date tells whether the section shows a day, month or year. Durations and
// times of day have none.
func (s section) date() bool {
	p := strings.NewReplacer("general", "", "am/pm", "", "a/p", "", ".0", "", "0", "0").Replace(s.pattern)
	p = strings.ReplaceAll(p, "ss0", "ss") // .000 of seconds
	p = strings.ReplaceAll(p, "ss0", "ss")
	if strings.ContainsAny(p, "#0?") {
		return false
	}
	if strings.ContainsAny(p, "yd") || strings.Contains(p, "mmm") {
		return true
	}
	return strings.Contains(p, "m") && !strings.ContainsAny(p, "hs")
}

// currency returns the ISO code of the currency that the section shows.
func (s section) currency() string {
	for _, symbol := range s.symbols {
		sign, locale, _ := strings.Cut(symbol, "-")
		if code := isoCode(sign, locale); code != "" {
			return code
		}
	}
	shown := s.literal + " " + s.pattern
	for _, sign := range []string{"₹", "€", "£", "$"} {
		if strings.Contains(shown, sign) {
			return isoCode(sign, "")
		}
	}
	for _, word := range []string{"inr", "rs", "usd", "eur", "gbp"} {
		if s.says(word) {
			return isoCode(strings.ToUpper(word), "")
		}
	}
	return ""
}

// dollars are the countries that write $ and do not mean that of the United
// States, by Microsoft's number of the locale.
func dollars(locale string) string {
	switch strings.TrimLeft(strings.ToUpper(locale), "0") {
	case "1009", "C0C":
		return "CAD"
	case "C09":
		return "AUD"
	case "1409":
		return "NZD"
	case "4809", "1004":
		return "SGD"
	case "C04":
		return "HKD"
	}
	return "USD"
}

// isoCode returns the code of a currency sign, or the sign itself where it has
// the form of a code already.
func isoCode(sign, locale string) string {
	switch sign = strings.ToUpper(strings.Trim(sign, " .\u00A0")); sign {
	case "₹", "RS", "₨":
		return "INR"
	case "$", "US$":
		return dollars(locale)
	case "€":
		return "EUR"
	case "£":
		return "GBP"
	}
	if len(sign) != 3 || strings.Trim(sign, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return sign
}

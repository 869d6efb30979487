package party

import "strings"

// sameWord has the spellings of one word that a registered name is written with:
// each says the same of the company's legal form, so that folding them joins no
// two companies that the register tells apart.
var sameWord = map[string]string{
	"PRIVATE": "PVT", "(P)": "PVT", "P": "PVT", "(PVT)": "PVT",
	"LIMITED": "LTD", "(LTD)": "LTD",
	"COMPANY": "CO", "&": "AND",
}

// FoldName returns the form in which two spellings of a supplier's name are the
// same: upper case, one space between words, none of . , and ' in it, no M/s
// before it, and one spelling for Private Limited, Pvt. Ltd. and (P) Ltd. The
// legal form itself stays: Mehta Traders is not Mehta Traders LLP.
func FoldName(name string) string {
	upper := strings.Map(func(r rune) rune {
		switch r {
		case '.', ',', '\'', '’':
			return -1
		case '\u00a0', '\u200b', '\ufeff':
			return ' '
		}
		return r
	}, strings.ToUpper(name))
	upper = strings.ReplaceAll(upper, "(P)", " (P) ")
	words := strings.Fields(strings.ReplaceAll(upper, "&", " & "))
	if len(words) > 1 && (words[0] == "M/S" || words[0] == "MESSRS") {
		words = words[1:]
	}
	for i, w := range words {
		same, ok := sameWord[w]
		if !ok || w == "P" && (i+1 == len(words) || sameWord[words[i+1]] != "LTD" && words[i+1] != "LTD") {
			continue // P alone is an initial, P Ltd a private company
		}
		words[i] = same
	}
	return strings.Join(words, " ")
}

// Anonymous tells whether all that is known of the supplier is that its name was
// taken out, as public bodies do for natural persons. Two of these are two
// suppliers, or may be.
func (s Supplier) Anonymous() bool {
	return s.B2BID == "" && s.Code == "" && s.GSTIN == "" && nameless(s.Name)
}

// nameless tells whether a name is a note that there is none to be had.
func nameless(name string) bool {
	word, _, _ := strings.Cut(strings.Trim(strings.ToUpper(name), " *[]()-"), " ")
	switch word {
	case "REDACTED", "WITHHELD", "ANONYMISED", "ANONYMIZED", "XXXX":
		return true
	}
	return false
}

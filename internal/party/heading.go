package party

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"reconcile/internal/table"
)

// masterWithin is how far down the headings are looked for.
const masterWithin = 60

// masterColumns are the columns of a supplier master and other words by which
// they are known, folded. The first name wins over the others where a file has
// several.
var masterColumns = []struct {
	name  string
	known []string
}{
	{"supplier_b2b_id", []string{"b2bid", "vendorb2bid", "partyb2bid", "bharatconnectid", "bharatconnectb2bid", "bbpsb2bid"}},
	{"supplier_code", []string{"code", "vendorcode", "partycode", "creditorcode", "supplierid", "vendorid", "supplierno", "vendorno", "suppliernumber", "vendornumber", "vendoraccount", "accountnum"}},
	{"supplier_name", []string{"name", "vendorname", "partyname", "legalname", "registeredname", "companyname", "name1", "supplier", "vendor", "party", "displayname"}},
	{"supplier_gstin", []string{"gstin", "vendorgstin", "partygstin", "gstinuin", "gstno", "gstnumber", "gstregistrationnumber", "gstregistrationno", "gstidentificationnumbergstin", "taxid"}},
	{"pan", []string{"panno", "pannumber", "supplierpan", "vendorpan", "partypan", "panitno", "permanentaccountnumber"}},
	{"account_number", []string{"accountno", "acno", "acnumber", "bankaccount", "bankaccountno", "bankaccountnumber", "bankacno", "beneficiaryaccountnumber", "beneficiaryaccountno", "supplieraccountnumber"}},
	{"ifsc", []string{"ifsccode", "bankifsc", "bankifsccode", "ifs", "supplierifsc"}},
	{"msme", []string{"msmeclass", "msmecategory", "msmetype", "msmestatus", "msmeclassification", "enterprisetype", "udyamcategory", "udyamtype"}},
	{"agreement", []string{"writtenagreement", "msmeagreement", "hasagreement", "hasmsmeagreement"}},
	{"agreement_days", []string{"agreeddays", "agreedcreditdays", "agreementperiod", "agreementperioddays", "writtenagreementdays", "msmeagreementdays"}},
	{"trader", []string{"istrader", "puretrader", "traderflag", "trading"}},
	{"terms_days", []string{"terms", "paymentterms", "paymenttermsdays", "paymenttermdays", "creditdays", "creditperiod", "creditperioddays", "netdays", "defaultcreditperiod"}},
	{"lower_deduction_rate", []string{"lowerdeduction", "lowertdsrate", "lowerdeductioncertificaterate", "ldcrate", "lowerrate"}},
	{"lower_deduction_from", []string{"lowerdeductionvalidfrom", "ldcfrom", "ldcvalidfrom", "ldcstartdate", "certificatevalidfrom"}},
	{"lower_deduction_to", []string{"lowerdeductionvalidto", "lowerdeductionuntil", "lowerdeductionvaliduntil", "ldcto", "ldcvalidto", "ldcvalidtill", "ldcvalidupto", "ldcenddate", "certificatevalidto", "certificatevalidtill"}},
}

// A masterHeading is the heading row of a sheet of the master.
type masterHeading struct {
	row      int
	tags     []string // name of the column at each index, empty for one that is not read
	headings []string // as written
	unknown  []string // headings that are no column, quoted
	twice    string   // the fault of a column that two headings claim
	columns  int      // how many are known
}

// written returns the heading of a column as the file has it, else its name.
func (h *masterHeading) written(name string) string {
	for i, tag := range h.tags {
		if tag == name && name != "" {
			return h.headings[i]
		}
	}
	return name
}

// masterHeadings returns the headings of each sheet, nil for a sheet that is not
// read, and an error where none can be.
func masterHeadings(path string, sheets []table.Sheet) ([]*masterHeading, error) {
	all := make([]*masterHeading, len(sheets))
	nearest := &masterHeading{}
	usable := false
	for i, sheet := range sheets {
		h, err := findMasterHeading(sheet)
		if err != nil {
			return nil, fmt.Errorf("reading the supplier master %s: %w", path, err)
		}
		if nearest.row == 0 || h.columns > nearest.columns {
			nearest = h
		}
		if h.index("supplier_b2b_id") < 0 || h.columns < 2 {
			continue
		}
		if h.twice != "" {
			return nil, fmt.Errorf("%s: %s; rename all but one", path, h.twice)
		}
		all[i], usable = h, true
	}
	switch {
	case usable:
		return all, nil
	case nearest.twice != "":
		return nil, fmt.Errorf("%s: %s; rename all but one", path, nearest.twice)
	case nearest.columns == 0:
		return nil, fmt.Errorf("%s: no row of the first %d has the headings of a supplier master; head the columns supplier_b2b_id, supplier_code, supplier_name, supplier_gstin", path, masterWithin)
	}
	var written []string
	for _, h := range nearest.headings {
		if h != "" {
			written = append(written, strconv.Quote(maskSecrets(h)))
		}
	}
	lacking := "no column supplier_b2b_id"
	if nearest.index("supplier_b2b_id") >= 0 {
		lacking = "no column by which a ledger could name a supplier, such as supplier_code"
	}
	return nil, fmt.Errorf("%s: the supplier master has %s, only %s; add it, or head it so", path, lacking, strings.Join(written, ", "))
}

// errHeadingSeen ends a reading that has seen enough.
var errHeadingSeen = errors.New("heading seen")

// findMasterHeading returns the row with the most known headings among the first
// ones, the first of equals.
func findMasterHeading(sheet table.Sheet) (*masterHeading, error) {
	best := &masterHeading{}
	seen := 0
	err := sheet.Rows(func(row table.Row) error {
		if seen++; seen > masterWithin {
			return errHeadingSeen
		}
		if row.Blank() {
			return nil
		}
		if h := bindMaster(row); best.row == 0 || h.columns > best.columns {
			best = h
		}
		return nil
	})
	if err != nil && !errors.Is(err, errHeadingSeen) {
		return nil, err
	}
	return best, nil
}

// index returns where a column stands, -1 where there is none.
func (h *masterHeading) index(name string) int {
	for i, tag := range h.tags {
		if tag == name {
			return i
		}
	}
	return -1
}

// bindMaster takes a row for the headings.
func bindMaster(row table.Row) *masterHeading {
	h := &masterHeading{row: row.Number, tags: make([]string, len(row.Cells)), headings: make([]string, len(row.Cells))}
	folded := make([]string, len(row.Cells))
	for i := range row.Cells {
		h.headings[i] = row.Cells[i].Text
		folded[i] = foldHeading(row.Cells[i].Text)
	}
	for _, c := range masterColumns {
		for _, name := range append([]string{foldHeading(c.name)}, c.known...) {
			var at []int
			for i := range folded {
				if folded[i] == name {
					at = append(at, i)
				}
			}
			if len(at) == 0 {
				continue
			}
			h.tags[at[0]] = c.name
			h.columns++
			if len(at) > 1 && h.twice == "" {
				h.twice = fmt.Sprintf("row %d has the column %s %d times", row.Number, c.name, len(at))
			}
			break
		}
	}
	for i, tag := range h.tags {
		if tag == "" && h.headings[i] != "" {
			h.unknown = append(h.unknown, strconv.Quote(maskSecrets(h.headings[i])))
		}
	}
	return h
}

// foldHeading returns the small letters and digits of a heading.
func foldHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

//go:build realdata

package table

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files of this test are other projects' and no ledgers; what they show of
// the listed quirks is a matter of tables alone.

// corpusFile opens a file of $DATA/corpus.
func corpusFile(t *testing.T, name string) (*File, error) {
	t.Helper()
	data := os.Getenv("DATA")
	if data == "" {
		t.Fatal("DATA is not set; it names the folder of the real files")
	}
	content, err := os.ReadFile(filepath.Join(data, "corpus", name))
	if err != nil {
		t.Fatal(err)
	}
	return Open(name, content, Limits{})
}

// kinds counts the cells of each kind in the first sheet.
func kinds(t *testing.T, f *File) (count [NoCache + 1]int, rows int) {
	t.Helper()
	err := f.Sheets[0].Rows(func(r Row) error {
		rows++
		for _, c := range r.Cells {
			count[c.Kind]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count, rows
}

func TestQuirk30And31Real(t *testing.T) {
	for name, want := range map[string]string{
		"csvkit/test_utf16_little.csv":                         "UTF-16LE, comma",
		"csvkit/test_utf16_big.csv":                            "UTF-16BE, comma",
		"qsv/Inpatients_MHA_Machine_readable_dataset_1011.csv": "UTF-16LE, comma",
		"csvkit/mac_newlines.csv":                              "UTF-8, comma",
		"csvkit/test_latin1.csv":                               "Windows-1252, comma",
		"csvkit/test_utf8_bom.csv":                             "UTF-8, comma",
	} {
		f, err := corpusFile(t, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, rows := kinds(t, f); f.Format != "CSV, "+want || rows < 2 {
			t.Errorf("%s: got %s of %d rows, want %s of several", name, f.Format, rows, want)
		}
	}
}

// TestQuirk49Real has columns in which texts and numbers are mixed.
func TestQuirk49Real(t *testing.T) {
	for _, name := range []string{"readxl/texty-dates-xlsx.xlsx", "readxl/big-texty-numbers-xlsx.xlsx"} {
		f, err := corpusFile(t, name)
		if err != nil {
			t.Fatal(err)
		}
		if count, _ := kinds(t, f); count[Text] == 0 || count[Number]+count[Date] == 0 {
			t.Errorf("%s: got %v cells by kind, want texts and numbers", name, count)
		}
	}
}

// TestQuirk50And51Real: what is unusual is read, what is meant to harm refused.
func TestQuirk50And51Real(t *testing.T) {
	for name, says := range map[string]string{
		"readxl/nonstandard-xml-ns-prefix.xlsx":               "",
		"readxl/inlineStr.xlsx":                               "",
		"readxl/missing-v-node-xlsx.xlsx":                     "",
		"readxl/no-styles-or-sharedStrings-parts.xlsx":        "",
		"apache_poi/59746_NoRowNums.xlsx":                     "",
		"apache_poi/poc-xmlbomb.xlsx":                         "DTD",
		"apache_poi/58616.xlsx":                               "password",
		"apache_poi/duplicate-filename-case-insensitive.xlsx": "twice",
		"excelize/encryptAES.xlsx":                            "password",
		"calamine/any_sheets.xlsb":                            "binary",
		"calamine/any_sheets.ods":                             "OpenDocument",
		"calamine/date.xls":                                   "old .xls",
	} {
		f, err := corpusFile(t, name)
		switch {
		case says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case says == "":
			if count, _ := kinds(t, f); count[Text]+count[Number]+count[Date] == 0 {
				t.Errorf("%s: got no cells", name)
			}
		case err == nil || !strings.Contains(err.Error(), says) || !typed(err):
			t.Errorf("%s: got %v, want a refusal that says %q", name, err, says)
		}
	}
}

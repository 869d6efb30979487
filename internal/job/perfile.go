package job

import (
	"errors"
	"fmt"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/source"
)

// ledgerOptions returns how the configuration has ledgers read.
func ledgerOptions(c *config.Config) ledger.Options {
	l := c.Ledger
	s := ledgerSettings(config.LedgerFiles{
		Preset: l.Preset, Dates: l.Dates, Decimal: l.Decimal, Owed: l.Owed, Columns: l.Columns, DocumentTypes: l.DocumentTypes,
	})
	return ledger.Options{
		Buyers: c.Buyers, Columns: s.Columns, Preset: s.Preset, Dates: s.Dates, Separator: s.Separator, Owed: s.Owed, Types: s.Types,
	}
}

// ledgerSettings says in the ledger's words how some files are read.
func ledgerSettings(f config.LedgerFiles) ledger.Settings {
	s := ledger.Settings{
		Columns: f.Columns, Preset: f.Preset,
		Dates:     map[string]ledger.DateOrder{"day-first": ledger.DayFirst, "month-first": ledger.MonthFirst}[f.Dates],
		Separator: map[string]money.Separator{"point": money.Point, "comma": money.Comma}[f.Decimal],
		Owed:      map[string]ledger.Side{"positive": ledger.OwedIsPositive, "negative": ledger.OwedIsNegative}[f.Owed],
		Types:     make(map[string]ledger.DocumentType, len(f.DocumentTypes)),
	}
	for word, t := range f.DocumentTypes {
		s.Types[word] = map[string]ledger.DocumentType{
			"invoice": ledger.Invoice, "credit_note": ledger.CreditNote, "debit_note": ledger.DebitNote, "advance": ledger.Advance,
		}[t]
	}
	return s
}

// perFile finds out which of the files have settings of their own: the first
// entry of ledger.per_file that matches one wins. idle names the patterns that
// choose none of them, which may be a slip of the pen.
func perFile(c *config.Config, files []source.Ref) (settings map[string]ledger.Settings, idle []string, err error) {
	named := make(map[string]bool, len(files))
	for _, f := range files {
		named[f.Path()] = true
	}
	settings = make(map[string]ledger.Settings)
	for i, entry := range c.Ledger.PerFile {
		for _, pattern := range entry.Files {
			found, err := source.Find(c.Dir, []string{pattern})
			var none *source.NotFoundError
			if err != nil && !errors.As(err, &none) {
				return nil, nil, name(err, fmt.Sprintf("ledger.per_file[%d].files", i))
			}
			some := false
			for _, f := range found {
				if !named[f.Path()] {
					continue
				}
				some = true
				if _, taken := settings[f.Path()]; !taken {
					settings[f.Path()] = ledgerSettings(entry)
				}
			}
			if !some {
				idle = append(idle, fmt.Sprintf("ledger.per_file[%d].files: %q matches none of the files that ledger.files finds", i, pattern))
			}
		}
	}
	return settings, idle, nil
}

package realdata

import "reconcile/internal/ledger"

// Ledgers returns the public files that are known, by name.
func Ledgers() []Ledger {
	return []Ledger{
		{"bis/April_2015_published.csv", columns("Transaction Number", "Supplier", "Amount", "Date of Payment"), Want{
			Rows: 4923, Accepted: 4084, Quarantined: 0,
			Skipped: []ledger.Skipped{{Reason: "blank", Rows: 839}},
			Read:    7417360809_88, InItems: 7417360809_88,
		}},
		{"bis/May_2015_published.csv", columns("Transaction Number", "Supplier", "Amount", "Date of Payment"), Want{
			Rows: 4117, Accepted: 3242, Quarantined: 0,
			Skipped: []ledger.Skipped{{Reason: "blank", Rows: 875}},
			Read:    1483492539_52, InItems: 1483492539_52,
		}},
		{"councils/calderdale_2013-09.csv", withCode(columns("Invoice Number", "Supplier Name", "Amount", "Date"), "Supplier ID"), Want{
			Rows: 4133, Accepted: 4133, Quarantined: 0,
			Damaged: 3, // two dates, and 4897489848994900
			Read:    23290951_91, InItems: 23290951_91,
		}},
		{"councils/calderdale_2022-08.csv", withCode(columns("Invoice Number", "Supplier(Beneficiary) Name", "Net Amount", "Date"), "Supplier ID"), Want{
			Rows: 1956, Accepted: 1956, Quarantined: 0,
			Read: 15901508_75, InItems: 15901508_75,
		}},
		{"councils/darlington_2022-09.csv", columns("Transaction Number", "Supplier", "Invoice Line Value (net of VAT)", "Transaction Date"), Want{
			Rows: 1487, Accepted: 1487, Quarantined: 0,
			Read: 11281654_47, InItems: 11281654_47,
		}},
		{"councils/gateshead_2017-12.csv", columns("TransNo", "Supplier ID(T)", "Amount", "Updated"), Want{
			Rows: 7812, Accepted: 7810, Quarantined: 2,
			Checks: map[string]int{"amount-missing": 2, "invoice-number-missing": 2, "row-too-wide": 2, "supplier-missing": 2},
			Read:   23009047_84, InItems: 23009047_84,
		}},
		{"councils/london_2014-P05.csv", withCode(columns("Document No", "Vendor Name", "Amount", "Clearing Date"), "Vendor ID"), Want{
			Rows: 702, Accepted: 702, Quarantined: 0,
			Read: 46377037_41, InItems: 46377037_41,
		}},
		{"councils/manchester_2022-05.csv", columns("Transaction Number", "Supplier Name", "Net Amount", "Invoice Payment Date"), Want{
			Rows: 3564, Accepted: 3564, Quarantined: 0,
			Read: 97400227_10, InItems: 97400227_10,
		}},
		{"councils/sheffield_2011-07.csv", withCode(columns("Invoice No.", "Supplier Name", "Invoiced Value", "GL Date"), "Address Book No."), Want{
			Rows: 14548, Accepted: 14547, Quarantined: 1,
			Checks:  map[string]int{"invoice-number-missing": 1},
			Damaged: 8,
			Read:    183338393_13, InItems: 183336493_18,
		}},
		{"councils/tfl_2023-P05.csv", columns("Document Number", "Vendor Name", "Amount", "Clearing Date"), Want{
			Rows: 12834, Accepted: 12834, Quarantined: 0,
			Read: 482617614_64, InItems: 482617614_64,
		}},
		{"leeds/2010-12.csv", columns("Transaction number", "Supplier name", "Net amount", "Date paid"), Want{
			Rows: 10306, Accepted: 10303, Quarantined: 0,
			Skipped: []ledger.Skipped{{Reason: "blank", Rows: 3}},
			Read:    77179009_24, InItems: 77179009_24,
		}},
		{"leeds/2011-06.csv", columns("Transaction number", "Supplier name", "Net amount", "Date paid"), Want{
			Rows: 11707, Accepted: 9485, Quarantined: 0,
			Skipped: []ledger.Skipped{{Reason: "blank", Rows: 2222}},
			Read:    80259111_44, InItems: 80259111_44,
		}},
		{"leeds/2012-07.csv", columns("Transaction number", "Supplier name", "Net amount", "Date paid"), Want{
			Rows: 8948, Accepted: 8947, Quarantined: 1,
			Checks: map[string]int{"supplier-missing": 1},
			Read:   74394998_44, InItems: 74394491_18,
		}},
	}
}

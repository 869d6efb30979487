package config

import "reconcile/internal/money"

// Notes says where controllers put workbooks with their notes, and how far a note
// goes.
type Notes struct {
	// Folder is where `reconcile run` looks for workbooks (*.xlsx) that came back:
	// each is read once, and none is moved or deleted. "notes/" when absent; a folder
	// that is not there holds none.
	Folder string

	// WriteOffLimit is up to which amount in rupees a note may write a difference
	// off; 0.00 when absent, so that nothing is. Too high a one lets a single person
	// quiet what two should look at.
	WriteOffLimit money.Paise
}

func (n *Notes) keys() []key {
	return []key{
		{name: "folder", value: text{&n.Folder}},
		{name: "write_off_limit", value: amount{&n.WriteOffLimit}},
	}
}

func defaultNotes() Notes { return Notes{Folder: "notes/"} }

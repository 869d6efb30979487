package job

// A Message is one named message that is neither about a row, nor an event, nor
// the configuration, as the documentation lists it.
type Message struct{ Name, Meaning, Remedy string }

// Messages lists them, the worst first.
func Messages() []Message {
	return []Message{
		{"history-corrupt", "The run history in the store is damaged, or another program's.", "Put back a copy of it, or move it away: the next run begins a new history."},
		{"key-corrupt", "The key of the account fingerprints has been cut or overwritten.", "Put back a copy of it, or remove it: accounts are then compared from the next run on."},
		{"reference-unknown", "status or explain was asked for a reference that no item and no payment bears.", "Use one of the nearest that are named, or look whether the files of that month are configured."},
		{"store-locked", "Another run is at work in the same store.", "Wait until it has ended and start again."},
		{"mail-not-sent", "The report was written, and mail is configured that this version cannot send.", "Remove the section mail until it can."},
	}
}

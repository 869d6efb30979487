package job

// ClosingMessages lists those about closing a month that internal/period does not
// have: they are about files and signatures.
func ClosingMessages() []Message {
	return []Message{
		{"closing-changed", "Somebody has signed other figures of this month: an input has changed since, or the control amount was given otherwise.", "Give the same; or begin anew with --anew, for which both sign again."},
		{"closing-missing", "What an earlier month was closed with is neither in the store nor in the output.", "Put back any copy of its pack: its SHA-256 tells that it is the one."},
		{"control-missing", "A month is to be closed, and nothing says what the creditors' control account shows.", "Take the amount from the trial balance."},
		{"control-unreadable", "The amount of the control account cannot be read.", "Give rupees like 4512300.00."},
	}
}

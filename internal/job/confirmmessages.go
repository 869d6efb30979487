package job

// AnswerMessages lists those of reconcile confirm.
func AnswerMessages() []Message {
	return []Message{
		{"supplier-absent", "confirm was asked for, and the configuration does not say under which registrations we are paid.", "Add the sections supplier and receivables."},
		{"answer-unsure", "An answer to a payment was sent, and nobody knows whether it arrived.", "Look into the portal, and answer there where it did not arrive; it is never sent again by itself."},
		{"answered-before", "A payment is to be rejected that was answered already; the first answer counts.", "Settle it with its buyer."},
		{"reject-received", "A payment is to be rejected whose money the books show as received.", "Correct the books where they are wrong; else let reconcile confirm accept it."},
		{"reject-onplatform", "An ONPLATFORM payment is to be rejected, which the platform does not allow.", "Settle it with its buyer."},
		{"payment-not-received", "The event log knows no such payment to us.", "Look at its objectId, and at events.files."},
		{"remarks-malformed", "The platform would refuse the rejection, for its remarks most likely.", "Give 1 to 100 characters without a backslash and a double quote."},
		{"receivable-parties", "Rows of the receivables do not tell who of their two parties is us, or who the customer is.", "Give both B2B ids, or one where the configuration names one registration."},
	}
}

// PayableMessages lists those of payments by EnKash's accounts payable.
func PayableMessages() []Message {
	return []Message{
		{"submit-by-hand", "A plan is approved, and enkash.api payment is never sent by run.", "Send it with reconcile submit."},
		{"otp-needless", "A one-time password was given, and enkash.api is not payment.", "Leave --otp away."},
		{"otp-missing", "No one-time password came, or only its reference was given.", "Give --otp, and type it when asked."},
		{"otp-malformed", "What was typed is no one-time password, or its reference or the account to be debited is none.", "Type its six digits; else correct what is named."},
		{"otp-used", "The one-time password has sent one payment, and others of the plan wait.", "Submit again with the next one."},
	}
}

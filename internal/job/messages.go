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
		{"log-truncated", "An event log was cut off or written over in its place, so that what came in since it was copied, or read last, is in no file.", "Put a copy back beside the log, if there is one; let the rotation of logs rename a file and begin a new one; ask EnKash for what is missing."},
		{"log-forgotten", "A run with --rebuild has forgotten what event logs said that are gone; it proposes nothing.", "Put the files back; where they are lost for good, see log-missing: two people run `reconcile release event-logs`."},
		{"log-missing", "The event logs say less of some payments than they said to an earlier run, so that what was paid may look unpaid, or to an earlier confirm, so that what came back may look received. Nothing is proposed, sent or answered.", "Put the missing log back. If it is lost for good, two people look at the bank's statement and run `reconcile release event-logs`; before they let go what was said of payments to us, answer in the portal what waits."},
		{"logs-moving", "The event logs were renamed each time they were read.", "Run again when the rotation is over."},
		{"mail-not-sent", "The report was written, and the mail server did not take it for everybody; the message says for whom, and why.", "Nothing, where the next run tries again; else correct the section mail, or ask whoever runs the mail server. The report is in its folder."},
	}
}

// PaymentMessages lists those about payments of ours, in the order in which a
// payment meets them.
func PaymentMessages() []Message {
	return []Message{
		{"payments-off", "Something about payments was asked for, and payments.mode is off.", "Say payments.mode: propose and payments.type in the configuration."},
		{"plan-altered", "A plan is not byte for byte as it was written, or is no plan.", "Use the file as the run wrote it, or propose again."},
		{"plan-unknown", "No plan with this SHA-256 was registered here: a paisa, an account or another byte is not as it was.", "Use the file as the run wrote it, or propose again."},
		{"plan-not-approved", "A plan was to be sent that has fewer approvals than it needs: by payments.approvers and payments.approvals as they are now, and no fewer than when it was made.", "Have it approved with `reconcile approve`; where it cannot be any more, reject it and propose again."},
		{"auto-refused", "With payments.mode auto a plan within the limit has something in it that a person rejected or withdrew before or for which an earlier instruction was written down, or the journal was recovered without its side log and no person has approved a plan since; so the program does not approve it alone. It changes no exit code.", "Look at the plan, and approve or reject it; where the books are wrong, mend them or put a hold on the row."},
		{"plan-rejected", "A plan was to be sent that somebody rejected.", "Propose again."},
		{"plan-expired", "The time of a plan is over (payments.valid_for).", "The next run, or submit of it, withdraws what was not sent; then propose again."},
		{"plan-elsewhere", "A plan was approved for another address or API of EnKash than the configured one.", "Set enkash.base_url and enkash.api back, or propose again."},
		{"plan-lost", "After a recovery, or after its text was purged, only the hash of a plan is known.", "Propose again."},
		{"base-url-missing", "Something is to be sent, and nothing says where.", "Set enkash.base_url."},
		{"device-missing", "Something is to be sent, and every request names the device that sends it.", "Set enkash.device."},
		{"enkash-unreachable", "No connection to EnKash, or none any more. Exit code 69 where nothing at all was sent; else the rest waits.", "Look at enkash.base_url and the network; the next run sends what was approved."},
		{"cap-reached", "A cap of payments.caps would be exceeded, the plan's or the present one: what is over that of a day waits, and the rest is withdrawn.", "Wait for tomorrow's run, or propose again with another cap."},
		{"input-in-doubt", "An approved payment was not sent, for a part of an event log is lost, or rows of its ledger file could not be read: nobody knows whether anything has changed since the approval. It waits, approved as it is.", "Bring the whole log back, or mend the rows; the next run sends what is still as it was approved."},
		{"ledger-stale", "Something is due, or approved and not sent, in a ledger file that was written too long ago to pay from (payments.ledger_max_age). What is approved waits.", "Export the ledger again; look why the export has stopped."},
		{"payment-unsure", "It is not known whether a payment was executed. It is never sent again.", "Wait for the webhook; after a day two people may say what became of it, with `reconcile resolve`."},
		{"payment-contradicted", "The evidence about a payment contradicts itself: it failed and was paid, or differs from what was sent.", "Look at the bank statement, resolve what is not settled, or not what the bank shows, then release the supplier: both take two people."},
		{"payment-unknown", "The journal has no payment with this objectId.", "Look for it with `reconcile status`."},
		{"payment-begun", "A payment was to be withdrawn that may have been sent, or was withdrawn before.", "Look at it with `reconcile status`."},
		{"resolve-refused", "A payment cannot be settled by people: it is too early, its outcome is known, or the word was given before its outcome was known.", "Wait until the time that is named, or sign again."},
		{"hold-unknown", "Nothing is held back under this name that two people can release.", "Name the supplier for an account, and the number for an invoice that looks like another; `reconcile explain` tells why an invoice is not proposed."},
		{"hold-several", "Under one name several things are held: more than one account of a supplier, or invoices of one number of two suppliers. People release them one by one.", "Say which with `--only` and what the message names: the last four digits of the account where no two end alike, the supplier's B2B id where they are of two, or the row of the ledger."},
		{"hold-changed", "What is held under a name is not what a signed statement releases.", "Have it signed again."},
		{"statement-other", "A signed statement is about something else, or says something else, than what was asked for.", "Name what the statement is about, and leave away what it says itself."},
		{"statement-exists", "A statement was to be written over a file that is there.", "Name a new file."},
		{"file-missing", "A plan or a statement is not there, or is no file.", "Name the file."},
		{"file-too-large", "A file is larger than any plan or statement.", "Name the right file."},
		{"journal-missing", "There is no journal, for nothing was ever proposed.", "Nothing: the first proposal makes one."},
		{"journal-older", "The event log tells of payments of ours that the journal does not know.", "Put back the newest copy of the store."},
		{"report-unreadable", "The journal is lost or was put back, and a report that may tell of payments cannot be read.", "Make it readable; if it was a trial, move its folder away."},
		{"journal-outdated", "The journal was written by an older version of this program, and what only looks at it does not change it.", "Run `reconcile propose`, which brings it up to date and sends nothing, or wait for the next run."},
		{"journal-lost", "Earlier runs sent payments, and the journal and its side log are both gone, or nothing is left in them.", "Put back the newest copy of the store; if it was all a trial, move the reports away."},
		{"recover-needless", "The journal and the side log agree.", "Nothing."},
		{"side-log-link", "The side log is a symbolic link, or lies in the store by way of one.", "Name its real path, outside the store, in payments.side_log."},
	}
}

// JournalMessages lists those of the journal, the worst first. All but the last
// two mean that nothing is sent.
func JournalMessages() []Message {
	return []Message{
		{"journal-corrupt", "The journal is damaged, or is no journal.", "Put back a backup, then run `reconcile recover`."},
		{"journal-chain", "A step or a table of the journal was changed by another program.", "Put back a backup, then run `reconcile recover`: the side log knows every step."},
		{"journal-side-log", "The journal and the side log tell different stories, as after a restore.", "Two people run `reconcile recover`."},
		{"journal-clock", "The clock of the machine stands before the last step of the journal.", "Set the clock; if it was the last step that was wrong, two people run `reconcile recover`."},
		{"journal-folder", "The store or the side log is on a network file system, where locks and fsync cannot be relied on.", "Set store, or payments.side_log, to a folder on a disk of this machine."},
		{"journal-disk", "The journal or the side log cannot be written.", "Make room, or mend the disk, and start again."},
		{"journal-busy", "Another program has kept the file of the journal for half a minute: a copy of it is made, or somebody has it open.", "End that program, and start again. Copies are made by `reconcile backup`."},
		{"journal-refused", "What was asked for is against the rules of the journal. Nothing was changed.", "Do what the message says."},
	}
}

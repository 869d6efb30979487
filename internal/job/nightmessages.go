package job

// NightMessages lists those about nights that nobody watches.
func NightMessages() []Message {
	return []Message{
		{"schedule-missing", "`reconcile schedule` was started, and the configuration does not say when to run.", "Set schedule.cron."},
		{"run-stopped", "A run was asked to end before its report, by a signal. What had begun is finished and recorded.", "Nothing: the next run goes on where this one stopped."},
		{"metrics-not-written", "The file for the monitor was not written. The run is none the worse.", "Look at the folder of metrics.textfile: it has to be there, and to be writable for us."},
		{"backup-not-made", "A run could not leave a copy of the journal in backup.folder. The run is none the worse.", "Look at the folder and its disk, and run `reconcile backup`."},
		{"ping-failed", "The dead man's switch was not told of a run. The run is none the worse.", "Look at the network, and at the address in the file of ping.url_file."},
	}
}

// Package samples is a small believable month: two ledgers of an invented
// company, the webhook deliveries of the same month, a supplier master and a
// configuration that works as it is. `reconcile init` writes it into a folder,
// `make demo` reconciles it, and README.md tells what each row is there to show.
//
// Everybody in it is invented: names, tax numbers, accounts, banks and bank
// references. Only their shapes and check digits are right.
package samples

import "embed"

// Files is a working folder, ready to be written out.
//
//go:embed README.md reconcile.yaml reconcile.schema.json suppliers.csv requests.jsonl ledger events
var Files embed.FS

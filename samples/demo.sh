#!/bin/sh
# The whole way of the sample month, from a proposal to a confirmed payment, with
# a local EnKash that listens on a free port of this machine and moves no money.
#
#   sh samples/demo.sh PROGRAM FOLDER BUSINESS-DATE
set -eu
program=$1 folder=$2 as_of=$3

# say shows a command as one would type it, and runs it. Exit code 10 is no
# failure: the run is done and has found breaks, as the sample month should.
say() {
	echo
	echo "\$ $*"
	"$@" || { code=$?; [ $code -eq 10 ] || exit $code; echo "(exit code 10: done, with breaks in the report)"; }
}

rm -rf "$folder"
say "$program" init "$folder"
config=$folder/reconcile.yaml

# A week before, so that the report of today can say what has changed since.
say "$program" match --config "$config" --as-of 2026-11-14 --quiet

# What was paid before: three payments whose webhooks complete the month.
say "$program" sandbox --submit "$folder/requests.jsonl" --events "$folder/events/sandbox.jsonl"

# A local EnKash stays up meanwhile, and confirms what it pays.
"$program" sandbox --listen 127.0.0.1:0 --events "$folder/events/sandbox.jsonl" \
	--state "$folder/sandbox.state" --confirm at-once >"$folder/sandbox.out" &
sandbox=$!
trap 'kill $sandbox 2>/dev/null || true' EXIT
until address=$(sed -n 's/.*listens at \(http[^ ]*\) .*/\1/p' "$folder/sandbox.out") && [ -n "$address" ]; do
	kill -0 $sandbox
	sleep 0.1
done

# Asha approves, so she makes a key and her public half stands in the configuration.
approver=$("$program" keygen asha --out "$folder/asha.key" | sed -n 's/^ *- //p')
sed -e "s|^  # approvers:.*|  approvers: [$approver]|" -e "s|^  base_url: .*|  base_url: \"$address\"|" "$config" >"$config.new"
mv "$config.new" "$config"

say "$program" propose --config "$config" --as-of "$as_of"
plan=$(ls "$folder"/reports/*/plan.json)
say "$program" approve "$plan" --config "$config" --key "$folder/asha.key" --reason "checked against the orders"
say "$program" submit "$plan" --config "$config" --as-of "$as_of" --quiet
say "$program" run --config "$config" --as-of "$as_of"
say "$program" status UE/26-27/052 --config "$config" --as-of "$as_of"
say "$program" verify --config "$config"

#!/bin/sh
# The pictures of the report that the README shows, out of the sample month: pages
# of its workbook as LibreOffice prints them, and its mail as a telephone shows it.
#
#   sh samples/pictures.sh PROGRAM FOLDER
#
# It needs soffice, pdftoppm, chromium and python3. The report is the same bytes
# every time; letters are drawn with the fonts of the machine.
set -eu
program=$1 pictures=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A run ends with code 10 where it found breaks, and 41 where the mail waits: here
# no server takes it, so that it stays in the outbox.
may_end() {
	"$@" >"$work/out" 2>&1 || { code=$?; [ $code -eq 10 ] || [ $code -eq 41 ] || { cat "$work/out" >&2; exit $code; }; }
}
"$program" init "$work/month" >/dev/null
config=$work/month/reconcile.yaml
echo 'mail: {to: [payables@example.com], from: reconcile@example.com, smtp: "smtp://127.0.0.1:1"}' >>"$config"
"$program" sandbox --submit "$work/month/requests.jsonl" --events "$work/month/events/sandbox.jsonl" >/dev/null
may_end "$program" match --config "$config" --as-of 2026-11-14
may_end "$program" run --config "$config" --as-of 2026-11-21
report=$work/month/reports/2026-11-21-run-01

soffice "-env:UserInstallation=file://$work/office" --headless --convert-to pdf --outdir "$work" "$report/reconciliation.xlsx" >/dev/null 2>&1
page() { # NAME TEXT: the first page at whose foot TEXT stands
	n=1
	until pdftotext -f $n -l $n -layout "$work/reconciliation.pdf" - | grep -q "· $2 "; do n=$((n + 1)); [ $n -lt 100 ]; done
	pdftoppm -r 90 -f $n -l $n -singlefile -png "$work/reconciliation.pdf" "$pictures/$1"
}
mkdir -p "$pictures"
page summary Summary
page act-today "Act today"

python3 - "$work" <<'END'
import email, email.policy, glob, sys
for name in glob.glob(sys.argv[1] + "/month/state/**/*.eml", recursive=True):
    with open(name, "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    with open(sys.argv[1] + "/mail.html", "w") as f:
        f.write(mail.get_body(("html",)).get_content())
END
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "--user-data-dir=$work/browser" \
	--window-size=500,900 "--screenshot=$pictures/mail.png" "file://$work/mail.html" >/dev/null 2>&1
ls -l "$pictures"

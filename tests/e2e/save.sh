#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Session files: what the stock daemons saved is loaded by ours, and the other way round, and is then listed and works the same.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

[ "$SUITE" = ours ] || { skip "save" "exchanges files between ours and stock: run it with SUITE=ours"; done_testing; }
# shellcheck source-path=SCRIPTDIR source=compare/record.sh
. "$(dirname "$0")/compare/record.sh"

sessions=(regular process snapshot schedules)
build() {
	lttng -q create regular -o "$T/out/regular"
	lttng -q enable-channel -u --subbuf-size 8192 --num-subbuf 8 --switch-timer 100000 --read-timer 300000 first
	lttng -q enable-event -u -c first 'rf_sample:*' --filter 'seq > 1 && text == "h*"'
	lttng -q enable-event -u -c first rf_sample:warn --loglevel WARNING
	lttng -q enable-event -u -c first rf_sample:detail --loglevel-only DEBUG
	lttng -q disable-event -u -c first rf_sample:detail
	lttng -q enable-channel -u --overwrite --tracefile-size 65536 --tracefile-count 2 --blocking-timeout 100 second
	lttng -q disable-channel -u second
	# shellcheck disable=SC2016 # a name that begins with a dollar
	lttng -q add-context -u -c first -t vpid -t procname -t vtid -t ip -t '$app.provider:name'
	lttng -q track -u --vuid root,5 --vgid 0
	lttng -q create process -o "$T/out/process"
	lttng -q enable-channel -u --buffers-pid --monitor-timer 0 ch
	lttng -q enable-event -u -c ch 'rf_s*'
	lttng -q untrack -u --vpid --all
	lttng -q create --snapshot snapshot -o "$T/out/snapshot"
	lttng -q snapshot del-output 1
	lttng -q snapshot add-output -n mine -m 1M "$T/out/snapshot"
	lttng -q enable-channel -u ch
	lttng -q enable-event -u -c ch --all
	lttng -q create schedules -o "$T/out/schedules"
	lttng -q enable-event -u rf_sample:tick
	lttng -q enable-rotation --timer 10m --size 2M
	lttng -q start
}
say() {
	local session
	for session in "${sessions[@]}"; do lttng list "$session"; done 2>&1 | normalise_record | sorted_lists
	lttng snapshot list-output -s snapshot 2>&1 | sed -E 's/\[[0-9]+\]/[N]/'
}
with() {
	SUITE=$1
	start_suite
}
quit() {
	lttng destroy --all >/dev/null
	stop_suite
}

for suite in stock ours; do
	with "$suite"
	build 2>"$T/build.err" || diag "$(cat "$T/build.err")"
	say >"$T/before-$suite"
	ok "$suite saves" lttng save -o "$T/saved-$suite" --all
	for session in "${sessions[@]}"; do
		ok "$suite: $session obeys the schema" xmllint --noout --schema /usr/share/xml/lttng/session.xsd "$T/saved-$suite/$session.lttng"
	done
	quit
done
# Rules of a channel have no order.
for session in "${sessions[@]}"; do
	is "$(diff <(sort "$T/saved-stock/$session.lttng") <(sort "$T/saved-ours/$session.lttng"))" "" \
		"$session: the files say the same"
done

for pair in "stock ours" "ours stock" "ours ours"; do
	read -r from to <<<"$pair"
	with "$to"
	ok "what $from saved is loaded by $to" lttng load -i "$T/saved-$from" --all
	say >"$T/after"
	is "$(diff "$T/before-$from" "$T/after")" "" "$from to $to: listed as before"
	lttng -q stop schedules
	lttng -q start regular
	rf-sample -n 4 -a >"$T/app-out"
	lttng -q stop regular
	quit
	is "$(events "$T/out/regular" 'rf_sample:tick')" 2 "$from to $to: the filter works"
	is "$(grep -c rf_sample:detail "$T/events")" 2 "$from to $to: so does the disabled rule"
	rm -rf "$T/out"/*
	ok "what $to was loaded with is all over" no_daemons
done

# What lies in the directory for it is loaded when the daemon starts.
listed() { lttng list "$1" | grep "^Recording session $1:" >/dev/null; }
auto=$HOME/.lttng/sessions/auto
mkdir -p "$auto"
for from in stock ours; do
	cp "$T/saved-$from/process.lttng" "$auto/"
	with ours
	ok "what $from saved is loaded when the daemon starts" wait_until 5 listed process
	quit
done
rm -rf "$auto"

# Files that are none.
with ours
mkdir -p "$T/bad"
echo "<sessions><session><name>x" >"$T/bad/torn.lttng"
sed 's/>PER_UID</>PER_MOON</' "$T/saved-ours/regular.lttng" >"$T/bad/invalid.lttng"
lttng load -i "$T/bad/torn.lttng" >"$T/load.out" 2>&1
lttng load -i "$T/bad/invalid.lttng" >"$T/load.out" 2>&1
ok "of bad files nothing is loaded" grep -q 'no available recording session' <(lttng list)
# Of another user: written with that user's rights, at that user's home.
ALICE_HOME=$(home_of "$ALICE")
client_as "$ALICE" lttng -q create alices -o "$ALICE_HOME/alices"
client_as "$ALICE" lttng -q enable-event -u rf_sample:tick
ok "a user saves" client_as "$ALICE" lttng save alices
is "$(stat -c '%U %a' "$ALICE_HOME/.lttng/sessions/alices.lttng")" "rf-alice 660" "the file is the user's own"
mkdir "$T/out/roots"
not_ok "a user cannot save where only root may" client_as "$ALICE" lttng save -o "$T/out/roots" alices
ln -s /etc "$ALICE_HOME/link"
not_ok "nor through a link" client_as "$ALICE" lttng save -o "$ALICE_HOME/link" alices
quit
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Rotations, clears, snapshots, saving and tracking at the same time, while short-lived applications of three users come and go:
# for SAN=thread.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
if [ "$SUITE" = stock ]; then
	skip "everything at the same time" "what is lost by the stock daemons then is their affair"
	done_testing
fi
for uid in "$ALICE" "$BOB" "$CAROL"; do home_of "$uid" >/dev/null; done
start_suite

session() {
	local name=$1
	shift
	lttng -q create "$name" "$@"
	lttng -q enable-channel -u -s "$name" --subbuf-size 16384 --num-subbuf 4 ch
	lttng -q enable-event -u -s "$name" -c ch 'rf_sample:*'
	lttng -q start "$name"
}
session rotated -o "$T/out/rotated"
session cleared -o "$T/out/cleared"
session snapshots --snapshot -o "$T/out/snapshots"
lttng -q create tracked -o "$T/out/tracked"
lttng -q enable-channel -u -s tracked --buffers-pid ch
lttng -q enable-event -u -s tracked -c ch 'rf_sample:*'
lttng -q start tracked

# again NAME CMD...: over and over until the applications are done; how often goes to $T/NAME.done, failures to $T/NAME.failed.
again() {
	local name=$1 count=0
	shift
	: >"$T/$name.failed"
	while [ ! -e "$T/over" ]; do
		timeout 30 "$@" >"$T/$name.out" 2>&1 || cat "$T/$name.out" >>"$T/$name.failed"
		count=$((count + 1))
	done
	echo "$count" >"$T/$name.done"
}
track_and_not() {
	lttng -q track -u -s tracked --vuid="$ALICE,$BOB" || return 1
	lttng -q untrack -u -s tracked --vuid="$ALICE" || return 1
	lttng -q untrack -u -s tracked --vuid="$BOB" || return 1
}
export -f track_and_not
export ALICE BOB
jobs=()
again rotate lttng -q rotate rotated & jobs+=($!)
again clear lttng -q clear cleared & jobs+=($!)
again snapshot lttng -q snapshot record -s snapshots & jobs+=($!)
again save lttng -q save --force --output-path="$T/out/saved" & jobs+=($!)
again track bash -c track_and_not & jobs+=($!)
again regenerate lttng -q regenerate statedump -s rotated & jobs+=($!)

emitted=0
begun=$(now_ms)
while [ $(($(now_ms) - begun)) -lt 12000 ]; do
	pids=()
	for uid in "$ALICE" "$BOB" "$CAROL"; do
		for _ in 1 2; do
			run_as "$uid" env LTTNG_UST_REGISTER_TIMEOUT=-1 rf-sample -n 10 >>"$T/app-out" &
			pids+=($!)
			emitted=$((emitted + 10))
		done
	done
	wait "${pids[@]}"
done
touch "$T/over"
wait "${jobs[@]}"
for name in rotate clear snapshot save track regenerate; do
	diag "$name: $(cat "$T/$name.done") times"
	is "$(cat "$T/$name.failed")" "" "$name: none failed"
	ok "$name: several times" test "$(cat "$T/$name.done")" -ge 3
done
for name in cleared snapshots tracked rotated; do
	ok "$name is destroyed" timeout 30 lttng -q destroy "$name"
done
diag "$emitted events"
is "$(events "$T/out/rotated")" "$emitted" "every event is in one of the archived chunks"
broken=0 count=0
for snapshot in "$T/out/snapshots"/*; do
	# Before the first application there is nothing to take.
	[ -n "$(find "$snapshot" -name metadata 2>/dev/null)" ] || continue
	count=$((count + 1))
	[ $((count % 5)) != 1 ] || read_trace "$snapshot" || broken=$((broken + 1))
done
is "$broken" 0 "snapshots are readable"
ok "there are snapshots" test "$count" -gt 0
[ -z "$(find "$T/out/cleared" -name 'ch_*' -size +0)" ] || ok "what was not cleared is readable" read_trace "$T/out/cleared"
ok "the daemon ends in order" stop_suite
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 200 snapshots in a row under load: each is readable and within its size, and the daemons do not grow.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
snapshots=${SNAPSHOTS:-200}
limit=$((96 * 1024))

start_suite

# Private memory of all daemons, kB, without what is shared with applications: the ring buffers.
memory() {
	local pid
	# shellcheck disable=SC2119 # all of them
	for pid in $(daemon_pids); do cat "/proc/$pid/smaps_rollup"; done | awk '/^(Private_Dirty|Swap):/ { n += $2 } END { print n }'
}

descriptors() {
	local pid
	# shellcheck disable=SC2119 # all of them
	for pid in $(daemon_pids); do ls "/proc/$pid/fd"; done | wc -l
}

# Bytes of the streams; the limit does not count metadata.
size_of() {
	find "$1" -name 'ch_[0-9]*' ! -name '*.idx' -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }'
}

record() {
	timeout 20 lttng -q snapshot record "$@"
}

# check DIR LIMIT: counts into READABLE, FITTING and FILLED, and deletes it.
READABLE=0 FITTING=0 FILLED=0
check() {
	local snapshot size
	for snapshot in "$1"/*; do
		[ -d "$snapshot" ] || continue
		size=$(size_of "$snapshot")
		if read_trace "$snapshot" 2>"$T/check.err"; then READABLE=$((READABLE + 1)); else diag "$(cat "$T/check.err")"; fi
		[ ! -s "$T/events" ] || FILLED=$((FILLED + 1))
		if [ "$size" -le "$2" ]; then FITTING=$((FITTING + 1)); else diag "${snapshot##*/}: $size bytes"; fi
		rm -rf "$snapshot"
	done
}

lttng -q create --snapshot s -o "$T/out/s"
# 4 x 16 KiB on each processor.
lttng -q enable-channel -u --overwrite --subbuf-size 16384 --num-subbuf 4 ch
lttng -q enable-event -u -c ch 'rf_flood:tick'
lttng -q start
whole=$((4 * 16384 * $(nproc --all)))
for i in 1 2; do
	rf-flood -t 600000 -s 100 -r "$T/ready-$i" >"$T/emitted-$i" &
	pids[i]=$!
done
wait_until 10 ready_files 2 "$T/ready-" || bail "the applications do not start"

failed=0 longest=0
for ((i = 0; i < snapshots; i++)); do
	# Every second one is limited.
	if [ $((i % 2)) = 0 ]; then
		elapsed record || failed=$((failed + 1))
		check "$T/out/s" "$whole"
	else
		elapsed record -m "$limit" || failed=$((failed + 1))
		check "$T/out/s" "$limit"
	fi
	[ "$ELAPSED" -le "$longest" ] || longest=$ELAPSED
	[ "$i" != $((snapshots / 4)) ] || { memory_early=$(memory) descriptors_early=$(descriptors); }
done
memory_late=$(memory) descriptors_late=$(descriptors)
kill -TERM "${pids[@]}"
wait "${pids[@]}"
diag "the longest took $longest ms; private memory $memory_early kB, later $memory_late kB; descriptors $descriptors_early, later $descriptors_late"
is "$failed" 0 "every record succeeds"
is "$READABLE" "$snapshots" "every snapshot is readable"
is "$FITTING" "$snapshots" "every snapshot is within its size"
# A record may find all applications waiting for a processor since the last one.
ok "nearly every snapshot holds events" test "$FILLED" -ge $((snapshots * 9 / 10))
if sanitised; then
	skip "memory is flat" "sanitised builds keep what was freed, and notes of every access"
else
	ok "memory is flat" at_most "$memory_late" $((memory_early + 512))
fi
ok "descriptors are flat" at_most "$descriptors_late" "$descriptors_early"

# Stopped, nothing moves any more: the newest event of each process is there.
lttng -q stop
ok "stopped: a record" record -n stopped "$T/out/stopped"
ok "stopped: readable" read_trace "$(echo "$T/out/stopped"/*)"
ok "stopped: not empty" test -s "$T/events"
lttng -q destroy

# Nothing is lost that still fits: what is recorded are the last numbers, without a gap.
lttng -q create --snapshot last -o "$T/out/last"
lttng -q enable-channel -u --overwrite --subbuf-size 16384 --num-subbuf 4 ch
lttng -q enable-event -u -c ch 'rf_flood:tick'
lttng -q start
taskset -c 0 rf-flood -n 5000 -s 100 >"$T/app-out"
ok "the last: a record" record
ok "the last: readable" read_trace "$(echo "$T/out/last"/*)"
grep -oE 'seq = [0-9]+' "$T/events" | cut -d' ' -f3 >"$T/numbers"
first=$(head -n 1 "$T/numbers")
is "$(tail -n 1 "$T/numbers")" 4999 "the last: up to the newest"
is "$(wc -l <"$T/numbers")" $((5000 - first)) "the last: without a gap"
ok "the last: not more than fits" test "$first" -gt 4000
lttng -q destroy
done_testing

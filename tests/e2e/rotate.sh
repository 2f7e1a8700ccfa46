#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Rotations and clears under load lose nothing and repeat nothing; schedules hit their size and period.
#
# Takes up to 240 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# The stock daemons look every 500 ms whether a rotation is over.
rotations=${ROTATIONS:-100} clears=${CLEARS:-50} period=200
if [ "$SUITE" = stock ]; then rotations=${ROTATIONS:-20} clears=${CLEARS:-10}; fi
out=${ROTATE_DIR:-$T/out}

start_suite

# session NAME: records four applications at full speed until flood_ends; their pids are in $T/flood.
flood_begins() {
	local i
	lttng -q create "$1" -o "$out/$1"
	lttng -q enable-channel -u --discard --subbuf-size 65536 --num-subbuf 4 flood
	lttng -q enable-event -u -c flood 'rf_flood:tick'
	lttng -q add-context -u -c flood -t vpid
	lttng -q start
	pids=()
	rm -f "$T/ready-"* "$T/emitted-"*
	for i in 1 2 3 4; do
		rf-flood -t 600000 -r "$T/ready-$i" >"$T/emitted-$i" &
		pids+=($!)
	done
	wait_until 10 ready_files 4 "$T/ready-" || bail "the applications do not start"
}

# They run until they are told, so that the load does not end early. EMITTED is how many events there were.
flood_ends() {
	kill -TERM "${pids[@]}"
	wait "${pids[@]}"
	EMITTED=$(cat "$T/emitted-"* | awk -F'[= ]' '{ n += $2 } END { print n }')
}

# every COUNT MS CMD...: begin it every so many milliseconds, or when it has ended if that is later. FAILED, LATEST (ms).
every() {
	local count=$1 ms=$2 i next
	shift 2
	FAILED=0 LATEST=0
	next=$(now_ms)
	for ((i = 0; i < count; i++)); do
		while [ "$(now_ms)" -lt "$next" ]; do sleep 0.005; done
		next=$((next + ms))
		elapsed "$@" >"$T/every.out" 2>&1 || { FAILED=$((FAILED + 1)); diag "$(cat "$T/every.out")"; }
		[ "$ELAPSED" -le "$LATEST" ] || LATEST=$ELAPSED
	done
}

# What was archived is read by a program that knows the events and keeps count, and deleted: at full speed there would
# soon be gigabytes. A few chunks are kept aside for a reader that checks the format, too.
auditor() {
	local chunk finished=0 answer chunks=0 with_events=0
	while [ "$finished" = 0 ]; do
		[ ! -e "$T/audit-finish" ] || finished=1
		for chunk in "$out/rotated/archives"/2*; do
			[ -d "$chunk" ] || continue
			echo "$chunk" >&7
			read -r answer _ <&8 || return 1
			chunks=$((chunks + 1))
			[ "$answer" = 0 ] || with_events=$((with_events + 1))
			if [ $((chunks % (rotations / 4))) = 1 ]; then mv "$chunk" "$T/aside/"; else rm -rf "$chunk"; fi
		done
		sleep 0.05
	done
	echo "$chunks $with_events" >"$T/audited"
}
mkdir -p "$T/aside"
mkfifo "$T/audit-in" "$T/audit-out"
nice -n -10 rf-audit <"$T/audit-in" >"$T/audit-out" &
exec 7>"$T/audit-in" 8<"$T/audit-out"
auditor &
auditor_pid=$!

flood_begins rotated
began=$(now_ms)
every "$rotations" "$period" timeout 20 lttng -q rotate
took=$(($(now_ms) - began))
diag "$rotations rotations in $took ms, the longest took $LATEST ms"
is "$FAILED" 0 "every rotation succeeds"
# Its own waiting would take a look-up every 500 ms longer; the machine may be busy.
[ "$SUITE" = stock ] || ok "one every $period ms, as far as the machine is free" at_most "$took" $((rotations * 500))
flood_ends
timeout 20 lttng -q stop
lost=$(discarded rotated)
timeout 20 lttng -q destroy
touch "$T/audit-finish"
ok "all archived chunks are traces of the flood" wait "$auditor_pid"
exec 7>&-
summary=$(cat <&8)
read -r chunks with_events <"$T/audited"
diag "$summary"
is "$chunks" $((rotations + 1)) "as many archived chunks as rotations, and one from destroy"
ok "most of them hold events" test "$with_events" -gt $((rotations / 2))
for chunk in "$T/aside"/*; do
	ok "a chunk is readable alone" babeltrace2 "$chunk" --component=sink.utils.counter
done
rm -rf "$T/aside"
field() { sed -nE "s/^all .*\b$1=([0-9]+).*/\1/p" <<<"$summary"; }
ok "there was a load" test "$(field events)" -gt 100000
is "$(field twice)" 0 "no event is in two chunks"
diag "emitted $EMITTED, missing $(field missing), discarded $lost"
ours_ok "recorded + discarded = emitted" test "$(awk "BEGIN { printf \"%.0f\", $(field events) + $lost }")" = "$EMITTED"

# Clears: what is there in the end is whole, and begins after the last clear.
flood_begins cleared
every "$clears" "$period" timeout 20 lttng -q clear
diag "the longest of $clears clears took $LATEST ms"
is "$FAILED" 0 "every clear succeeds"
wait_until 10 test -n "$(find "$out/cleared" -name 'flood_?' -size +0)" || fail "it still records after the last clear"
flood_ends
rf-sample -n 1 >/dev/null
timeout 20 lttng -q stop
timeout 20 lttng -q destroy
ok "what was not cleared is readable" babeltrace2 "$out/cleared" --component=sink.utils.counter
summary=$(echo "$out/cleared" | rf-audit)
diag "$summary"
ok "and not empty" test "$(field events)" -gt 0
is "$(field twice)" 0 "no event is there twice"
ok "nothing is missing that the packets do not count as discarded" at_most "$(field missing)" "$(field discarded)"
rm -rf "$out/cleared"

# Exact counts: an application that emits slowly enough for nothing to be discarded, across rotations and clears.
lttng -q create exact -o "$out/exact"
lttng -q enable-channel -u --subbuf-size 65536 flood
lttng -q enable-event -u -c flood 'rf_sample:tick'
lttng -q start
rf-sample -n 4000 -d 300 >"$T/app-out" &
sample=$!
while kill -0 "$sample" 2>/dev/null; do timeout 20 lttng -q rotate || fail "a rotation"; done
wait "$sample"
timeout 20 lttng -q destroy
is "$(events "$out/exact")" 4000 "every event of a slow application is in one of the chunks"
is "$(grep -oE 'seq = [0-9]+' "$T/events" | sort -u | wc -l)" 4000 "and in one only"
is "$(grep -oE 'seq = [0-9]+' "$T/events" | sort -c -t= -k2,2n && echo ordered)" ordered "and in order"

# By time.
archives() { find "$out/$1/archives" -mindepth 1 -maxdepth 1 -name '2*' 2>/dev/null | wc -l; }
at_least_archives() { [ "$(archives "$1")" -ge "$2" ]; }
lttng -q create timed -o "$out/timed"
lttng -q enable-event -u 'rf_sample:tick'
lttng -q enable-rotation --timer 1s
lttng -q start
began=$(now_ms)
rf-sample -n 2000 -d 2000 >"$T/app-out" &
sample=$!
ok "by time: five archives" wait_until 15 at_least_archives timed 5
took=$(($(now_ms) - began))
diag "by time: five archives after $took ms"
ok "not early" test "$took" -ge 4500
ok "not late" at_most "$took" 7500
wait "$sample"
timeout 20 lttng -q destroy
is "$(events "$out/timed")" 2000 "by time: every event, once"

# By size: 1 MiB, looked at every 50 ms; the application writes some 2 MiB a second, for half of which rings have room: the
# consumer may have to wait for the disk.
lttng -q create sized -o "$out/sized"
lttng -q enable-channel -u --subbuf-size 16384 --num-subbuf 64 --monitor-timer 50000 ch
lttng -q enable-event -u -c ch 'rf_sample:tick'
lttng -q enable-rotation --size 1M
lttng -q start
rf-sample -n 8000 -d 400 -t "$(printf 'x%.0s' {1..1000})" >"$T/app-out"
before=$(archives sized)
timeout 20 lttng -q destroy
is "$(events "$out/sized")" 8000 "by size: every event, once"
sizes=$(for chunk in "$out/sized/archives"/*; do du -sb "$chunk" | cut -f1; done | head -n "$before" | tr '\n' ' ')
diag "by size: $sizes"
ok "by size: several archives" test "$before" -ge 2
small=0 large=0
for size in $sizes; do
	[ "$size" -ge $((1 << 19)) ] || small=$((small + 1))
	[ "$size" -le $((3 << 20)) ] || large=$((large + 1))
done
is "$small" 0 "by size: none far too small"
ours_ok "by size: none far too large" test "$large" = 0
done_testing

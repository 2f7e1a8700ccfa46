#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One round of one case of bench.sh with the daemons of SUITE. Prints lines "MEASURE|UNIT|more or less|VALUE".

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
FLOOD_APPS=${FLOOD_APPS:-1 4 16} FLOOD_MS=${FLOOD_MS:-1000}
IDLE_APPS=${IDLE_APPS:-10 100 400} STARTING=${STARTING:-300} MEMORY_APPS=${MEMORY_APPS:-100}
LATENCY_APPS=${LATENCY_APPS:-0 1 4} LATENCY_ROUNDS=${LATENCY_ROUNDS:-15}
ulimit -n "$(ulimit -H -n)"
pids=()

result() {
	echo "$1|$2|$3|$4"
}

# The ready files say that registration is over, not that it succeeded, so the daemon is asked as well.
launch_idle() {
	local n=$1 i dir
	dir=$(mktemp -d)
	for ((i = 0; i < n; i++)); do
		LTTNG_UST_REGISTER_TIMEOUT=-1 rf-idle -r "$dir/$i" >/dev/null &
		pids+=($!)
	done
	wait_until 60 ready_files "$n" "$dir/" && wait_until 60 apps_registered "$n" || bail "$n applications do not register"
}

end_apps() {
	kill -CONT "${pids[@]}" 2>/dev/null
	kill -TERM "${pids[@]}"
	wait "${pids[@]}"
	pids=()
	wait_until 30 apps_registered 0 || bail "gone applications stay listed"
}

# CPU time so far of the consumers' threads, in nanoseconds.
consumer_cpu() {
	local pid
	for pid in $(daemon_pids consumer); do cat "/proc/$pid"/task/*/schedstat; done 2>/dev/null |
		awk '{ n += $1 } END { printf "%.0f\n", n }'
}

# recorded DIR: events in the trace. The daemons' own count of discarded events may be wrong (that of the stock ones wraps).
recorded() {
	babeltrace2 "$1" --component=sink.utils.counter 2>/dev/null |
		awk '/ Event messages?$/ { gsub(",", "", $1); n = $1 } END { print n + 0 }'
}

case_flood() {
	local dir n i before after bytes emitted read seconds
	dir=$(mktemp -d "$FLOOD_DIR/rf-flood-XXXXXX")
	for n in $FLOOD_APPS; do
		mkfifo "$T/gate-$n"
		lttng -q create "f$n" -o "$dir/f$n"
		lttng -q enable-event -u 'rf_flood:*'
		lttng -q start
		for ((i = 0; i < n; i++)); do
			rf-flood -t "$FLOOD_MS" -g "$T/gate-$n" -r "$T/ready-$n-$i" >"$T/flood-$n-$i" &
			pids+=($!)
		done
		wait_until 20 ready_files "$n" "$T/ready-$n-" || bail "flood applications do not start"
		# What others wrote before is not to be written now.
		sync
		before=$(consumer_cpu)
		: >"$T/gate-$n"
		wait "${pids[@]}"
		pids=()
		lttng -q stop
		after=$(consumer_cpu)
		emitted=$(cat "$T/flood-$n-"* | awk -F'[= ]' '{ n += $2 } END { print n }')
		seconds=$(awk "BEGIN { print $FLOOD_MS / 1000 }")
		bytes=$(find "$dir/f$n" -name 'channel0_?' -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f", n }')
		lttng -q destroy
		read=$(recorded "$dir/f$n")
		[ "$read" -gt 0 ] || bail "nothing was recorded, or it cannot be read"
		rm -rf "$dir/f$n"
		result "events recorded, $n applications" 1/s more "$(awk "BEGIN { printf \"%.0f\", $read / $seconds }")"
		result "events lost, $n applications" % less "$(awk "BEGIN { printf \"%.3f\", 100 * ($emitted - $read) / $emitted }")"
		result "consumer CPU, $n applications" s/GB less \
			"$(awk "BEGIN { printf \"%.3f\", ($after - $before) / $bytes }")"
	done
}

# timed MEASURE CMD...
timed() {
	local measure=$1
	shift
	elapsed "$@" || bail "$*: failed"
	result "$measure" ms less "$ELAPSED"
}

case_control() {
	local n
	for n in $IDLE_APPS; do
		launch_idle "$n"
		lttng -q create s -o "$T/out/s$n"
		timed "enable-event, $n applications" lttng -q enable-event -u 'rf_idle:*'
		timed "start, $n applications" lttng -q start
		timed "enable-event while active, $n applications" lttng -q enable-event -u 'rf_idle:al*'
		timed "stop, $n applications" lttng -q stop
		timed "destroy, $n applications" lttng -q destroy
		end_apps
	done
}

case_stopped() {
	launch_idle 20
	kill -STOP "${pids[@]:0:3}"
	lttng -q create s -o "$T/out/s"
	timed "enable-event, 3 of 20 stopped" lttng -q enable-event -u 'rf_idle:*'
	timed "start, 3 of 20 stopped" lttng -q start
	timed "stop, 3 of 20 stopped" lttng -q stop
	timed "destroy, 3 of 20 stopped" lttng -q destroy
	end_apps
}

# From the moment of launch to the first recorded event of the last application.
case_start() {
	local scheme i began last seen
	for scheme in uid pid; do
		lttng -q create "$scheme" -o "$T/out/$scheme"
		lttng -q enable-channel -u "--buffers-$scheme" --subbuf-size 65536 ch
		lttng -q enable-event -u -c ch 'rf_idle:*'
		lttng -q start
		began=$EPOCHREALTIME
		for ((i = 0; i < STARTING; i++)); do
			rf-idle -e 20000 -r "$T/started-$scheme-$i" >/dev/null &
			pids+=($!)
		done
		wait_until 60 ready_files "$STARTING" "$T/started-$scheme-" || bail "applications do not start"
		sleep "${START_SETTLE:-8}" # part of the measurement: how long the slowest may take
		kill -TERM "${pids[@]}"
		wait "${pids[@]}"
		pids=()
		lttng -q stop
		lttng -q destroy
		babeltrace2 --clock-seconds "$T/out/$scheme" >"$T/events" 2>"$T/events.err" || diag "$scheme: unreadable"
		read -r seen last < <(sed -nE 's/^\[([0-9.]+)\].* pid = ([0-9]+).*/\1 \2/p' "$T/events" |
			awk -v began="$began" '!($2 in first) { first[$2] = 1; n++; last = $1 } END { printf "%d %.0f\n", n, (last - began) * 1000 }')
		rm -rf "$T/out/$scheme"
		result "applications recording of $STARTING started, per-$scheme" "" more "$seen"
		# Who never recorded waited for ever: count the whole settling time.
		[ "$seen" = "$STARTING" ] || last=$(awk "BEGIN { print ${START_SETTLE:-8} * 1000 }")
		result "all of $STARTING recording, per-$scheme" ms less "$last"
	done
}

# flood_for_latency APPS: applications at full speed until they are told to end.
flood_for_latency() {
	local i
	for ((i = 0; i < $1; i++)); do
		rf-flood -t 600000 -r "$T/latency-$i" >/dev/null &
		pids+=($!)
	done
	wait_until 20 ready_files "$1" "$T/latency-" || bail "flood applications do not start"
}

# latencies MEASURE COUNT CMD...: run it so often; results are the median and the longest wall time.
latencies() {
	local measure=$1 count=$2 i list=()
	shift 2
	for ((i = 0; i < count; i++)); do
		elapsed "$@" || bail "$*: failed"
		list+=("$ELAPSED")
	done
	mapfile -t list < <(printf '%s\n' "${list[@]}" | sort -n)
	result "$measure, median" ms less "${list[$((count / 2))]}"
	result "$measure, longest" ms less "${list[$((count - 1))]}"
}

# Buffers are small, so that what is measured is not the speed of the disk.
case_rotate() {
	local n
	for n in $LATENCY_APPS; do
		lttng -q create "r$n" -o "$T/out/r$n"
		lttng -q enable-channel -u --subbuf-size 16384 --num-subbuf 4 ch
		lttng -q enable-event -u -c ch 'rf_flood:*'
		lttng -q start
		[ "$n" = 0 ] || flood_for_latency "$n"
		[ "$n" != 0 ] || rf-sample >/dev/null
		latencies "rotate, $n applications at full speed" "$LATENCY_ROUNDS" rotate_and_drop "$T/out/r$n"
		[ "$n" = 0 ] || end_apps
		lttng -q destroy
		rm -rf "$T/out/r$n" "$T/latency-"*
	done
}

# Only the client is waited for by who measures: what the chunk takes in memory is given back without.
rotate_and_drop() {
	lttng -q rotate || return 1
	rm -rf "$1/archives"/* &
}

case_snapshot() {
	local n
	for n in $LATENCY_APPS; do
		lttng -q create --snapshot "s$n" -o "$T/out/s$n"
		lttng -q enable-channel -u --subbuf-size 65536 --num-subbuf 8 ch
		lttng -q enable-event -u -c ch 'rf_flood:*'
		lttng -q start
		[ "$n" = 0 ] || flood_for_latency "$n"
		[ "$n" != 0 ] || rf-flood -n 100000 >/dev/null
		latencies "snapshot, $n applications at full speed" "$LATENCY_ROUNDS" lttng -q snapshot record
		[ "$n" = 0 ] || end_apps
		lttng -q destroy
		rm -rf "$T/out/s$n" "$T/latency-"*
	done
}

# Sum over all daemons, kB.
memory_of() {
	local field=$1 pid
	for pid in $(daemon_pids); do cat "/proc/$pid/smaps_rollup"; done | awk -v f="$field:" '$1 == f { n += $2 } END { print n }'
}

case_memory() {
	local scheme
	result "memory idle, PSS" kB less "$(memory_of Pss)"
	result "memory idle, RSS" kB less "$(memory_of Rss)"
	for scheme in uid pid; do
		lttng -q create "$scheme" -o "$T/out/$scheme"
		lttng -q enable-channel -u "--buffers-$scheme" ch
		lttng -q enable-event -u -c ch 'rf_idle:*'
		lttng -q start
		launch_idle "$MEMORY_APPS"
		result "memory, $MEMORY_APPS applications per-$scheme, PSS" kB less "$(memory_of Pss)"
		result "memory, $MEMORY_APPS applications per-$scheme, RSS" kB less "$(memory_of Rss)"
		lttng -q destroy
		end_apps
	done
}

start_suite
"case_${1:?a case}" || bail "case $1 failed"
pass "$1" >/dev/null
done_testing >/dev/null

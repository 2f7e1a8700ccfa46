#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Our recording of the kernel's own tracer beside perf record and trace-cmd record, of the same events, each alone and one after
# the other, every round in fresh private namespaces; medians and ratios as bench.sh has them. As root.
#
#     kernel.sh [CASE...]      cases: sustained saturated (default: both)
#
# sustained: a thread on each CPU makes system calls at a rate, for a time. Ours must lose nothing of it: it ends with 1 if not.
# saturated: more tasks than CPUs pass messages, with all events of scheduler, interrupts, timers and system calls.
#
# From the environment: ROUNDS=3 RATE=150000 (calls a second and CPU, two events each) SECONDS_LONG=30 RING_KB=8192 (of a CPU)
# KERNEL_DIR=/var/tmp (where traces go). A tool that is not there is left out, and that is said.

set -u
here=$(cd "$(dirname "$0")" && pwd)
ROUNDS=${ROUNDS:-3} RATE=${RATE:-150000} SECONDS_LONG=${SECONDS_LONG:-30} RING_KB=${RING_KB:-8192}
BUILD=${BUILD:-$(cd "$here/../.." && pwd)/build}
export ROUNDS RATE SECONDS_LONG RING_KB BUILD

# works TOOL: it is there, and may trace: trace-cmd wants to write the kernel's settings, too.
works() {
	case $1 in
	perf) perf record -q -a -o /dev/null -e syscalls:sys_enter_getppid true >"$results.tool" 2>&1 ;;
	trace-cmd)
		trace-cmd record -B rf-bench-try -o "$KERNEL_DIR/try" -e syscalls:sys_enter_getppid true >"$results.tool" 2>&1
		local status=$?
		rmdir /sys/kernel/tracing/instances/rf-bench-try 2>/dev/null
		return $status
		;;
	esac
}

if [ -z "${KERNEL_TOOL:-}" ]; then
	results=$(mktemp)
	KERNEL_DIR=$(mktemp -d "${KERNEL_DIR:-/var/tmp}/rf-bench-XXXXXX")
	export KERNEL_DIR
	trap 'rm -rf "$results" "$KERNEL_DIR"' EXIT
	[ $# -gt 0 ] || set -- sustained saturated
	tools=()
	for tool in perf trace-cmd; do
		if works "$tool"; then tools+=("$tool"); else echo "bench: without $tool: $(tail -n 2 "$results.tool" | tr '\n' ' ')" >&2; fi
	done
	rm -f "$results.tool"
	for name in "$@"; do
		for ((round = 1; round <= ROUNDS; round++)); do
			for tool in "${tools[@]}" ours; do
				echo "$name, round $round of $ROUNDS, $tool" >&2
				KERNEL_TOOL=$tool timeout 300 "$0" "$name" </dev/null | sed "s/^/$tool|/" >>"$results" ||
					echo "bench: $name with $tool failed" >&2
			done
		done
	done
	awk -F'|' -v others="${tools[*]}" -f "$here/table.awk" "$results"
	awk -F'|' '$1 == "ours" && $2 ~ /^sustained.*lost/ && $5 > 0 { lost = 1 } END { exit lost }' "$results" || {
		echo "bench: ours lost events of the sustained load" >&2
		exit 1
	}
	exit 0
fi

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$here/../lib/suite.sh"
CPUS=$(nproc)
TRACE=$(mktemp -d "$KERNEL_DIR/trace-XXXXXX")
CLK=$(getconf CLK_TCK)

result() {
	echo "$1|$2|$3|$4"
}

# The events of each case, for the tool.
events() {
	case $KERNEL_TOOL-$1 in
	ours-sustained) lttng -q enable-event -k -c c --syscall getppid ;;
	ours-saturated)
		lttng -q enable-event -k -c c --syscall --all
		lttng -q enable-event -k -c c 'sched_*,irq_*,timer_*'
		;;
	perf-sustained) echo "-e syscalls:sys_enter_getppid -e syscalls:sys_exit_getppid" ;;
	perf-saturated) echo "-e sched:* -e irq:* -e timer:* -e raw_syscalls:*" ;;
	trace-cmd-sustained) echo "-e syscalls:sys_enter_getppid -e syscalls:sys_exit_getppid" ;;
	trace-cmd-saturated) echo "-e sched -e irq -e timer -e syscalls" ;;
	esac
}

# CPU seconds of our processes so far: consumers and session daemon.
our_cpu() {
	local pid
	for pid in $(daemon_pids); do cat "/proc/$pid/stat"; done 2>/dev/null |
		sed 's/.*) //' | awk -v clk="$CLK" '{ n += $12 + $13 } END { printf "%.2f\n", n / clk }'
}

load() {
	case $1 in
	sustained) rf-rate -c "$CPUS" -n "$RATE" -t $((SECONDS_LONG * 1000)) >"$T/load" ;;
	saturated) perf bench sched messaging -g 4 -l 2000 -p >"$T/load" ;;
	esac
}

# Sets: cpu (seconds of the recorder), lost (events), recorded (events), bytes.
record_ours() {
	local before
	start_suite
	lttng -q create bench -o "$TRACE"
	lttng -q enable-channel -k --subbuf-size $((RING_KB / 4))K --num-subbuf 4 c
	events "$1"
	lttng -q start
	before=$(our_cpu)
	load "$1"
	lttng -q stop
	cpu=$(awk "BEGIN { print $(our_cpu) - $before }")
	lost=$(lttng list bench | sed -nE 's/^ *Discarded events: ([0-9]+)$/\1/p')
	lttng -q destroy
	recorded=$(babeltrace2 "$TRACE" --component=sink.utils.counter 2>/dev/null |
		awk '/ Event messages?$/ { gsub(",", "", $1); n = $1 } END { print n + 0 }')
	stop_suite
}

# timed COMMAND...: runs it with the load of CASE beside it, until that is over; its CPU seconds to cpu.
timed() {
	local name=$1 TIMEFORMAT='%U %S' pid
	shift
	{ time "$@" >"$T/tool" 2>&1; } 2>"$T/times" &
	pid=$!
	wait_until 30 tool_runs || bail "$KERNEL_TOOL does not begin: $(cat "$T/tool")"
	load "$name"
	pkill -INT -P "$pid"
	wait "$pid"
	cpu=$(awk '{ print $1 + $2 }' "$T/times")
}

record_perf() {
	tool_runs() { [ -s "$TRACE/perf.data" ] && sleep 1; }
	# shellcheck disable=SC2046 # a list of words
	timed "$1" perf record -a -N -B -k CLOCK_MONOTONIC -m "${RING_KB}K" -o "$TRACE/perf.data" $(events "$1")
	lost=$(perf report --stats -i "$TRACE/perf.data" 2>/dev/null | sed -nE 's/.*LOST_SAMPLES events: *([0-9]+).*/\1/p' | head -n 1)
	lost=$(($(perf script -i "$TRACE/perf.data" --show-lost-events 2>/dev/null | sed -nE 's/.*PERF_RECORD_LOST lost ([0-9]+).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }') + ${lost:-0}))
	recorded=$(perf report --stats -i "$TRACE/perf.data" 2>/dev/null | sed -nE 's/^ *SAMPLE events: *([0-9]+).*/\1/p' | head -n 1)
}

record_trace_cmd() {
	tool_runs() { grep -q 'Hit Ctrl' "$T/tool"; }
	# shellcheck disable=SC2046 # a list of words
	timed "$1" trace-cmd record -B rf-bench -b "$RING_KB" -C mono -o "$TRACE/trace.dat" $(events "$1")
	rmdir /sys/kernel/tracing/instances/rf-bench 2>/dev/null
	recorded=$(grep -hoE 'read events: [0-9]+' "$T/tool" | awk '{ n += $3 } END { print n + 0 }')
	lost=$(grep -hoE '(overrun|dropped events): [0-9]+' "$T/tool" | awk '{ n += $NF } END { print n + 0 }')
}

case $KERNEL_TOOL in
trace-cmd) record_trace_cmd "$1" ;;
*) "record_$KERNEL_TOOL" "$1" ;;
esac
bytes=$(du -sb "$TRACE" | cut -f1)
rm -rf "$TRACE"
[ "${recorded:-0}" -gt 0 ] || bail "$KERNEL_TOOL recorded nothing: $(tail -n 3 "$T/tool" 2>/dev/null)"
if [ "$1" = sustained ]; then
	calls=$(sed -n 's/^calls=//p' "$T/load")
	result "sustained: events a second" "thousands" more "$(awk "BEGIN { print 2 * $calls / $SECONDS_LONG / 1000 }")"
fi
result "$1: lost" "% of events" less "$(awk "BEGIN { print 100 * $lost / ($lost + $recorded) }")"
result "$1: recorder's CPU" "s per million events" less "$(awk "BEGIN { print $cpu * 1e6 / $recorded }")"
result "$1: size" "bytes an event" less "$(awk "BEGIN { print $bytes / $recorded }")"
pass "$1" >/dev/null
done_testing >/dev/null

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A session with both domains is one trace to a reader: what an application emits between two system calls is between them.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
n=1000
[ "$RF_SLOW" = 1 ] || n=200
out=$T/out/mixed

start_suite
k create mixed -o "$out"
k enable-event -u rf_sample:tick
k add-context -u -t procname
k enable-event -k --syscall getppid
k enable-event -k sched_switch
k add-context -k -t tid
gated rf-between -n $n
k start
load_runs
k stop
is "$(discarded mixed)" 0 "nothing discarded"
k destroy
ok "both domains are on disk" test -d "$out/kernel" -a -d "$out/ust"
ok "and readable as one" read_trace "$out"
tally
seen_is "syscall_entry_getppid $TID" $((2 * n)) "every system call begins"
seen_is "syscall_exit_getppid $TID" $((2 * n)) "and ends"
seen_is rf_sample:tick $n "every event of the application"
# lttng-modules take the clock's offset for themselves, some microseconds from the application tracer's: what they have in
# common is the clock itself.
if [ "$KERNEL_TRACER" = modules ]; then
	babeltrace2 --clock-cycles --no-delta "$out" 2>/dev/null | sed -E 's/^\[0*([0-9]+)\] /\1 - /' | sort -n >"$T/events"
fi
grep -E "getppid: .*\{ tid = $TID \}|rf_sample:tick: .*procname = \"rf-between\"" "$T/events" |
	awk '{ sub(/:$/, "", $4); print $4 }' | awk '
	BEGIN { split("syscall_entry_getppid syscall_exit_getppid rf_sample:tick syscall_entry_getppid syscall_exit_getppid", want, " ") }
	{ if ($1 != want[(NR - 1) % 5 + 1]) { print NR ": " $1; bad = 1; exit } }
	END { if (!bad) print NR }' >"$T/order"
is "$(cat "$T/order")" $((5 * n)) "entry, exit, event, entry, exit, always"
for domain in kernel ust; do
	dir=$(find "$out/$domain" -name metadata -printf '%h\n')
	babeltrace2 --output-format=ctf-metadata "$dir" >"$T/$domain.metadata" 2>/dev/null
done
same() {
	local want
	want=$(sed -n "/^clock {/,/^}/s/^\t*$1 = //p" "$T/ust.metadata")
	[ -n "$want" ] && [ "$want" = "$(sed -n "/^clock {/,/^}/s/^\t*$1 = //p" "$T/kernel.metadata")" ]
}
ok "the clock is one" same uuid
tracefs_ok "and so is its offset" same offset
for pair in 'domain = "kernel"' 'tracer_name = "lttng-modules"' 'tracer_major = 2' 'tracer_minor = 13'; do
	ok "readers are told: $pair" grep -qF "$pair" "$T/kernel.metadata"
done
ok "the daemon ends in order" stop_suite
done_testing

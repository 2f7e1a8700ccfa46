#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Probes: at a function of a program, of the kernel, and at its return, as far as this kernel has them.
#
# Takes up to 120 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
out=$T/out/probes
# Some file systems have no probes, as that of the emulated machine's programs.
program=/dev/shm/rf-probed
cp "$BIN/rf-syscalls" "$program"
has() {
	[ "$KERNEL_TRACER" = modules ] || [ -e "$TRACEFS/${1}_events" ]
}
probes_left() {
	cat "$TRACEFS/kprobe_events" "$TRACEFS/uprobe_events" 2>/dev/null | grep -E '[:/ ]rf_' | grep -cF -- "$1"
}

start_suite
k create probes -o "$out"
k enable-event -k --syscall getppid
if has uprobe; then
	k enable-event -k --userspace-probe="elf:$program:main" entered
	ok "a program's probe is listed" grep -q 'entered (type: userspace-probe)' <(lttng list probes)
	code 35 "the same one" enable-event -k --userspace-probe="elf:$program:main" entered
	not_ok "none at a function that is not there" lttng -n enable-event -k --userspace-probe="elf:$program:nosuchfunction" other
	not_ok "none in a program that is not there" lttng -n enable-event -k --userspace-probe="elf:$program-not:main" other
else
	code 82 "probes of programs are not in this kernel" enable-event -k --userspace-probe="elf:$program:main" entered
fi
if has kprobe; then
	k enable-event -k --probe=do_sys_openat2 opened
	k enable-event -k --probe=do_sys_openat2+0x0 opened0
	k enable-event -k --function=do_sys_openat2 around
	code 35 "the same one" enable-event -k --probe=do_sys_openat2 opened
	code 43 "none at a symbol that is not there" enable-event -k --probe=nosuchsymbol nowhere
	not_ok "no filter" lttng -n enable-event -k --probe=do_sys_openat2 filtered --filter 'ip > 0'
else
	code 82 "the kernel's probes are not in this kernel" enable-event -k --probe=do_sys_openat2 opened
	code 82 "nor those of functions" enable-event -k --function=do_sys_openat2 around
fi
k add-context -k -t tid
k start
for opens in 10 20 30; do "$program" -o $opens >"$T/load"; done
gated "$program" -o 10
load_runs
k stop
k destroy
ok "the trace is readable" read_trace "$out"
tally
if has uprobe; then
	is "$(count ' entered: .*\{ ip = 0x[0-9A-F]+ \}')" 4 "the program was entered four times"
	seen_is "entered $TID" 1 "once by the last"
	is "$(grep -oE ' entered: .*ip = 0x[0-9A-F]*' "$T/events" | grep -oE '[0-9A-F]{3}$' | sort -u | wc -l)" 1 "always at one place in a page"
fi
if has kprobe; then
	ok "the last program's files" test "${EVENTS[opened $TID]:-0}" -ge 10
	for name in opened0 around_entry around_exit; do
		# The one that opens the gate is in the middle of it when recording begins.
		seen "$name $TID"
		ok "$name: as often: $N" test $((N - ${EVENTS[opened $TID]:-0})) -ge 0 -a $((N - ${EVENTS[opened $TID]:-0})) -le 1
	done
	ok "fields of a probe" grep -qE ' opened: .*\{ ip = 0x[0-9A-F]+ \}' "$T/events"
	ok "of the entry" grep -qE ' around_entry: .*\{ ip = 0x[0-9A-F]+, parent_ip = 0x[0-9A-F]+ \}' "$T/events"
	ok "and of the exit" grep -qE ' around_exit: .*\{ ip = 0x[0-9A-F]+, parent_ip = 0x[0-9A-F]+ \}' "$T/events"
fi
if [ "$KERNEL_TRACER" = tracefs ]; then
	is "$(probes_left "$program")" 0 "no probe is left"
fi

# Switched off and on again.
if has uprobe; then
	k create switched -o "$T/out/switched"
	k enable-event -k --userspace-probe="elf:$program:main" entered
	k start
	"$program" >"$T/load"
	code 0 "switched off" disable-event -k entered
	"$program" >"$T/load"
	"$program" >"$T/load"
	if [ "$SUITE" = ours ]; then
		code 0 "and on" enable-event -k --userspace-probe="elf:$program:main" entered
		"$program" >"$T/load"
		want=2
	else
		skip "and on" "the stock daemons say that there is one"
		want=1
	fi
	k destroy
	ok "the trace is readable" read_trace "$T/out/switched"
	is "$(count ' entered: ')" $want "only while it is on"
fi
ok "the daemon ends in order" stop_suite
done_testing

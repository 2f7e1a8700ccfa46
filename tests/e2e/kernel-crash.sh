#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Killing a daemon while it records the kernel: what is on disk is readable, nothing stays switched on in the kernel after the
# next start, and what is not ours is not touched.
#
# Takes up to 180 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
alone
delay=200
[ "$RF_SLOW" = 1 ] || delay=1000

gone_instances() {
	local name
	for name in "$@"; do
		[ ! -e "$TRACEFS/instances/$name" ] || return 1
	done
}

# Somebody else's: an instance that records, and one without events.
foreign() {
	cat "$RAW/tracing_on" "$RAW/set_event" "$RAW/trace_clock" "$TRACEFS/tracing_on" "$TRACEFS/set_event"
}
raw_begins syscalls:sys_enter_lseek
foreign >"$T/foreign"

for role in consumer sessiond broker; do
	[ "$SUITE:$role" != stock:broker ] || continue
	name=of-$role
	start_suite
	k create "$name" -o "$T/out/$name"
	k enable-channel -k --subbuf-size 4096 --num-subbuf 16 ch
	k enable-event -k -c ch --syscall lseek
	k add-context -k -c ch -t tid
	k start
	load_begins -l 1000000 -d $delay
	load_goes
	ok "$name: it records" wait_until 10 has_packets "$T/out/$name"
	mapfile -t were < <(instances)
	[ "$KERNEL_TRACER" != tracefs ] || is "${#were[@]}" 1 "$name: one instance, of one channel"
	mapfile -t pids < <(daemon_pids "$role")
	kill -KILL "${pids[@]}"
	case $role in
	consumer)
		ok "$name: the session daemon still answers" within 10 lttng list
		ours_ok "$name: the session can go" within 20 lttng -q destroy "$name"
		tracefs_ok "$name: and its instance goes with it" wait_until 5 gone_instances "${were[@]}"
		;;
	sessiond)
		if [ "$SUITE" = ours ]; then
			ok "$name: it comes back" wait_until 8 suite_ready
			tracefs_ok "$name: without the old instance" wait_until 10 gone_instances "${were[@]}"
			k create again -o "$T/out/again"
			k enable-event -k --syscall getppid
			k add-context -k -t tid
			k start
			spare=$LOAD_PID
			load_begins -n 100
			load_runs
			LOAD_PID=$spare
			k destroy
			ok "$name: it records again" read_trace "$T/out/again"
			tally
			seen_is "syscall_entry_getppid $TID" 100 "$name: everything"
		fi
		;;
	broker) ok "$name: all others go with it" wait_until 5 no_daemons ;;
	esac
	kill -TERM "$LOAD_PID"
	wait "$LOAD_PID" 2>/dev/null
	kill_suite
	if left_readable "$name"; then
		tally
		seen syscall_entry_lseek
		ok "$name: and not empty: $N" test "$N" -gt 0
	fi
	if [ "$KERNEL_TRACER" = tracefs ]; then
		if [ "$role" = broker ]; then
			for instance in "${were[@]}"; do
				[ ! -e "$TRACEFS/instances/$instance" ] || is "$(cat "$TRACEFS/instances/$instance/tracing_on")" 0 "$name: it records no more"
			done
		fi
		start_suite
		ok "$name: nothing is left after the next start" wait_until 15 gone_instances "${were[@]}"
		stop_suite
	fi
done
is "$(foreign | diff - "$T/foreign")" "" "what is not ours is as it was"
raw_ends >/dev/null
ok "and has recorded throughout" test -s "$T/raw"
done_testing

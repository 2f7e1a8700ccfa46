#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Which processes are recorded. Here processes are not in a name space of their own: clients name them as the kernel does.
#
# Takes up to 120 s

export RF_SHARE_PIDS=1
# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
rf_leave() {
	raw_gone 2>/dev/null
	# shellcheck disable=SC2119 # all of them
	daemon_pids | xargs -r kill -KILL
	[ -z "$LOAD_PID" ] || kill -KILL "$LOAD_PID"
}

start_suite
# session NAME: a load at its gate in LOAD_PID, another one's in OTHER_PID.
session() {
	k create "$1" -o "$T/out/$1"
	k enable-event -k --syscall getppid
	k enable-event -k --syscall futex
	k add-context -k -t tid
	gated rf-syscalls -n 100 -p 20
	OTHER_PID=$LOAD_PID OTHER_TID=$TID
	mv "$T/load.gate" "$T/other.gate"
	gated rf-syscalls -n 100 -p 20
}
# recorded WANT OTHER DESC: how much of the one and of the other.
recorded() {
	k stop
	k destroy
	ok "$3: the trace is readable" read_trace "$T/out/$3"
	tally
	is "${EVENTS[syscall_entry_getppid $TID]:-0} ${EVENTS[syscall_entry_getppid $OTHER_TID]:-0}" "$1 $2" "$3: of the one and the other"
}
loads_run() {
	: >"$T/other.gate"
	load_runs
	wait "$OTHER_PID"
	is $? 0 "and the other"
}

session include
k track -k --pid "$LOAD_PID"
ok "include: listed" grep -qE "^ *$LOAD_PID *$|\[$LOAD_PID\]|: $LOAD_PID$|Process ID.*$LOAD_PID" <(lttng list include)
k start
if [ "$KERNEL_TRACER" = tracefs ]; then
	# Beside them is a number that no thread has, so that the list is not empty when they end.
	is "$(sort -n "$TRACEFS/instances/$(instances)/set_event_pid" | awk '$1 < 4194304' | tr '\n' ' ')" "$(printf '%s\n' "$TID" "$PARTNER" | sort -n | tr '\n' ' ')" "include: all its threads"
fi
loads_run
recorded 100 0 include

session both
k track -k --pid "$LOAD_PID,$OTHER_PID"
k start
loads_run
recorded 100 100 both

session excluded
k track -k --pid "$LOAD_PID,$OTHER_PID"
k start
k untrack -k --pid "$OTHER_PID"
loads_run
recorded 100 0 excluded

session none
k untrack -k --pid --all
k start
loads_run
recorded 0 0 none

session again
k untrack -k --pid --all
k start
k track -k --pid --all
loads_run
recorded 100 100 again

session numbers
# The client does not say that it was refused.
lttng track -k --uid 5 >"$T/track.out" 2>&1
if [ "$KERNEL_TRACER" = modules ]; then
	is "$(lttng list numbers | grep -c '^  User IDs: .*5')" 1 "users are tracked"
else
	is "$(lttng list numbers | grep -c '^  User IDs: *all$')" 1 "users are not tracked, and not said to be"
fi
kill -KILL "$LOAD_PID" "$OTHER_PID"
wait "$LOAD_PID" "$OTHER_PID" 2>/dev/null
LOAD_PID=
k destroy
ok "the daemon ends in order" stop_suite
done_testing

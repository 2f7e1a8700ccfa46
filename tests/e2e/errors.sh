#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a client is told: exit codes of the stock command, and the defects of the stock daemons that ours must not have.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
# code WANT DESC ARGUMENTS...
code() {
	local want=$1 desc=$2 rc
	shift 2
	timeout 10 lttng "$@" >"$T/code.out" 2>&1
	rc=$?
	is "$rc" "$want" "$desc" || diag "$(cat "$T/code.out")"
}
lttng -q create s -o "$T/out/s"
code 72 "start without a channel" start
code 1 "an existing session" create s -o "$T/out/s2"
code 0 "a channel" enable-channel -u c
code 4 "the same channel" enable-channel -u c
code 0 "disable-channel" disable-channel -u c
code 0 "and enable it again" enable-channel -u c
code 0 "an event" enable-event -u -c c 'rf_sample:*' --filter 'seq>3'
code 55 "the same event" enable-event -u -c c 'rf_sample:*' --filter 'seq>3'
code 83 "a channel name is needed" enable-event -u x
code 112 "a reserved name" enable-event -u -c c lttng_jul:x
code 0 "disable-event" disable-event -u -c c 'rf_sample:*'
code 0 "disable-event again" disable-event -u -c c 'rf_sample:*'
not_ok "disable an unknown event" lttng disable-event -u -c c nosuch
code 0 "contexts" add-context -u -t vpid -t procname
code 4 "the same contexts" add-context -u -t vpid -t procname
code 0 "start" start
code 80 "start twice" start
code 4 "no context after the start" add-context -u -t vtid
not_ok "no channel after the start" lttng enable-channel -u d
code 0 "stop" stop
code 81 "stop twice" stop
code 0 "destroy" destroy
code 23 "start of an unknown session" start nosuch

lttng -q create x -o "$T/out/x"
lttng -q enable-channel -u c
ok "an exclusion" lttng enable-event -u -c c 'a*' --exclude ab,ac
ours_ok "an exclusion is listed" grep -q 'exclusions: ab,ac' <(timeout 5 lttng list x)
wait_until 5 suite_ready || { wait "$DAEMON_PID" 2>/dev/null; start_suite; lttng -q create x -o "$T/out/x"; }
not_ok "a channel that cannot be made" lttng enable-channel -u --subbuf-size 4096 --num-subbuf 1 --overwrite bad -s x
lttng -q create y -o "$T/out/y"
lttng enable-channel -u --overwrite --num-subbuf 1 bad >/dev/null 2>&1
ours_ok "a failed channel has no effect later" lttng enable-event -u rf_sample:tick
lttng -q create z -o /proc/zz >/dev/null 2>&1
lttng -q enable-event -u rf_sample:tick -s z
code 17 "start into a place that cannot be made" start z
code 81 "and the session stays inactive" stop z
for ((i = 0; i < 50; i++)); do
	lttng enable-event -k sched_switch -s z >"$T/k.out" 2>&1
	[ $? != 141 ] || break
done
ours_ok "an early refusal never costs the client a SIGPIPE" test "$i" = 50
ok "after all that, it answers" timeout 5 lttng list
done_testing

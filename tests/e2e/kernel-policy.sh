#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who may trace the kernel: root, and whom the policy file names. Who may talk to the daemon may not yet do that.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
if [ "$SUITE" = stock ]; then
	skip "kernel-policy" "in the stock daemons whoever may connect may trace the kernel"
	done_testing
fi
alice() { client_as "$ALICE" "$@"; }

# refused DESC ARGUMENT...: with a message that says what is not allowed.
refused() {
	local desc=$1
	shift
	alice lttng "$@" >"$T/refused" 2>&1
	is $(($? != 0)) 1 "$desc: refused"
	grep -qiE 'permission|denied|not (allowed|permitted)' "$T/refused" || { fail "$desc: and is told why"; diag "$(cat "$T/refused")"; }
}

policy=$T/policy.conf
echo "# nobody" >"$policy"
start_suite --policy "$policy"
alice lttng -q create mine -o "$T/out/mine"
refused "a tracepoint" enable-event -k sched_switch -s mine
refused "system calls" enable-event -k --syscall --all -s mine
refused "a channel" enable-channel -k c -s mine
not_ok "a tracker: refused" alice lttng track -k --pid 1 -s mine # the client does not say why
refused "a probe" enable-event -k --probe=do_sys_openat2 p -s mine
is "$(alice lttng list mine | grep -c 'Kernel')" 0 "nothing was added"
is "$(instances | wc -l)" 0 "nor made"
alice lttng -q enable-event -u rf_sample:tick -s mine
ok "the session records applications" alice lttng start mine
run_as "$ALICE" rf-sample -n 3 >"$T/app-out"
alice lttng -q destroy mine
is "$(events "$T/out/mine")" 3 "as before"
ok "root may" lttng -q create roots -o "$T/out/roots"
k enable-event -k --syscall getppid
k destroy

printf '[kernel]\nusers = rf-alice\n' >"$policy"
kill -HUP "$DAEMON_PID"
alice lttng -q create granted -o "$T/out/granted"
ok "granted while the daemon runs" wait_until 5 alice lttng enable-event -k --syscall getppid -s granted
ok "a context" alice lttng add-context -k -t tid -s granted
load_begins -n 40
ok "and start" alice lttng start granted
load_runs
ok "and stop" alice lttng stop granted
ok "and destroy" alice lttng destroy granted
is "$(find "$T/out/granted" ! -user "$ALICE" | wc -l)" 0 "the trace is all its owner's"
ok "and readable" read_trace "$T/out/granted"
tally
seen_is "syscall_entry_getppid $TID" 40 "everything is there"
client_as "$BOB" lttng -q create bobs -o "$T/out/bobs"
not_ok "others still may not" client_as "$BOB" lttng enable-event -k sched_switch -s bobs

echo "# nobody" >"$policy"
kill -HUP "$DAEMON_PID"
alice lttng -q create again -o "$T/out/again"
not_allowed() {
	! alice lttng enable-event -k sched_switch -s again
}
ok "taken back while the daemon runs" wait_until 5 not_allowed
ok "the daemon ends in order" stop_suite
done_testing

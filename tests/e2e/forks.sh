#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Processes that fork, become others, become daemons, change their identity or live in name spaces: all their events are
# there, and where they belong is what the kernel says of them.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
start_suite
preload=liblttng-ust-fork.so.1
export LTTNG_UST_REGISTER_TIMEOUT=-1

# recording NAME SCHEME CMD...: a session around a command, and around what it leaves behind until that makes file $T/done.
recording() {
	local name=$1 scheme=$2
	shift 2
	lttng -q create "$name" -o "$T/out/$name"
	lttng -q enable-channel -u "--buffers-$scheme" ch
	lttng -q enable-event -u -c ch 'rf_sample:*'
	lttng -q add-context -u -c ch -t vpid -t vuid -t procname
	lttng -q start
	ok "$name: runs" "$@"
	if [[ " $* " = *" $T/done "* ]]; then wait_until 10 test -e "$T/done" || fail "$name: it comes to its end"; fi
	rm -f "$T/done"
	wait_until 10 apps_registered 0 || fail "$name: applications stay"
	lttng -q stop
	lttng -q destroy
	ok "$name: readable" read_trace "$T/out/$name"
}
# processes: how many different ones are in $T/events.
processes() { grep -oE 'vpid = [0-9]+' "$T/events" | sort -u | wc -l; }
with_text() { grep -c "text = \"$1\"" "$T/events"; }
users() { find "$T/out/$1/ust/uid" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' '; }

for scheme in uid pid; do
	recording "fork-$scheme" "$scheme" env LD_PRELOAD=$preload rf-forker -n 10
	is "$(with_text before) $(with_text child) $(with_text after)" "10 10 10" "fork-$scheme: every event"
	is "$(processes)" 2 "fork-$scheme: of two processes"

	recording "exec-$scheme" "$scheme" env LD_PRELOAD=$preload rf-forker -n 10 -x "$BIN/rf-sample" -- -n 7 -t execed
	is "$(with_text before) $(with_text execed) $(with_text after)" "10 7 10" "exec-$scheme: every event"
	is "$(processes)" 2 "exec-$scheme: of two processes"

	# Without the preloaded library a child has no thread that speaks to the daemon, until it becomes another program.
	recording "plain-exec-$scheme" "$scheme" rf-forker -n 10 -x "$BIN/rf-sample" -- -n 7 -t execed
	is "$(with_text before) $(with_text execed) $(with_text after)" "10 7 10" "plain-exec-$scheme: every event"

	recording "plain-fork-$scheme" "$scheme" rf-forker -n 10
	is "$(with_text before) $(with_text after)" "10 10" "plain-fork-$scheme: every event of the parent"

	recording "daemon-$scheme" "$scheme" env LD_PRELOAD=$preload rf-forker -n 10 -d "$T/done"
	is "$(with_text before) $(with_text daemon)" "10 10" "daemon-$scheme: every event"
	is "$(processes)" 2 "daemon-$scheme: of two processes"
done

# A program that runs as its owner: alice's, started by bob.
mkdir -p "$T/setuid"
cp "$BIN/rf-sample" "$T/setuid/rf-setuid"
chown "$ALICE:$ALICE" "$T/setuid/rf-setuid"
chmod 4755 "$T/setuid/rf-setuid"
recording setuid uid run_as "$BOB" "$T/setuid/rf-setuid" -n 5
is "$(wc -l <"$T/events")" 5 "setuid: every event"
is "$(users setuid)" "$ALICE " "setuid: it belongs to whom the kernel says"

# Number 1 of a process name space of its own.
named_pid() {
	unshare -p -f --kill-child rf-idle -r "$T/ready-pid" >/dev/null &
	outside=$!
	wait_until 10 test -e "$T/ready-pid" || return 1
	inner=$(cat "/proc/$outside/task/$outside/children")
	app_registered "${inner% }"
}
ok "pid name space: listed with the number that it has outside" named_pid
is "$(lttng list -u | grep -c '^PID: 1 ')" 0 "pid name space: and not with that inside"
kill -TERM "${inner% }"
wait "$outside"
wait_until 10 apps_registered 0
recording pid-space uid unshare -p -f rf-sample -n 5
is "$(grep -c 'vpid = 1,' "$T/events")" 5 "pid name space: events say what it is inside"

# Root of a user name space of its own.
if run_as "$ALICE" unshare -U -r true 2>/dev/null; then
	recording user-space uid run_as "$ALICE" unshare -U -r rf-sample -n 5
	is "$(grep -c 'vuid = 0,' "$T/events")" 5 "user name space: events say what it is inside"
	is "$(users user-space)" "$ALICE " "user name space: it belongs to whom the kernel says"
	lttng -q create track -o "$T/out/track"
	lttng -q enable-event -u rf_sample:tick
	lttng -q track -u --vuid "$ALICE"
	lttng -q start
	ok "user name space: a tracked user" run_as "$ALICE" unshare -U -r rf-sample -n 5
	lttng -q destroy
	is "$(events "$T/out/track")" 5 "user name space: a tracker goes by what the kernel says"
	recording both uid run_as "$ALICE" unshare -U -r -p -f rf-sample -n 5
	is "$(wc -l <"$T/events")" 5 "both name spaces: every event"
	is "$(users both)" "$ALICE " "both name spaces: it belongs to whom the kernel says"
else
	skip "user name spaces" "no user may make one here"
fi
done_testing

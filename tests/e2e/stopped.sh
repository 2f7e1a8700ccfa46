#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 3 of 20 applications stopped by SIGSTOP: start ends, and nobody else waits.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
pids=()
for ((i = 0; i < 20; i++)); do
	rf-idle -r "$T/ready-$i" -e 20000 >/dev/null &
	pids+=($!)
done
wait_until 10 ready_files 20 "$T/ready-" || bail "applications do not start"
wait_until 5 apps_registered 20 || bail "applications do not register"
kill -STOP "${pids[@]:0:3}"
lttng -q create s -o "$T/out/s"
lttng -q enable-event -u 'rf_idle:*'
(elapsed lttng -q start; echo "$? $ELAPSED" >"$T/start") &
start=$!
worst=0 lists=0
while kill -0 "$start" 2>/dev/null; do
	elapsed lttng -n list >"$T/list-out" || diag "list failed"
	[ "$ELAPSED" -le "$worst" ] || worst=$ELAPSED
	lists=$((lists + 1))
	sleep 0.05
done
wait "$start"
read -r status took <"$T/start"
diag "start took $took ms; the slowest of $lists lists $worst ms"
is "$status" 0 "start succeeds"
ours_ok "start ends within 7 s" at_most "$took" 7000
ours_ok "lists of another client take at most 0.5 s" at_most "$worst" 500
kill -CONT "${pids[@]:0:3}"
# What is in a trace is only sure after a stop.
all_recorded() {
	lttng -q stop
	read_trace "$T/out/s" && [ "$(grep -oE " pid = [0-9]+" "$T/events" | sort -u | wc -l)" = 20 ] && return
	lttng -q start
	return 1
}
ok "after SIGCONT all 20 are recorded" wait_until 12 all_recorded
kill -TERM "${pids[@]}"
wait "${pids[@]}"
lttng -q destroy
done_testing

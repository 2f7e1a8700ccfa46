#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Many applications, early and late ones, killed ones, forks and execs.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite

wait_pids() {
	local pid
	for pid; do wait "$pid"; done
}

for scheme in uid pid; do
	out=$T/out/$scheme
	mkfifo "$T/gate-$scheme"
	pids=()
	for ((i = 0; i < 10; i++)); do
		rf-sample -n 20 -g "$T/gate-$scheme" -r "$T/early-$scheme-$i" >>"$T/app-out" &
		pids+=($!)
	done
	wait_until 10 ready_files 10 "$T/early-$scheme-" || bail "early applications do not start"
	lttng -q create "$scheme" -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" ch
	lttng -q enable-event -u -c ch 'rf_sample:*'
	lttng -q add-context -u -t vpid
	lttng -q start
	for ((i = 0; i < 10; i++)); do
		rf-sample -n 20 -g "$T/gate-$scheme" -r "$T/late-$scheme-$i" >>"$T/app-out" &
		pids+=($!)
	done
	wait_until 10 ready_files 10 "$T/late-$scheme-" || bail "late applications do not start"
	: >"$T/gate-$scheme"
	wait_pids "${pids[@]}"
	lttng -q stop
	is "$(discarded "$scheme")" 0 "$scheme: nothing discarded"
	lttng -q destroy
	is "$(events "$out")" 400 "$scheme: 10 early and 10 late applications"
	is "$(grep -oE 'vpid = [0-9]+' "$T/events" | sort -u | wc -l)" 20 "$scheme: of 20 processes"
done

# Killed in the middle.
has_data() {
	[ -n "$(find "$1" -path "*rf-flood*" -name "flood_?" -size +0 -o -path "*/uid/*" -name "flood_?" -size +0)" ]
}
for scheme in uid pid; do
	out=$T/out/kill-$scheme
	lttng -q create "kill-$scheme" -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" ch,flood
	lttng -q enable-event -u -c ch "rf_sample:*"
	lttng -q enable-event -u -c flood "rf_flood:*"
	lttng -q start
	rf-flood -t 20000 >/dev/null 2>&1 &
	victim=$!
	rf-sample -n 200 -d 5000 >>"$T/app-out" &
	bystander=$!
	ok "kill -9, $scheme: it records" wait_until 5 has_data "$out"
	kill -KILL "$victim"
	wait "$victim" 2>/dev/null
	wait "$bystander"
	ok "kill -9, $scheme: stop" timeout 5 lttng -q stop
	ok "kill -9, $scheme: destroy" timeout 5 lttng -q destroy
	is "$(events "$out" rf_sample:tick)" 200 "kill -9, $scheme: nothing of another application is lost"
	ok "kill -9, $scheme: some of the killed one is there" grep -q rf_flood:tick "$T/events"
done

# fork and exec.
preload=liblttng-ust-fork.so.1
lttng -q create fork -o "$T/out/fork"
lttng -q enable-event -u 'rf_sample:*'
lttng -q add-context -u -t vpid
lttng -q start
ok "fork: runs" env LD_PRELOAD=$preload rf-forker -n 10
ok "exec: runs" env LD_PRELOAD=$preload rf-forker -n 10 -x "$BIN/rf-sample" -- -n 7 -t execed
lttng -q destroy
is "$(events "$T/out/fork")" 57 "fork and exec: every event"
is "$(grep -c '"child"' "$T/events")" 10 "fork: the child's events"
is "$(grep -c '"execed"' "$T/events")" 7 "exec: the new program's events"
is "$(grep -oE 'vpid = [0-9]+' "$T/events" | sort -u | wc -l)" 4 "fork and exec: four processes"

# Applications before the daemon; what they offer.
stop_suite || fail "the daemon ends in order"
rf-idle -r "$T/idle-ready" &
idle=$!
wait_until 5 test -e "$T/idle-ready"
start_suite
ok "an application from before the daemon registers" wait_until 8 app_registered "$idle"
ok "list -u names its tracepoint" grep -q 'rf_idle:alive' <(lttng list -u)
ok "list -u -f names its fields" grep -q 'field: beat' <(lttng list -u -f)
kill -TERM "$idle"
wait "$idle"
ok "a gone application is not listed" wait_until 5 apps_registered 0
done_testing

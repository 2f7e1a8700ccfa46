#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 300 short-lived applications of three users at once: 10 events each, all of them recorded.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
storm() {
	local scheme=$1 out=$T/out/$1 i uid pids=()
	lttng -q create "$scheme" -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" ch
	lttng -q enable-event -u -c ch 'rf_sample:*'
	lttng -q start
	for ((i = 0; i < 100; i++)); do
		for uid in "$ALICE" "$BOB" "$CAROL"; do
			run_as "$uid" rf-sample -n 10 >>"$T/app-out" &
			pids+=($!)
		done
	done
	wait "${pids[@]}"
	ok "$scheme: stop" lttng -q stop
	ok "$scheme: destroy" lttng -q destroy
}
for uid in "$ALICE" "$BOB" "$CAROL"; do home_of "$uid" >/dev/null; done
for scheme in uid pid; do
	elapsed storm "$scheme"
	diag "$scheme: $ELAPSED ms"
	if [ "$SUITE" = stock ] && [ "$scheme" = pid ]; then
		skip "pid: 3,000 events" "known defect of the stock daemons"
		continue
	fi
	is "$(events "$T/out/$scheme")" 3000 "$scheme: 3,000 events"
done
done_testing

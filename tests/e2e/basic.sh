#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The main road: create, enable, start, one application, stop, destroy, read. Per-uid and per-pid, by scheme: every
# event is there once, in order, with its payload.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite

numbers_in_order() {
	grep -oE 'seq = [0-9]+' "$T/events" | awk '{ if ($3 != NR - 1) exit 1 } END { exit NR != 1000 }'
}

one_session() {
	local scheme=$1 out=$T/out/$1
	ok "$scheme: create" lttng create "$scheme" -o "$out"
	ok "$scheme: enable-channel" lttng enable-channel -u "--buffers-$scheme" ch
	ok "$scheme: enable-event" lttng enable-event -u -c ch 'rf_sample:*'
	ok "$scheme: nothing on disk before start" test ! -e "$out"
	ok "$scheme: start" lttng start
	is "$(rf-sample -n 1000)" "emitted 1000" "$scheme: the application emits"
	ok "$scheme: stop" lttng stop
	is "$(discarded "$scheme")" 0 "$scheme: nothing discarded"
	ok "$scheme: destroy" lttng destroy
	is "$(events "$out" 'rf_sample:tick')" 1000 "$scheme: every event is in the trace"
	ok "$scheme: each number once, in order" numbers_in_order
	is "$(grep -c 'text = "hello"' "$T/events")" 1000 "$scheme: payload"
}

one_session uid
one_session pid
ok "the daemon ends in order" stop_suite
done_testing

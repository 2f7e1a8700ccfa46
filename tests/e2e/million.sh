#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A million events into default buffers: recorded plus discarded is emitted, and what was recorded is what is read.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite

million() {
	local scheme=$1 out=$T/out/$1 read lost
	lttng -q create "$scheme" -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" ch
	lttng -q enable-event -u -c ch 'rf_flood:tick'
	ok "$scheme: start" lttng -q start
	ok "$scheme: emit" rf-flood -n 1000000
	ok "$scheme: stop" lttng -q stop
	lost=$(discarded "$scheme")
	lttng -q destroy
	read=$(events "$out")
	diag "$scheme: $read read, $lost discarded"
	# The stock daemons forget discarded events of per-pid buffers.
	ours_ok "$scheme: recorded + discarded = emitted" test "$((read + lost))" = 1000000
	ok "$scheme: something was recorded" test "$read" -gt 1000
	is "$(grep -oE 'seq = [0-9]+' "$T/events" | sort -u | wc -l)" "$read" "$scheme: no event twice"
	rm -rf "$out"
}

million uid
million pid
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs with thousands of tracepoints: they are registered in time, listed, recorded and readable.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# It is about numbers: on a busy machine the tracer needs long to make so many of its own objects in one command.
export LTTNG_APP_SOCKET_TIMEOUT=30
start_suite

# record NAME COUNT: the application starts while the session is active.
record() {
	local name=$1 count=$2
	lttng -q create "$name" -o "$T/out/$name"
	# All of them fit into the buffers.
	lttng -q enable-channel -u --subbuf-size 4194304 --num-subbuf 2 ch
	lttng -q enable-event -u -c ch 'rf_many:*'
	lttng -q start
	ok "$name: runs" rf-many -c "$count"
	diag "$(cat "$T/tap.out")"
	lttng -q stop
	is "$(discarded "$name")" 0 "$name: nothing discarded"
	lttng -q destroy
	is "$(events "$T/out/$name")" "$count" "$name: every event is recorded"
	is "$(grep -oE 'rf_many:e[0-9]+' "$T/events" | sort -u | wc -l)" "$count" "$name: each under its own name"
	is "$(sed -nE 's/.*rf_many:e([0-9]+):.* number = ([0-9]+), .*/\1 \2/p' "$T/events" | awk '$1 == $2' | wc -l)" "$count" \
		"$name: with its own number"
}

record thousand 1000
record ten-thousand 10000
# More ids than the short event header has. Tracer and reader need minutes for them on a busy machine.
if [ -n "${RF_SLOW:-}" ]; then
	record seventy-thousand 70000
else
	skip "seventy-thousand: every event is recorded" "takes minutes; set RF_SLOW=1"
fi

rf-many -c 10000 -g "$T/gate" -r "$T/ready" >"$T/app-out" &
app=$!
wait_until 20 test -e "$T/ready" || bail "the application does not start"
ok "they are listed" elapsed lttng -n list -u
diag "listed in $ELAPSED ms"
is "$(grep -cE '^ +rf_many:e[0-9]+ ' <(lttng -n list -u))" 10000 "all of them"
lttng -q create running -o "$T/out/running"
lttng -q enable-channel -u --subbuf-size 4194304 --num-subbuf 2 ch
lttng -q enable-event -u -c ch 'rf_many:*'
ok "a session starts with the application there" elapsed lttng -q start
diag "started in $ELAPSED ms"
touch "$T/gate"
wait "$app"
lttng -q destroy
is "$(events "$T/out/running")" 10000 "and has every event"
ok "the daemon ends in order" stop_suite
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every field class, context and enumeration is described as the stock daemons describe it, line by line, and read alike.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

# shellcheck disable=SC2016 # names of applications' contexts begin with a dollar
CONTEXTS=(vpid vtid procname ip pthread_id vuid veuid vsuid vgid vegid vsgid cgroup_ns ipc_ns mnt_ns net_ns pid_ns
	time_ns user_ns uts_ns '$app.rf:context' '$app.provider_2:other')

# What differs from run to run by its nature: identity, times, process ids.
normalise_text() {
	normalise_dates | sed -E 's/(\buuid = )"[^"]*"/\1UUID/; s/(offset = )-?[0-9]+/\1N/; s/(\bvpid = )[0-9]+/\1PID/
		s/(tracer_buffering_id = )[0-9]+/\1ID/'
}

normalise_events() {
	sed -E 's/^\[[^]]*\] \([^)]*\) //; s/rf-fields:\([0-9]+\)/rf-fields:(PID)/; s/(pthread_id|vpid|vtid|ip) = [0-9A-FXx]+/\1 = N/g; s/cpu_id = [0-9]+/cpu_id = N/'
}

# record SCHEME CHANNEL: a session of every event, with all contexts or without any; leaves text and events. One channel
# a session: the stock daemons number those of a session in no certain order.
record() {
	local scheme=$1 channel=$2 out=$T/out/$SUITE-$1-$2 context args=()
	lttng -q create fields -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" "$channel"
	lttng -q enable-event -u -c "$channel" 'rf_fields:*'
	if [ "$channel" = with ]; then
		for context in "${CONTEXTS[@]}"; do args+=(-t "$context"); done
		lttng -q add-context -u -c with "${args[@]}" || diag "$SUITE: no contexts"
	fi
	lttng -q start
	rf-fields -m -n 3 >/dev/null
	lttng -q stop
	lttng -q destroy
	babeltrace2 -o ctf-metadata "$(dirname "$(find "$out" -name metadata)")" >"$T/text" 2>"$T/text.err" ||
		diag "$SUITE, $scheme: $(head -n 3 "$T/text.err")"
	normalise_text <"$T/text" >"$T/$SUITE-$scheme-$channel.text"
	read_trace "$out"
	normalise_events <"$T/events" | sort >"$T/$SUITE-$scheme-$channel.events"
}

command -v lttng-sessiond >/dev/null || bail "there are no stock daemons to compare with"
for SUITE in stock ours; do
	start_suite
	for scheme in uid pid; do
		record "$scheme" with
		record "$scheme" without
	done
	stop_suite || fail "the $SUITE daemons end in order"
done
for scheme in uid pid; do
	for channel in with without; do
		what="per-$scheme, $channel contexts"
		# 11 events, 3 times.
		is "$(wc -l <"$T/stock-$scheme-$channel.events")" 33 "$what: the stock daemons record every event"
		ok "$what: the same metadata" diff "$T/stock-$scheme-$channel.text" "$T/ours-$scheme-$channel.text"
		ok "$what: the same events" diff "$T/stock-$scheme-$channel.events" "$T/ours-$scheme-$channel.events"
		is "$(grep -c '^event {' "$T/ours-$scheme-$channel.text")" 11 "$what: all of them are described"
	done
	is "$(grep -c 'variant <' "$T/ours-$scheme-with.text")" 4 "per-$scheme: two contexts of applications, and both headers"
done
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Killing a daemon while it records leaves traces that are readable up to the last complete packet.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

record() {
	lttng -q create "$1" -o "$T/out/$1"
	lttng -q enable-channel -u "--buffers-$2" --subbuf-size 4096 ch
	lttng -q enable-event -u -c ch 'rf_*'
	lttng -q start
	rf-idle -e 2000 >/dev/null &
	app=$!
	wait_until 8 has_packets "$T/out/$1"
}

for role in consumer sessiond broker; do
	for scheme in uid pid; do
		[ "$SUITE:$role" != stock:broker ] || continue
		start_suite
		name=$role-$scheme
		record "$name" "$scheme" || fail "$name: records"
		daemon_pids "$role" | head -n 1 | xargs kill -KILL
		case $role in
		consumer)
			ok "$name: the session daemon still answers" timeout 5 lttng list
			ours_ok "$name: the session can go" timeout 10 lttng -q destroy "$name"
			;;
		sessiond)
			if [ "$SUITE" = ours ]; then
				ok "$name: it comes back" wait_until 8 suite_ready
				ok "$name: the application registers again" wait_until 8 app_registered "$app"
				lttng -q create "again-$scheme" -o "$T/out/again-$scheme"
				lttng -q enable-event -u 'rf_*'
				ok "$name: and can be traced again" lttng -q start
				rf-sample -n 5 >"$T/app-out"
				lttng -q destroy
				is "$(events "$T/out/again-$scheme" rf_sample)" 5 "$name: anew"
			fi
			;;
		broker) ok "$name: all others go with it" wait_until 5 no_daemons ;;
		esac
		kill -TERM "$app"
		wait "$app" 2>/dev/null
		kill_suite
		if left_readable "$name"; then
			ok "$name: and not empty" test -s "$T/events"
		fi
	done
done
done_testing

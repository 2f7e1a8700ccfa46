#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A consumer that hangs: its user's session ends all the same, and nobody else waits.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
if [ "$SUITE" = stock ]; then
	skip "one user's consumer hangs" "the stock suite has one consumer for all users, and no time-out for it"
	done_testing
	exit
fi
start_suite
for user in alice bob; do
	uid=$ALICE
	[ "$user" = alice ] || uid=$BOB
	mkdir "$T/out/$user"
	chown "$uid:$uid" "$T/out/$user"
	client_as "$uid" lttng -q create "$user" -o "$T/out/$user/t"
	client_as "$uid" lttng -q enable-event -u 'rf_sample:*'
	client_as "$uid" lttng -q start
	run_as "$uid" rf-sample -n 100 >/dev/null
	[ "$user" != alice ] || alices=$(daemon_pids consumer)
done
kill -STOP "$alices"
client_as "$ALICE" timeout 60 lttng -q stop --no-wait &
stopping=$!
ok "another user's stop" elapsed client_as "$BOB" lttng -q stop
elapsed client_as "$BOB" lttng -q destroy
ok "another user's destroy takes no second" at_most "$ELAPSED" 1000
is "$(events "$T/out/bob")" 100 "another user's events"
ok "the hanging consumer's session is stopped, too" wait "$stopping"
ok "and destroyed" client_as "$ALICE" timeout 60 lttng -q destroy
ok "the hanging consumer is ended" wait_until 20 gone "$alices"
ok "that user can record again" client_as "$ALICE" lttng -q create again -o "$T/out/alice/again"
client_as "$ALICE" lttng -q enable-event -u 'rf_sample:*'
client_as "$ALICE" lttng -q start
run_as "$ALICE" rf-sample -n 100 >/dev/null
client_as "$ALICE" lttng -q destroy
is "$(events "$T/out/alice/again")" 100 "and has every event"
ok "the daemon ends in order" stop_suite
done_testing

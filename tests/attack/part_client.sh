# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Hostile clients of a running session daemon: it stays up, answers others in time, and keeps nobody longer than its
# deadline.

# shellcheck source=tests/attack/suite.sh
. "$here/suite.sh"
# shellcheck disable=SC2119 # no hook
start_suite
# shellcheck disable=SC2034 # for suite.sh
hostile_program=hostile_client hostile_socket=/run/lttng/client-lttng-sessiond

as "$ALICE" lttng -n create of-alice --output="$T/home/$ALICE/of-alice" >/dev/null 2>&1
as "$BOB" lttng -n create of-bob --output="$T/home/$BOB/of-bob" >/dev/null 2>&1
lttng -n create of-root --output="$T/of-root" >/dev/null 2>&1

# Slow ones all at once; others are served meanwhile.
for name in half-envelope silence drip payload-missing descriptors-missing; do
	hostile "$name"
done
list_in_time "clients that are stuck"
for name in garbage payload-endless payload-large payload-garbage descriptors close-unread; do
	hostile "$name"
done
list_in_time "clients that send garbage"
hostile_results

hostile unknown-commands of-bob
hostile session-of-other of-alice
hostile session-of-other of-root
hostile_results
domains=$(lttng -n list of-alice)
if grep -q "Domain:" <<<"$domains"; then
	fail "client: nothing was made in a session of another user" "$domains"
else
	pass "client: nothing was made in a session of another user"
fi

become "$BOB" "$T/suite/hostile_client" "$hostile_socket" flood 1000 >"$T/log/flood" 2>&1 &
flood=$!
wait_until 10 grep -q connections "$T/log/flood"
list_in_time "a user who opens 1000 connections"
check "client: another user is served while one opens 1000 connections" as "$ALICE" lttng -n list
kill $flood
wait $flood 2>/dev/null
hostile knock 3000
list_in_time "a user who knocks without end"
hostile_results
check "client: the same user is served again" wait_until 5 as "$BOB" lttng -n list
same_processes client
stop_suite client

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Hostile applications: by bob, while sessions of root and alice record. Others start as fast as ever and lose nothing,
# their traces are whole, and the daemons stay.

# shellcheck source=tests/attack/suite.sh
. "$here/suite.sh"
start_suite
# shellcheck disable=SC2034 # for suite.sh
hostile_program=hostile_app hostile_socket=/run/lttng/lttng-ust-sock-8

# session UID NAME: one that records tracef().
session() {
	local uid=$1 out=$T/home/$1/$2
	check "a session of $1" as "$uid" bash -ec "
		lttng -n create $2 --output=$out
		lttng -n enable-channel -u -s $2 --subbuf-size=64k --num-subbuf=8 chan
		lttng -n enable-event -u -s $2 -c chan 'lttng_ust_tracef:*'
		lttng -n start $2"
}

# events DIR: how many a reader finds in a clean trace; its complaints otherwise.
events() {
	local out
	if out=$(babeltrace2 "$1" 2>"$T/log/babeltrace"); then
		grep -c "lttng_ust_tracef:event" <<<"$out"
	else
		tail -n 3 "$T/log/babeltrace"
	fi
	if grep -q "discarded" "$T/log/babeltrace"; then
		echo "and discarded ones"
	fi
}

recorded=0
# app_in_time WHILE: an application of alice starts, records 1000 events and ends in less than two seconds. One whose
# start is held up waits three.
app_in_time() {
	local begin ms limit=2000
	"$BUILD/tests/attack/attack_inside" --sanitized && limit=20000
	begin=$(now_ms)
	as "$ALICE" "$T/suite/traced_app" 1000
	ms=$(($(now_ms) - begin))
	recorded=$((recorded + 1000))
	if [ $ms -le $limit ]; then
		pass "an application of another user takes $ms ms despite $1"
	else
		fail "an application of another user takes $ms ms despite $1"
	fi
}

mkdir -p "$T/home/0"
session 0 all
session "$ALICE" of-alice
app_in_time "nothing"

for name in silence half-registration registration-drip no-notify never-replies reply-drips notify-half; do
	hostile $name
done
app_in_time "applications that are stuck"
list_in_time "applications that are stuck"
for name in registrations garbage replies-garbage hangs-up notify-kind notify-lengths notify-garbage notify-flood; do
	hostile $name
done
# Since Linux 6.16: SO_PASSRIGHTS.
if perl -e 'socket(S, 1, 1, 0); exit !defined getsockopt(S, 1, 83)'; then
	hostile descriptor
else
	skip "hostile_app descriptor" "this kernel cannot keep them from being sent"
fi
app_in_time "applications that send garbage"
list_in_time "applications that send garbage"
hostile_results

# More than one uid may have waiting, fewer than the daemon has descriptors.
become "$BOB" "$T/suite/hostile_app" "$hostile_socket" flood 6000 >"$T/log/flood" 2>&1 &
flood=$!
wait_until 20 grep -q connections "$T/log/flood"
app_in_time "a user who opens 6000 connections"
list_in_time "a user who opens 6000 connections"
kill $flood
wait $flood 2>/dev/null

# Ring buffers are shared with applications: what is in them is theirs, what the daemon does with it is not.
consumers=$(pids_of ringfence-consumerd)
session "$BOB" of-bob
become "$BOB" "$T/suite/traced_app" 300000 >"$T/log/busy" 2>&1 &
busy=$!
if as "$BOB" "$T/suite/traced_app" 1000 vandal >"$T/log/vandal" 2>&1; then
	pass "app: buffers cannot be cut, grown or sealed ($(tail -n 1 "$T/log/vandal"))"
else
	fail "app: buffers cannot be cut, grown or sealed" "$(sort "$T/log/vandal" | uniq -c | tail -n 10)"
fi
become "$BOB" "$T/suite/traced_app" 1000 endless-vandal >"$T/log/endless" 2>&1 &
endless=$!
wait_until 10 grep -q buffers "$T/log/endless"
app_in_time "an application that writes into its buffers' management data"
list_in_time "an application that writes into its buffers' management data"
for command in rotate clear rotate; do
	check "app: $command of a session with spoilt buffers" as "$BOB" timeout 20 lttng -n $command of-bob
done
check "app: a session with spoilt buffers can be stopped" as "$BOB" timeout 20 lttng -n stop of-bob
check "app: a session with spoilt buffers can be destroyed" as "$BOB" timeout 20 lttng -n destroy of-bob
kill $busy $endless 2>/dev/null
wait $busy $endless 2>/dev/null
app_in_time "what was left of them"
now=$(pids_of ringfence-consumerd)
for pid in $consumers; do
	grep -qx "$pid" <<<"$now" || fail "app: consumer $pid is still there" "$(grep "pid=$pid" "$T/log/suite")"
done

check "app: alice's session is stopped" as "$ALICE" timeout 20 lttng -n destroy of-alice
got=$(events "$T/home/$ALICE/of-alice")
if [ "$got" = "$recorded" ]; then
	pass "app: alice's trace has all of its $recorded events"
else
	fail "app: alice's trace has all of its $recorded events" "$got"
fi
check "app: root's session, which traced the hostile ones too, is destroyed" timeout 20 lttng -n destroy all
same_processes app
stop_suite app

# The same without what stops it.
start_suite no-seals
session "$BOB" of-bob
as "$BOB" "$T/suite/traced_app" 1000 vandal >"$T/log/vandal" 2>&1
if grep -q "cutting a buffer to nothing: succeeded" "$T/log/vandal"; then
	pass "app: buffers can be cut (no-seals)"
else
	fail "app: buffers can be cut (no-seals)" "$(tail -n 5 "$T/log/vandal")"
fi
stop_broker

start_suite keep-positions
session "$BOB" of-bob
as "$BOB" "$T/suite/traced_app" 1000 vandal >"$T/log/vandal" 2>&1
if as "$BOB" timeout 3 lttng -n destroy of-bob >/dev/null 2>&1; then
	fail "app: a session with spoilt buffers cannot be destroyed (keep-positions)"
else
	pass "app: a session with spoilt buffers cannot be destroyed (keep-positions)"
fi
pids_of ringfence-consumerd | xargs kill -KILL
stop_broker

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the health sockets tell, asked by liblttng-ctl.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
start_suite
ok "the session daemon is well" timeout 10 rf-health sessiond
is "$(rf-health sessiond 2>&1)" "12 components" "and has its twelve components"
ok "a member of the tracing group may ask" client_as "$ALICE" timeout 10 rf-health sessiond
# Others find no daemon of their own either.
run_as "$CAROL" timeout 10 rf-health sessiond >/dev/null 2>&1
is $? 3 "others may not"
# A stock daemon waits for who connected first.
perl -e 'use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; connect($s, pack_sockaddr_un("/run/lttng/sessiond-health")) or die; open(my $f, ">", "$ENV{T}/silent"); sleep 60' &
silent=$!
wait_until 5 test -e "$T/silent" || bail "cannot connect to the health socket"
ours_ok "silent clients are in nobody's way" timeout 10 rf-health sessiond
kill "$silent"
wait "$silent" 2>/dev/null

record() {
	lttng -q create "$1" -o "$T/out/$1"
	lttng -q enable-event -u 'rf_sample:*'
	lttng -q start
	rf-sample -n 10 >/dev/null
}

# sessiond_says WORDS: the component of that name is bad.
sessiond_says() {
	grep -q "$1" <(timeout 10 rf-health sessiond 2>/dev/null)
}

# The stock consumer has two processes.
signal_consumers() {
	daemon_pids consumer | xargs kill "-$1"
}

if [ "$SUITE" = ours ]; then
	rf-health consumerd64 >/dev/null 2>&1
	is $? 3 "without a consumer nobody answers for it"
fi
record one
consumers_listen=yes
[ "$SUITE" = stock ] || [ -S /run/lttng/ustconsumerd64/health ] || consumers_listen=
if [ -n "$consumers_listen" ]; then
	ok "the consumer is well" timeout 10 rf-health consumerd64
	is "$(rf-health consumerd64 2>&1)" "5 components" "and has its five components"
	signal_consumers STOP
	# A stopped stock consumer does not answer at all.
	if [ "$SUITE" = ours ]; then
		elapsed timeout 10 rf-health consumerd64 >"$T/components" 2>/dev/null
		is $? 1 "a stopped consumer is not"
		is "$(wc -l <"$T/components")" 5 "in any component"
		ok "which is told after a second" at_most "$ELAPSED" 3000
		ok "the session daemon is well all the same" timeout 10 rf-health sessiond
	fi
	signal_consumers CONT
	ok "it is well when it goes on" wait_until 5 timeout 10 rf-health consumerd64
else
	skip "the consumer's health" "the broker makes no socket for it"
fi
ok "a session records" lttng -q stop
signal_consumers KILL
ok "the death of a consumer shows" wait_until 5 sessiond_says 'consumer manager'
lttng -q destroy
if [ "$SUITE" = ours ]; then
	record two
	ok "until there is a new one" wait_until 5 timeout 10 rf-health sessiond
	lttng -q destroy
	is "$(events "$T/out/two")" 10 "which records"
	ok "the daemon ends in order" stop_suite
fi
done_testing

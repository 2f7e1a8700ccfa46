#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A file system in user space that never answers, in the hands of a user: its program gets no probe, and neither its
# owner's requests nor any others keep somebody waiting.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
if [ "$SUITE" = stock ]; then
	skip "kernel-fuse" "that such programs are refused is ours"
	done_testing
fi
alice() { client_as "$ALICE" "$@"; }
bob() { client_as "$BOB" "$@"; }

fuse=$T/fuse
mkdir "$fuse"
SERVER=
# serve: the file system, new.
serve() {
	: >"$T/fuse.log"
	rf-fuse serve "$fuse" "$ALICE" "$(command -v rf-sample)" >"$T/fuse.log" 2>&1 &
	SERVER=$!
	wait_until 10 grep -q . "$T/fuse.log" && grep -q mounted "$T/fuse.log"
}
# unserve: whoever waits for it goes on.
unserve() {
	[ -n "$SERVER" ] || return 0
	kill -KILL "$SERVER"
	wait "$SERVER" 2>/dev/null
	umount -l "$fuse"
	SERVER=
}
# others_served DESC: root's and another user's commands about the kernel, and an application's.
others_served() {
	ok "$1: a probe of another user is answered" elapsed bob timeout 20 lttng enable-event -k --syscall getppid -s bobs
	ok "$1: at once" at_most "$ELAPSED" 1500
	ok "$1: root's, too" elapsed timeout 20 lttng enable-event -k --syscall getppid -s roots
	ok "$1: at once" at_most "$ELAPSED" 1500
	bob lttng -q disable-event -k --syscall getppid -s bobs
	lttng -q disable-event -k --syscall getppid -s roots
}
said() {
	[ "$(grep -c "uid=$ALICE: no probe in .*/program: .*copy the program" "$T/log/daemon")" -ge "$1" ]
}

if ! serve; then
	skip "kernel-fuse" "no file system in user space here: $(head -n 1 "$T/fuse.log")"
	SERVER=
	done_testing
fi
policy=$T/policy.conf
printf '[kernel]\nusers = rf-alice rf-bob\n' >"$policy"
start_suite --policy "$policy"
alice lttng -q create mine -o "$T/out/mine"
bob lttng -q create bobs -o "$T/out/bobs"
lttng -q create roots -o "$T/out/roots"

alice lttng enable-event -k --userspace-probe="elf:$fuse/program:main" p -s mine >"$T/client" 2>&1 &
client=$!
others_served "one that answers nobody"
ok "the log says why, and what to do" wait_until 10 said 1
others_served "after that"
unserve
ok "the client ends when it is gone" wait_until 10 gone "$client"
wait "$client"
is $(($? != 0)) 1 "without its probe"
grep -qi "probe" "$T/client" || { fail "and is told so"; diag "$(cat "$T/client")"; }

serve || bail "no second file system"
clients=()
for _ in 1 2 3; do
	alice lttng enable-event -k --userspace-probe="elf:$fuse/program:main" p -s mine >/dev/null 2>&1 &
	clients+=($!)
done
others_served "three at once"
ok "all are refused" wait_until 10 said 4
unserve
wait "${clients[@]}"

serve || bail "no third file system"
alice rf-fuse send /run/lttng/client-lttng-sessiond "$fuse/program" >"$T/sent" 2>&1 &
client=$!
ok "what nobody asked for is sent along: an answer" wait_until 10 grep -qx 10 "$T/sent"
others_served "what nobody asked for"
alice lttng enable-event -k --userspace-probe="elf:$fuse/program:main" p -s mine >/dev/null 2>&1 &
ok "and once more a program" wait_until 10 said 5
kill -TERM "$DAEMON_PID"
DAEMON_PID=
ok "the daemon ends" wait_until 15 test -s "$T/daemon.status"
is "$(cat "$T/daemon.status")" 0 "in order, whoever waits"
unserve
ok "what waited ends with the file system" wait_until 10 no_daemons
ok "and the clients" wait_until 10 gone "$client"
done_testing

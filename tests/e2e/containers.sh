#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Applications in containers: with namespaces of their own, as long as they reach the application socket.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

# contained CMD...: process 1 of namespaces of its own, with another host name, /dev/shm and root directory's mounts.
contained() {
	unshare -p -m -n -i -u --fork --kill-child --mount-proc sh -c \
		'hostname contained; mount -t tmpfs tmpfs /dev/shm; exec "$@"' sh "$@"
}

# with_users CMD...: the same below a user name space in which an ordinary user is root.
with_users() {
	run_as "$ALICE" unshare -U -r -p -m -n -u --fork --kill-child --mount-proc "$@"
}

start_suite
for scheme in uid pid; do
	out=$T/out/$scheme
	lttng -q create "$scheme" -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" ch
	lttng -q enable-event -u -c ch 'rf_sample:*'
	lttng -q add-context -u -t vpid -t vuid -t pid_ns -t procname
	lttng -q start
	ok "$scheme: an application in a container runs" contained rf-sample -n 10 -t contained
	rf-sample -n 10 -t outside >/dev/null
	lttng -q stop
	lttng -q destroy
	is "$(events "$out")" 20 "$scheme: both are recorded"
	is "$(grep -c 'vpid = 1, .*"contained"' "$T/events")" 10 "$scheme: the context tells the pid that it knows of itself"
	is "$(grep -oE 'pid_ns = [0-9]+' "$T/events" | sort -u | wc -l)" 2 "$scheme: of two pid namespaces"
	not_ok "$scheme: the host name is that of the session" grep -q '^\[[^]]*\] ([^)]*) contained' "$T/events"
done
# Directories are named by the pid as the daemon sees it.
not_ok "a per-process directory has no inner pid" test -n "$(find "$T/out/pid/ust/pid" -name 'rf-sample-1-*')"
is "$(find "$T/out/pid/ust/pid" -mindepth 1 -maxdepth 1 | wc -l)" 2 "one for each"

# Many that are all process 1 of their own.
lttng -q create ones -o "$T/out/ones"
lttng -q enable-channel -u --buffers-pid ch
lttng -q enable-event -u -c ch 'rf_sample:*'
lttng -q start
pids=()
for ((i = 0; i < 10; i++)); do
	contained rf-sample -n 10 >/dev/null &
	pids+=($!)
done
wait "${pids[@]}"
lttng -q destroy
is "$(events "$T/out/ones")" 100 "ten containers at once"
is "$(find "$T/out/ones/ust/pid" -mindepth 1 -maxdepth 1 | wc -l)" 10 "have a trace each"

if run_as "$ALICE" unshare -U -r true 2>/dev/null; then
	lttng -q create users -o "$T/out/users"
	lttng -q enable-event -u 'rf_sample:*'
	lttng -q add-context -u -t vuid
	lttng -q start
	ok "an application in a user namespace runs" with_users rf-sample -n 10
	lttng -q destroy
	is "$(events "$T/out/users" 'vuid = 0')" 10 "it is root there"
	ok "and recorded as who it is here" test -d "$T/out/users/ust/uid/$ALICE"
	not_ok "and not as root" test -d "$T/out/users/ust/uid/0"
else
	skip "an application in a user namespace" "the kernel makes none for ordinary users"
fi
ok "the daemon ends in order" stop_suite

# A daemon in a container, and an application outside of it: it has no pid there.
if [ "$SUITE" = ours ]; then
	mapfile -t command < <(suite_command)
	unshare -p --fork --kill-child --mount-proc "${command[@]}" >>"$LOG/contained" 2>&1 &
	container=$!
	wait_until 10 suite_ready || bail "the daemon does not start in a container"
	rf-sample -n 10 >/dev/null
	ok "an application that the daemon cannot see is refused by name" wait_until 5 \
		grep -q 'application rf-sample, .*refused: it lives in a pid namespace that this daemon cannot see' "$LOG/contained"
	ok "and not listed" apps_registered 0
	kill -TERM "$(pgrep -P "$container")"
	ok "the daemon in its container ends in order" wait "$container"
fi
done_testing

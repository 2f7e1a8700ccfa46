#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How the daemon starts and ends: options, files it makes and removes, second instance. Without root: rootless.sh.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

run_dir=/run/lttng
mapfile -t command < <(suite_command)
shm_word() { od -An -N4 -td4 "$1" | tr -d ' '; }
mode_of() { stat -c '%a %U:%G' "$1"; }
pid_in_file() { cat "$1/lttng-sessiond.pid"; }

start_suite
is "$(mode_of $run_dir)" "755 root:tracing" "the runtime directory"
is "$(mode_of $run_dir/client-lttng-sessiond)" "660 root:tracing" "the client socket"
is "$(mode_of $run_dir/lttng-ust-sock-8)" "666 root:root" "the applications' socket"
if [ "$SUITE" = ours ]; then
	is "$(mode_of $run_dir/ustconsumerd64/health)" "660 root:tracing" "the consumers' health socket"
else
	skip "the consumers' health socket" "the stock daemons make it with the first consumer"
fi
is "$(mode_of /dev/shm/lttng-ust-wait-8)" "664 root:root" "the wait file"
is "$(shm_word /dev/shm/lttng-ust-wait-8)" 1 "the wait file says: listening"
is "$(pid_in_file $run_dir)" "$DAEMON_PID" "the pid file"
not_ok "a second instance refuses" timeout 5 "${command[@]}"
ok "and the first goes on" timeout 2 lttng list
if [ "$SUITE" = ours ]; then
	kill -HUP "$DAEMON_PID"
	ok "SIGHUP does not end it" timeout 2 lttng list
else
	skip "SIGHUP does not end it" "known defect of the stock daemons"
fi
ok "SIGTERM: exit status 0" stop_suite
is "$(ls -A $run_dir)" "" "SIGTERM: the runtime directory is empty"
is "$(shm_word /dev/shm/lttng-ust-wait-8)" 0 "SIGTERM: the wait file says so"

# -b keeps stdio, so it must not be a pipe that somebody reads to its end.
in_background() { timeout 10 "${command[@]}" "$1" >>"$LOG/daemon" 2>&1; }
for option in -d -b; do
	ok "$option: returns success" in_background "$option"
	ok "$option: a client is answered at once" lttng -n list
	pid=$(pid_in_file $run_dir)
	not_ok "$option: a second instance refuses" timeout 5 "${command[@]}" "$option"
	kill -TERM "$pid"
	ok "$option: ends" wait_until 10 no_daemons
	is "$(ls -A $run_dir)" "" "$option: leaves nothing"
done

signalled=0
trap 'signalled=1' USR1
"${command[@]}" --sig-parent >>"$LOG/daemon" 2>&1 &
pid=$!
was_signalled() { [ "$signalled" = 1 ]; }
ok "--sig-parent: SIGUSR1 arrives" wait_until 10 was_signalled
ok "--sig-parent: a client is answered at once" lttng -n list
kill -TERM "$pid"
ok "--sig-parent: ends" wait_until 10 no_daemons
wait "$pid"
trap - USR1

not_ok "a missing --config file is fatal" timeout 5 "${command[@]}" --config "$T/none"
ok "-V says a version" timeout 5 "${command[@]}" -V
done_testing

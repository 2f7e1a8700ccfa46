#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# More applications than there are descriptors for: those above are not recorded, which is said; nobody else suffers.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
APPS=60
# Both limits: a daemon raises the one to the other. Per application a consumer needs some twenty.
ulimit -n 500
start_suite
soft_limit() {
	awk '$1 == "Max" && $2 == "open" { print $4 }' "/proc/$1/limits"
}
if [ "$(soft_limit "$(daemon_pids broker)")" -gt 500 ]; then
	skip "the consumer runs out of descriptors" "the daemon may raise its limit here"
	done_testing
fi
lttng -q create s -o "$T/out/s"
lttng -q enable-channel -u --buffers-pid --subbuf-size 4096 --num-subbuf 2 a
lttng -q enable-channel -u --buffers-pid --subbuf-size 4096 --num-subbuf 2 b
lttng -q enable-event -u -c a 'rf_sample:*'
lttng -q enable-event -u -c b 'rf_sample:*'
lttng -q start
processes=$(daemon_pids | sort)
mkfifo "$T/gate"
pids=()
for ((i = 0; i < APPS; i++)); do
	LTTNG_UST_REGISTER_TIMEOUT=-1 rf-sample -n 10 -g "$T/gate" -r "$T/ready-$i" >/dev/null &
	pids+=($!)
done
ok "all applications get to main" wait_until 60 ready_files "$APPS" "$T/ready-"
exec 9<>"$T/gate"
wait "${pids[@]}"
exec 9>&-
# shellcheck disable=SC2119
consumer=$(daemon_pids consumer)
ok "the consumer lives" test -n "$consumer"
ok "an error says what is the matter" grep -q 'Too many open files' "$LOG/daemon"
wait_until 20 apps_registered 0 || fail "gone applications are not listed"
few_descriptors() {
	[ "$(find "/proc/$1/fd" -mindepth 1 | wc -l)" -lt 100 ]
}
ok "the consumer has its descriptors back" wait_until 20 few_descriptors "$consumer"
rf-sample -n 10 -t after >/dev/null
ok "no process died" test -z "$(comm -23 <(echo "$processes") <(daemon_pids | sort))"
ok "stop" lttng -q stop
ok "destroy" lttng -q destroy
diag "$(grep -c 'Too many open files' "$LOG/daemon") lines in the log"
read -r all after < <(events "$T/out/s" >/dev/null; awk '/"after"/ { n++ } END { print NR, n + 0 }' "$T/events")
is "$after" 20 "an application that comes later is recorded"
diag "$all events of $((20 * APPS + 20))"
ok "so are some of the many" test "$all" -gt 100
ok "the daemon ends in order" stop_suite
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Buffers in files: whatever is killed, lttng-crash extracts what applications had recorded until then.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

# begin SCHEME: a session whose buffers are in files and two applications that have emitted 50 events each. Nothing is read from
# the buffers before they are full, which they never are.
begin() {
	local i
	start_suite
	rm -rf "$T/shm" "$T/out/s" "$T/ready-"* "$T/crash"
	lttng -q create s -o "$T/out/s" --shm-path "$T/shm"
	lttng -q enable-channel -u "--buffers-$1" --subbuf-size 65536 --num-subbuf 4 ch
	lttng -q enable-event -u -c ch 'rf_idle:*'
	lttng -q start
	apps=()
	for i in 1 2; do
		LTTNG_UST_REGISTER_TIMEOUT=-1 rf-idle -r "$T/ready-$i" >/dev/null &
		apps+=($!)
	done
	wait_until 10 ready_files 2 "$T/ready-" || bail "the applications do not start"
	for app in "${apps[@]}"; do
		# One by one, so that none is merged with another.
		for ((i = 0; i < 50; i++)); do kill -USR1 "$app" && wait_until 5 taken "$app"; done
	done
}

# taken PID: it has no signal to take any more.
taken() {
	grep -q '^ShdPnd:.0*$' "/proc/$1/status"
}

kill_hard() {
	kill -KILL "$@"
	wait_until 5 all_gone "$@" || fail "killed processes stay"
}

all_gone() {
	local pid
	for pid; do gone "$pid" || grep -q '^State:.*zombie' "/proc/$pid/status" || return 1; done
}

# Ends whatever is left of daemons and applications.
clean_up() {
	kill -KILL "${apps[@]}" 2>/dev/null
	wait "${apps[@]}" 2>/dev/null
	kill_suite
	rm -f /run/lttng/*.pid
}

# extracted NAME WANTED
extracted() {
	ok "$1: lttng-crash extracts" lttng-crash -x "$T/crash" "$T/shm"
	ok "$1: what it extracts is readable" read_trace "$T/crash"
	is "$(grep -c rf_idle:alive "$T/events")" "$2" "$1: every event"
}

consumers_gone() {
	[ -z "$(daemon_pids consumer)" ]
}

# recovered NAME WANTED: who survives writes what is in the buffers to the trace, so part of it is there and part is extracted.
recovered() {
	local events=$T/recovered
	: >"$events"
	rm -rf "$T/crash"
	if [ -n "$(find "$T/shm" -name 'ch_*' 2>/dev/null)" ]; then
		ok "$1: lttng-crash extracts" lttng-crash -x "$T/crash" "$T/shm"
		[ ! -d "$T/crash" ] || { read_trace "$T/crash"; cat "$T/events" >>"$events"; }
	fi
	if [ -n "$(find "$T/out/s" -name 'ch_*' -size +0)" ]; then
		ok "$1: the trace is readable" read_trace "$T/out/s"
		cat "$T/events" >>"$events"
	fi
	is "$(grep -oE '[{] pid = [0-9]+, beat = [0-9]+' "$events" | sort -u | wc -l)" "$2" "$1: every event is here or there"
}

for scheme in uid pid; do
	begin "$scheme"
	kill_hard "${apps[0]}"
	# Per process, the buffers of who is gone are written out and go, too.
	if [ "$scheme" = uid ]; then
		extracted "$scheme, an application killed" 100
	else
		lttng -q stop
		lttng -q destroy
		is "$(events "$T/out/s" rf_idle:alive)" 100 "$scheme, an application killed: what it recorded is in the trace"
	fi
	clean_up

	# Everything at once: held first, so that none sees another die and cleans up.
	begin "$scheme"
	# shellcheck disable=SC2119 # all of them
	mapfile -t daemons < <(daemon_pids)
	kill -STOP "${daemons[@]}"
	kill_hard "${apps[@]}" "${daemons[@]}"
	extracted "$scheme, everything killed" 100
	clean_up

	# One after the other.
	for role in broker sessiond consumer; do
		if [ "$SUITE" = stock ]; then
			[ "$role" != broker ] || continue
			skip "$scheme, $role killed" "the stock daemons remove the buffers then, or not"
			continue
		fi
		begin "$scheme"
		mapfile -t daemons < <(daemon_pids "$role")
		# shellcheck disable=SC2119 # all of them
		[ "$role" != broker ] || mapfile -t daemons < <(daemon_pids)
		kill -KILL "${daemons[0]}"
		[ "$role" != broker ] || wait_until 10 no_daemons || fail "$scheme: daemons survive the broker"
		wait_until 5 all_gone "${daemons[0]}"
		# The consumers see that nobody commands them any more, finish and go.
		[ "$role" != sessiond ] || wait_until 10 consumers_gone || fail "$scheme: consumers stay"
		recovered "$scheme, $role killed" 100
		clean_up
	done
done

# Applications of several users in a session of root, everything killed.
begin uid
run_as "$ALICE" rf-idle -r "$T/home/$ALICE/ready" >/dev/null &
wait_until 10 test -e "$T/home/$ALICE/ready"
alice=$(pgrep -u "$ALICE" rf-idle)
for ((i = 0; i < 10; i++)); do kill -USR1 "$alice" && wait_until 5 taken "$alice"; done
# shellcheck disable=SC2119 # all of them
mapfile -t daemons < <(daemon_pids)
kill -STOP "${daemons[@]}"
kill_hard "${apps[@]}" "$alice" "${daemons[@]}"
extracted "two users" 110
clean_up
done_testing

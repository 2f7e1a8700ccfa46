# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Channels: every attribute, bad values, the same name again, and while the session is active.

L create chan -o "$O/chan"
L enable-channel -u plain
L enable-channel -u --discard --subbuf-size 8192 --num-subbuf 8 discard
L enable-channel -u --overwrite --subbuf-size 16k --num-subbuf 2 overwrite
L enable-channel -u --subbuf-size 5000 rounded
L enable-channel -u --subbuf-size 100 page
L enable-channel -u --num-subbuf 3 four
L enable-channel -u --subbuf-size 1M --num-subbuf 1 large
L enable-channel -u --switch-timer 100000 --read-timer 200000 --monitor-timer 0 timers
L enable-channel -u --monitor-timer 500000 monitor
L enable-channel -u --blocking-timeout 100 blocking
L enable-channel -u --blocking-timeout inf forever
L enable-channel -u --tracefile-size 8192 --subbuf-size 4096 filesize
L enable-channel -u --tracefile-size 8192 --tracefile-count 3 --subbuf-size 4096 filecount
L enable-channel -u --tracefile-size 4096 --subbuf-size 8192 fileup
L enable-channel -u --output mmap mapped
L enable-channel -u one,two
L list chan
L list chan -c overwrite
L list chan -c nosuch
L list chan -d

L enable-channel -u --subbuf-size 0 bad
L enable-channel -u --subbuf-size -1 bad
L enable-channel -u --subbuf-size 1x bad
L enable-channel -u --num-subbuf 0 bad
L enable-channel -u --num-subbuf x bad
L enable-channel -u --overwrite --num-subbuf 1 bad
L enable-channel -u --overwrite --discard both
L enable-channel -u --switch-timer x bad
L enable-channel -u --switch-timer 99999999999 bad
L enable-channel -u --read-timer -5 bad
L enable-channel -u --monitor-timer x bad
L enable-channel -u --blocking-timeout -5 bad
L enable-channel -u --blocking-timeout 99999999999999 bad
L enable-channel -u --tracefile-count 3 bad
L enable-channel -u --tracefile-size x bad
L enable-channel -u --output splice bad
L enable-channel -u --output paper bad
L enable-channel -u --buffers-pid bad
L enable-channel -u --buffers-global bad
L enable-channel -u .hidden
L enable-channel -u a/b
L enable-channel -u "$(printf 'n%.0s' {1..300})"
L enable-channel -u
L enable-channel bad
L enable-channel -u -s nosuch bad
L enable-channel -u plain
L enable-channel -u --overwrite plain
L enable-channel -u three,plain,four
L disable-channel -u plain
L disable-channel -u plain
L disable-channel -u nosuch
L disable-channel -u one,nosuch,two
L disable-channel -u
L list chan
L enable-channel -u plain
L disable-channel -u -s nosuch plain
L destroy chan

# While active.
L create run -o "$O/run"
L enable-channel -u --subbuf-size 4096 first
L enable-channel -u --subbuf-size 4096 second
L enable-event -u -c first rf_sample:tick
L enable-event -u -c second rf_sample:tick
L start
app rf-sample -n 2 -t both
L disable-channel -u second
app rf-sample -n 3 -t first-only
L enable-channel -u second
app rf-sample -n 1 -t both-again
L enable-channel -u third
L enable-channel -u first
L stop
L list run
L destroy run
tree "$O/run"
babeltrace2 "$O/run" | grep -o 'text = .*' | sort | uniq -c | record "events of both channels"

# Trace files of limited size: which remain, and that what remains is the newest.
L create wrap -o "$O/wrap"
L enable-channel -u --subbuf-size 4096 --num-subbuf 128 --tracefile-size 8192 --tracefile-count 3 ch
L enable-event -u -c ch rf_flood:tick
L start
app rf-flood -n 120 -s 1000
L stop
L destroy wrap
tree "$O/wrap"
note "largest file" find "$O/wrap" -name 'ch_*' ! -name '*.idx' -size +8192c
babeltrace2 "$O/wrap" | grep -oE 'seq = [0-9]+' | record "events of wrap"
L create grow -o "$O/grow"
L enable-channel -u --subbuf-size 4096 --num-subbuf 64 --tracefile-size 8192 ch
L enable-event -u -c ch rf_flood:tick
L start
app rf-flood -n 60 -s 1000
L stop
L destroy grow
tree "$O/grow"

# Lost events are counted, and stay counted when the application is gone. The consumers stand still meanwhile.
all_stopped() {
	local pid
	for pid; do
		[ -n "$pid" ] && ! grep -hE '^State:' "/proc/$pid"/task/*/status | grep -qv 'T (stopped)' || return 1
	done
}
counted() {
	[ "$(discarded "$1")" -gt 0 ]
}
lossy() {
	local name=$1 pids
	shift
	L create "$name" -o "$O/$name"
	L enable-channel -u --subbuf-size 4096 --num-subbuf 4 --monitor-timer 0 "$@" ch
	L enable-event -u -c ch rf_flood:tick
	L start
	app_start rf-flood -n 400 -s 1000
	mapfile -t pids < <(daemon_pids consumer)
	kill -STOP "${pids[@]}"
	wait_until 5 all_stopped "${pids[@]}" || echo "== the consumers do not stop"
	app_go
	kill -CONT "${pids[@]}"
	apps_gone
	# What a process lost is counted when the last of its buffers is read, which takes a moment after it is gone.
	[ "$name" != discard-pid ] || wait_until 10 counted "$name" || echo "== what is lost is not counted"
	L stop
	L list "$name"
	L destroy "$name"
	babeltrace2 "$O/$name" 2>/dev/null | grep -oE 'seq = [0-9]+' | record "events of $name"
	tree "$O/$name"
}
lossy discard-uid --discard --buffers-uid
lossy discard-pid --discard --buffers-pid
lossy overwrite-uid --overwrite --buffers-uid
lossy overwrite-pid --overwrite --buffers-pid

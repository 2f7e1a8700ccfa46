# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Rotations: by hand, while active and stopped, by size and time, what remains where; destroying with archives.

# rotated NAME: its archived chunks, numbered, each with what can be read in it.
rotated() {
	local chunk
	tree "$O/$1"
	for chunk in "$O/$1"/archives/*; do
		[ -d "$chunk" ] || continue
		babeltrace2 "$chunk" 2>&1 | grep -o 'seq = .*' | record "chunk ${chunk##*-} of $1"
	done
}
L create rot -o "$O/rot"
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L rotate
L start
app rf-sample -n 2 -t first
L rotate
app rf-sample -n 3 -t second
L rotate rot
rotated rot
L rotate
L rotate nosuch
L rotate --no-wait
wait_until 10 test -z "$(find "$O/rot" -name '.tmp*')"
app rf-sample -n 1 -t third
L list rot
L stop
L rotate
L rotate
L rotate --no-wait
rotated rot
L start
app rf-sample -n 4 -t fourth
L destroy rot
rotated rot

# Stopped before it is rotated for the first time; nothing recorded; per process.
L create stopped -o "$O/stopped"
L enable-channel -u --buffers-pid --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app rf-sample -n 2
apps_gone
L stop
L rotate
tree "$O/stopped"
L destroy stopped
rotated stopped

L create empty -o "$O/empty"
L enable-event -u rf_sample:tick
L start
L rotate
L rotate
tree "$O/empty"
L destroy empty
tree "$O/empty"

# A running process in more than one chunk, with its own buffers.
L create processes -o "$O/processes"
L enable-channel -u --buffers-pid --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app_start rf-sample -n 2
L rotate
app_go
apps_gone
L rotate
L destroy processes
rotated processes

L create never -o "$O/never"
L enable-event -u rf_sample:tick
L start
app rf-sample -n 1
L stop
L destroy never
tree "$O/never"

# Schedules.
L create sched -o "$O/sched"
L enable-event -u rf_sample:tick
L enable-rotation --timer 10m
L enable-rotation --size 100M
L enable-rotation --timer 20m
L enable-rotation --size 100M
L list sched
L enable-rotation
L enable-rotation --timer x
L enable-rotation --timer 0
L enable-rotation --size 0
L enable-rotation --size -1
L enable-rotation -s nosuch --timer 1s
L disable-rotation --timer
L disable-rotation --timer
L disable-rotation
L list sched
L disable-rotation --size
L enable-rotation --timer 3600s --size 1G
L start
L disable-rotation --timer --size
L enable-rotation --timer 1h
L list sched
L destroy sched
tree "$O/sched"

# Not for sessions without output.
L create --snapshot snap -o "$O/snap"
L enable-event -u rf_sample:tick
L start
L rotate
L enable-rotation --timer 1s
L enable-rotation --size 1M
L destroy snap

# A schedule that strikes: how often it does is a matter of time.
archived() {
	[ "$(find "$O/$1/archives" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -ge "$2" ]
}
L create timed -o "$O/timed"
L enable-event -u rf_sample:tick
L enable-rotation --timer 1s
L start
app rf-sample -n 2
note "two archives by time" wait_until 10 archived timed 2
lttng destroy timed >/dev/null
babeltrace2 "$O/timed" 2>/dev/null | grep -c . | record "events of timed"

L create sized -o "$O/sized"
L enable-channel -u --subbuf-size 4096 --num-subbuf 128 --monitor-timer 100000 ch
L enable-event -u -c ch rf_flood:tick
L enable-rotation --size 64k
L start
app rf-flood -n 100 -s 1000
note "an archive by size" wait_until 10 archived sized 1
lttng destroy sized >/dev/null
babeltrace2 "$O/sized" 2>/dev/null | grep -c . | record "events of sized"

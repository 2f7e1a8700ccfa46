# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Snapshots: outputs, names, sizes, active and stopped, overwrite and discard channels, errors.

snapshots() {
	local snapshot
	tree "$1"
	for snapshot in "$1"/*; do
		[ -d "$snapshot" ] || continue
		babeltrace2 "$snapshot" 2>/dev/null | grep -oE 'seq = [0-9]+.*' | sed 's/"x*"/X/' | record "events of snapshot ${snapshot##*-} in $1"
	done
}
L create --snapshot snap -o "$O/snap"
L snapshot list-output
L snapshot add-output "$O/second"
L snapshot del-output 2
L snapshot del-output 1
L snapshot del-output 1
L snapshot list-output
L snapshot record
L snapshot add-output -n mine -m 1M "$O/snap"
L snapshot list-output
L snapshot del-output mine
L snapshot add-output -n mine relative/path
L snapshot add-output -n mine
L snapshot add-output -n mine -m x "$O/snap"
L snapshot add-output -n mine "$O/snap"
L snapshot list-output -s snap
L snapshot list-output -s nosuch
L enable-channel -u --subbuf-size 4096 --num-subbuf 4 ch
L enable-event -u -c ch rf_flood:tick
L list snap
L snapshot record
L start
L snapshot record
app rf-flood -n 40 -s 1000
L snapshot record
# Each after new events: what a record does to what was recorded before is not the same.
app rf-flood -n 12 -s 1000
L snapshot record -n other
app rf-flood -n 12 -s 1000
L snapshot record -n other "$O/elsewhere"
app rf-flood -n 12 -s 1000
L snapshot record "file://$O/elsewhere"
L snapshot record -n tiny -m 1 "$O/tiny"
tree "$O/tiny"
app rf-flood -n 12 -s 1000
L snapshot record -m 8192
L snapshot record -m x
L snapshot record -s nosuch
L snapshot record relative
L snapshot nosuch
L snapshot
L stop
L snapshot record
snapshots "$O/snap"
snapshots "$O/elsewhere"
L list snap
L destroy snap

# A discard channel keeps the oldest.
L create --snapshot keep -o "$O/keep"
L enable-channel -u --discard --subbuf-size 4096 --num-subbuf 4 ch
L enable-event -u -c ch rf_flood:tick
L start
app rf-flood -n 40 -s 1000
L snapshot record
app rf-flood -n 10 -s 1000
L snapshot record
L destroy keep
snapshots "$O/keep"

# Without an output there is one for a record.
L create --no-output none
L snapshot record
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_flood:tick
L start
app rf-flood -n 2
L snapshot record
L snapshot record "$O/none"
L snapshot list-output
L destroy none
snapshots "$O/none"

# Per process: of those that are there.
L create --snapshot pid -o "$O/pid"
L enable-channel -u --buffers-pid --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app rf-sample -n 1 -t gone
apps_gone
app_start rf-sample -n 1
L snapshot record
app_go
L destroy pid
snapshots "$O/pid"

# Not for ordinary sessions.
L create plain -o "$O/plain"
L snapshot record
L snapshot add-output "$O/x"
L snapshot list-output
L snapshot del-output 1
L destroy plain

# The default place.
L create --snapshot default
L snapshot list-output
L list default
L destroy default

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Clear: active, stopped, never started, twice, after a rotation, in a snapshot session, all at once.

L create one -o "$O/one"
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L clear
L clear nosuch
L start
app rf-sample -n 3 -t gone
L clear
tree "$O/one"
app rf-sample -n 2 -t kept
L list one
L stop
L destroy one
tree "$O/one"
decoded "$O/one"

L create two -o "$O/two"
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app rf-sample -n 3 -t gone
L stop
L clear
tree "$O/two"
L clear two
L rotate
L start
app rf-sample -n 2 -t kept
tree "$O/two"
L stop
L destroy two
tree "$O/two"

L create three -o "$O/three"
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app rf-sample -n 1 -t archived
L rotate
app rf-sample -n 1 -t gone
L clear
tree "$O/three"
app rf-sample -n 1 -t kept
L rotate
L stop
L rotate
L clear
tree "$O/three"
L destroy three
tree "$O/three"
babeltrace2 "$O/three" 2>/dev/null | grep -o 'text = .*' | record "events of three"

L create four -o "$O/four"
L enable-channel -u --buffers-pid --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app rf-sample -n 1 -t gone
apps_gone
app_start rf-sample -n 2 -t kept
L clear
app_go
apps_gone
L stop
tree "$O/four"
L destroy four
decoded "$O/four"

L create --snapshot five -o "$O/five"
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app rf-sample -n 2 -t gone
L clear
app rf-sample -n 2 -t kept
L snapshot record
L stop
L clear five
L snapshot record
for snapshot in "$O"/five/*; do
	babeltrace2 "$snapshot" 2>&1 | grep -o 'text = .*' | record "snapshot ${snapshot##*-}"
done
L create six -o "$O/six"
L clear --all
L clear --all six
L clear a b
L destroy --all

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2016 # names of contexts begin with a dollar
# Session files and buffers in files.

file() {
	record "file $1" <"$1/$2.lttng"
	note "$1 by the schema" xmllint --noout --schema /usr/share/xml/lttng/session.xsd "$1/$2.lttng"
	note "owner of $1" stat -c '%a %U:%G' "$1" "$1/$2.lttng"
}
L create full -o "$O/full"
L enable-channel -u --subbuf-size 8192 --num-subbuf 8 --switch-timer 100000 --read-timer 200000 alpha
L enable-event -u -c alpha 'rf_sample:*' --filter 'seq > 3 && text == "a"'
L add-context -u -c alpha -t vpid -t procname -t '$app.provider:name'
L track -u --vpid 12 --vuid rf-alice
L save -o "$O/saved" full
L save -o "$O/saved" full
L save -o "$O/saved" --force full
L save -o "$O/saved" nosuch
L save nosuch
file "$O/saved" full
L destroy full
L load -i "$O/saved" full
L list full
L load -i "$O/saved" full
L load -i "$O/saved" --force full
L list full
L start full
app rf-sample -n 6 -t a
L stop full
L destroy full
L load -i "$O/nosuch"
L load -i "$O/saved/full.lttng"
L destroy full
L load -i "$O/saved" nosuch
L load --override-name other -i "$O/saved" full
L list other
L load --override-url "file://$O/overridden" --override-name third -i "$O/saved" full
L list third
L destroy --all

# Many sessions, one with an active channel, one per process, disabled things, schedules, snapshots.
L create active -o "$O/active"
L enable-channel -u --buffers-pid --overwrite --tracefile-size 1M --tracefile-count 3 one
L enable-event -u -c one rf_sample:tick --loglevel WARNING
L disable-channel -u one
L enable-rotation --timer 10m --size 1M
L create running -o "$O/running"
L enable-channel -u one
L enable-event -u -c one rf_sample:tick --loglevel-only INFO
L start
L create shot-session --snapshot -o "$O/shot"
L enable-channel -u one
L enable-event -u -c one rf_sample:tick
L disable-event -u -c one rf_sample:tick
L untrack -u --vpid --all
L save -o "$O/all"
note "files" ls "$O/all"
for name in active running shot-session; do file "$O/all" "$name"; done
L destroy --all
L load -i "$O/all" --all
L list active
L list running
L list shot-session
L snapshot list-output -s shot-session
L destroy --all
L create home -o "$O/home"
L enable-event -u rf_sample:tick
L save home
note "files" ls "$HOME/.lttng/sessions"
L save --all
L destroy home
L load
L load home
L list
L destroy --all

# Buffers in files.
L create shared -o "$O/shared-out" --shm-path "$O/shm"
L enable-channel -u --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L list shared
tree "$O/shm"
L start
app_start rf-sample -n 3
tree "$O/shm"
app_go
note "crash extraction" lttng-crash -x "$O/extracted" "$O/shm"
L stop
L list shared
L destroy shared
shm_gone() { [ -z "$(find "$O/shm" -mindepth 1)" ]; }
note "the buffers go" wait_until 5 shm_gone
decoded "$O/shared-out"
L create shared-pid -o "$O/shared-pid" --shm-path "$O/shm-pid"
L enable-channel -u --buffers-pid --subbuf-size 4096 ch
L enable-event -u -c ch rf_sample:tick
L start
app_start rf-sample -n 3
tree "$O/shm-pid"
app_go
L stop
L destroy shared-pid
decoded "$O/shared-pid"

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which processes are recorded: by process, user and group, by number and by name.

L create track -o "$O/track"
L enable-event -u rf_sample:tick
L list track
L track -u --vpid 1,2,3
L track -u --vpid 2
L track -u --vpid 4
L track -u --vuid root
L track -u --vuid root
L track -u --vuid rf-alice,64102
L track -u --vgid root --vuid 5
L track -u --vgid nosuch
L track -u --vuid nosuch
L track -u --vpid x
L track -u --vpid
L track -u --pid 1
L track -u --uid 1
L track -u --gid 1
L track -u
L track --vpid 1
L track -u -s nosuch --vpid 1
L list track
L untrack -u --vpid 2
L untrack -u --vpid 2
L untrack -u --vpid 99
L untrack -u --vuid rf-alice
L untrack -u --vuid rf-alice
L untrack -u --vuid 64102 --vgid root
L untrack -u --vgid nosuch
L list track
L untrack -u --vpid --all
L list track
L untrack -u --vpid 1
L track -u --vpid --all
L untrack -u --vuid --all
L track -u --vuid --all
L track -u --vgid 1
L untrack -u --vgid 1
L list track
L track -u --all --vpid --vuid --vgid
L untrack -u --all --vgid
L untrack -u --vgid 3
L status
L destroy track

# One user by name and by number.
L create spelling -o "$O/spelling"
L enable-event -u rf_sample:tick
L track -u --vuid root
L track -u --vuid 0
L list spelling
L untrack -u --vuid 0
L untrack -u --vuid root
L list spelling
L destroy spelling

# What it does to what is recorded.
as_user() {
	local uid=$1
	shift
	run_as "$uid" taskset -c 0 "$@" >"$T/app.out" 2>&1
	{ cat "$T/app.out"; echo "exit"; } | record "as $uid $*"
}
L create users -o "$O/users"
L enable-event -u rf_sample:tick
L track -u --vuid rf-alice
L start
as_user "$ALICE" rf-sample -n 2 -t alice
as_user "$BOB" rf-sample -n 2 -t bob
app rf-sample -n 2 -t root
L track -u --vuid "$BOB"
as_user "$BOB" rf-sample -n 2 -t bob-now
L untrack -u --vuid rf-alice
as_user "$ALICE" rf-sample -n 2 -t alice-no-more
L track -u --vuid --all
as_user "$ALICE" rf-sample -n 1 -t alice-again
L track -u --vgid "$ALICE"
as_user "$ALICE" rf-sample -n 1 -t alice-group
as_user "$BOB" rf-sample -n 1 -t bob-group
L list users
L stop
L destroy users
babeltrace2 "$O/users" 2>/dev/null | grep -o 'seq = .*' | sort | record "events of users"
tree "$O/users"

L create processes -o "$O/processes"
L enable-event -u rf_sample:tick
L untrack -u --vpid --all
L start
app rf-sample -n 1 -t nobody
app_start rf-sample -n 2 -t chosen
lttng -q track -u --vpid "$APP" || echo "== cannot be tracked"
app rf-sample -n 1 -t another
app_go
app_start rf-sample -n 2 -t dropped
lttng -q track -u --vpid "$APP"
lttng -q untrack -u --vpid "$APP" || echo "== cannot be untracked"
app_go
L stop
L destroy processes
decoded "$O/processes"

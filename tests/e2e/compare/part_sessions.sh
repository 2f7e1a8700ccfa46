# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sessions: names, places, current session, status, starting and stopping, destroying; what an empty daemon says.

L list
L status
L start
L stop
L destroy
L rotate
L clear
L create
L list
L destroy
L create named
L create named
L create named -o "$O/other"
L create a/b
L create "$(printf 'n%.0s' {1..255})"
L create placed -o "$O/placed"
L create relative -o tmp/relative
L create url -U "file://$O/url"
L create bad-url -U ftp://nowhere
L create bad-url -U file://relative
L create both -o "$O/x" --no-output
L create none --no-output
L create snapshot --snapshot
L create snapshot-none --snapshot --no-output
L list
L list none
L list snapshot
L list snapshot-none
L list nosuch
L status
L set-session named
L set-session nosuch
L set-session
L status
L list named
L start named
L start nosuch
L enable-event -u rf_sample:tick
L list named
L start
L start
L status
L set-session none
L enable-event -u rf_sample:tick
L start
app rf-sample -n 2
L stop
L stop
L stop nosuch
L stop --no-wait named
L stop named
L start named
L stop --no-wait
L destroy --no-wait named
L destroy named
L destroy nosuch
L destroy none placed
L destroy --all none
L list
L destroy --all
L list
L destroy --all
L version | head -n 0
L regenerate
L view nosuch
L nosuch
L list -u
L list -u -f
L list --userspace --fields nosuch
L enable-event -u rf_sample:tick
L enable-channel -u c
L track -u --vpid 1
L add-context -u -t vpid

# An output that cannot be made; a session without channels; view.
L create impossible -o /proc/rf/x
L enable-event -u rf_sample:tick
L start
L stop
L destroy
L create bare -o "$O/bare"
L start
L stop
L destroy bare
tree "$O/bare"
L create seen -o "$O/seen"
L enable-event -u rf_sample:tick
L view
L start
app rf-sample -n 2
L stop
note "lttng view" bash -c "lttng view seen | sed 's/^[^)]*) //'"
note "lttng view, by path" bash -c "lttng view -t '$O/seen' | sed 's/^[^)]*) //'"
L view -e /nosuch seen
L destroy seen
L view seen

# Started, stopped and started again.
L create again -o "$O/again"
L enable-event -u rf_sample:tick
L start
app rf-sample -n 1 -t first
L stop
app rf-sample -n 1 -t not-this
L start
app rf-sample -n 1 -t second
L stop
L start
L stop
L destroy again
decoded "$O/again"
tree "$O/again"

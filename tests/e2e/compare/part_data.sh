# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What is in a trace: every field class, events without fields, the description, many event types, long texts.

L create fields -o "$O/fields"
L enable-event -u 'rf_fields:*'
L start
app rf-fields -n 3
L stop
L destroy fields
decoded "$O/fields"
metadata "$O/fields"
tree "$O/fields"

L create process -o "$O/process"
L enable-channel -u --buffers-pid ch
L enable-event -u -c ch 'rf_fields:*'
L enable-event -u -c ch 'rf_sample:*'
L start
app rf-fields -n 1
app rf-sample -n 2 -a -t "$(printf 'text%.0s' {1..500})"
apps_gone
L stop
L destroy process
decoded "$O/process"
tree "$O/process"

# Regenerated descriptions and state.
L create regen -o "$O/regen"
L enable-event -u rf_sample:tick
L regenerate metadata
L regenerate statedump
L start
app rf-sample -n 1
L regenerate metadata
L regenerate metadata -s regen
L regenerate statedump
L regenerate nosuch
L regenerate metadata -s nosuch
L metadata regenerate
app rf-sample -n 1 -t later
L stop
L regenerate metadata
L regenerate statedump
L destroy regen
decoded "$O/regen"

L create regen-pid -o "$O/regen-pid"
L enable-channel -u --buffers-pid ch
L enable-event -u -c ch rf_sample:tick
L start
L regenerate metadata
L regenerate statedump
L destroy regen-pid

# What the tracer says of itself: which objects are where.
L create state -o "$O/state"
L enable-event -u 'lttng_ust_*'
L start
app rf-sample -n 1
app_start rf-sample -n 1
L regenerate statedump
app_go
L stop
L destroy state
babeltrace2 "$O/state" | grep -oE 'lttng_ust_[a-z_:]+' | sort | uniq -c | record "events of state"

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2016 # names of contexts begin with a dollar
# Event rules: patterns, log levels, filters, exclusions; the same rule again; disabling; listing; errors.

L create rules -o "$O/rules"
L enable-channel -u c
L enable-channel -u d
L enable-event -u -c c rf_sample:tick
L enable-event -u -c c rf_sample:tick
L enable-event -u -c c rf_sample:tick --filter 'seq > 3'
L enable-event -u -c c rf_sample:tick --filter 'seq > 3'
L enable-event -u -c c rf_sample:tick --filter 'seq > 4'
L enable-event -u -c c rf_sample:tick --filter 'text == "a*" && (mod == 1 || low != 0x3) && half < 2.5'
L enable-event -u -c c rf_sample:tick --filter '$ctx.vpid > 0 && $ctx.procname == "rf-*"'
L enable-event -u -c c rf_sample:tick --filter '$app.provider:name == 1'
L enable-event -u -c c rf_sample:tick --filter 'arr[1] == 2'
L enable-event -u -c c rf_sample:tick --loglevel WARNING
L enable-event -u -c c rf_sample:tick --loglevel TRACE_WARNING
L enable-event -u -c c rf_sample:tick --loglevel 4
L enable-event -u -c c rf_sample:tick --loglevel-only INFO
L enable-event -u -c c rf_sample:tick --loglevel-only INFO
L enable-event -u -c c rf_sample:tick --loglevel INFO..DEBUG
L enable-event -u -c c rf_sample:tick --loglevel ..INFO
L enable-event -u -c c rf_sample:tick --loglevel DEBUG --filter 'seq > 3'
L enable-event -u -c c rf_sample:warn,rf_sample:detail
L enable-event -u -c c 'rf_*' --probe 0x1
L enable-event -u -c c 'rf_*'
L enable-event -u -c c '*'
L enable-event -u -c d --all
L enable-event -u -c d -a --loglevel ERR
L enable-event -u -c d 'rf_s*:*t***c*'
L enable-event -u -c d 'not:there'
L enable-event -u -c d 'rf_sample:tick' --tracepoint
L list rules

L enable-event -u -c c x --filter 'seq >'
L enable-event -u -c c x --filter ''
L enable-event -u -c c x --filter 'seq == "a" + 1'
L enable-event -u -c c x --filter '1 = 1'
L enable-event -u -c c x --loglevel NOPE
L enable-event -u -c c x --loglevel-only 99
L enable-event -u -c c x --loglevel DEBUG..INFO
L enable-event -u -c c x --loglevel DEBUG --loglevel-only INFO
L enable-event -u x
L enable-event -u --all
L enable-event -u -c c lttng_jul:x
L enable-event -u -c c lttng_python_x
L enable-event -u -c c
L enable-event -c c x
L enable-event -u -c c -s nosuch x
L enable-event -u -c .c x
L enable-event -u -c c x --syscall
L enable-event -u -c c "$(printf 'n%.0s' {1..256})"
L enable-event -u -c c "$(printf 'm%.0s' {1..255})"

L disable-event -u -c c rf_sample:tick
L disable-event -u -c c rf_sample:tick
L disable-event -u -c c nosuch
L disable-event -u -c nosuch rf_sample:tick
L disable-event -u rf_sample:tick
L disable-event -u -c c rf_sample:warn,nosuch,rf_sample:detail
L disable-event -u -c c lttng_jul:x
L disable-event -u -c c
L list rules
L enable-event -u -c c rf_sample:tick --filter 'seq > 3'
L disable-event -u -c d --all
L disable-event -u -c c --all-events
L enable-event -u -c d rf_sample:tick
L list rules
L destroy rules

# What each selects.
selected() {
	local name=$1 command=$2
	shift 2
	L create "$name" -o "$O/$name"
	L enable-event -u "$@"
	L start
	# shellcheck disable=SC2086 # a command line
	app $command
	L stop
	L destroy "$name"
	decoded "$O/$name"
}
selected by-name "rf-sample -n 3 -a" rf_sample:tick
selected by-pattern "rf-sample -n 3 -a" 'rf_s*:*i*'
selected by-level "rf-sample -n 3 -a" 'rf_sample:*' --loglevel INFO
selected by-exact-level "rf-sample -n 3 -a" 'rf_sample:*' --loglevel-only DEBUG
selected by-filter "rf-sample -n 20 -a" 'rf_sample:*' --filter '(seq & 4) == 4 || mod == 3'
selected by-bits "rf-sample -n 20" 'rf_sample:*' --filter '(seq & 6) == 2 && !(seq >> 3) && (low ^ 1) != 3'
selected by-text "rf-sample -n 2 -a" 'rf_sample:*' --filter 'text == "h*o" && half >= 0.5'
selected by-context "rf-sample -n 2" 'rf_sample:*' --filter '$ctx.procname == "rf-sample"'
selected by-other-context "rf-sample -n 2" 'rf_sample:*' --filter '$ctx.procname == "other"'
selected by-element "rf-fields -n 2" 'rf_fields:all' --filter 'arr[1] == 2 && seq[0] == 1 && str == "abcdef"'
selected by-missing-field "rf-sample -n 2" 'rf_sample:*' --filter 'nosuch == 1'

# Exclusions, which the stock daemons cannot list.
L create excluding -o "$O/excluding"
L enable-channel -u c
L enable-event -u -c c x --exclude y
L enable-event -u -c c 'rf_sample:*' --exclude 'rf_sample:t*'
L enable-event -u -c c 'rf_sample:*' --exclude 'rf_sample:t*'
L enable-event -u -c c 'rf_fields:*' -x 'rf_fields:lv_*,rf_fields:nothing'
L enable-event -u -c c 'rf_fields:*' -x 'rf_fields:nothing,rf_fields:lv_*'
L enable-event -u -c c 'rf_fields:*' -x 'rf_fields:nothing,rf_fields:nothing'
L enable-event -u -c c 'rf_idle:*' -x 'rf_flood:*'
L enable-event -u -c c --all --exclude 'rf_*,lttng_*' --loglevel DEBUG
L start
app rf-sample -n 2 -a
app rf-fields -n 1
L disable-event -u -c c 'rf_sample:*'
app rf-sample -n 1 -a
L enable-event -u -c c 'rf_sample:*' --exclude 'rf_sample:t*'
app rf-sample -n 1 -a
L stop
L destroy excluding
decoded "$O/excluding"

# Rules that differ in their filter or level only: what any of them takes is there, once.
L create together -o "$O/together"
L enable-channel -u c
L enable-event -u -c c rf_sample:tick --filter 'seq < 3'
L enable-event -u -c c rf_sample:tick --filter 'seq > 1 && seq < 5'
L enable-event -u -c c 'rf_sample:*' --loglevel-only DEBUG
L start
app rf-sample -n 8 -a
L disable-event -u -c c rf_sample:tick
app rf-sample -n 2 -a -t second
L enable-event -u -c c rf_sample:tick --filter 'seq < 3'
L enable-event -u -c c rf_sample:warn
app rf-sample -n 4 -a -t third
L disable-event -u -c c --all-events
app rf-sample -n 4 -a -t fourth
L list together
L stop
L destroy together
decoded "$O/together"

# With an application that is there before the rules.
app_start rf-sample -n 3 -a
L list -u
L list -u -f
L create late -o "$O/late"
L enable-channel -u c
L start
L enable-event -u -c c rf_sample:tick --filter 'seq > 0'
L enable-event -u -c c 'rf_sample:d*'
app_go
L stop
L destroy late
decoded "$O/late"

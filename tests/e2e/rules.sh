#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Wildcards, exclusions, filters, log levels and contexts reach the tracer; every field class is readable.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
number=0

# selection WANT DESC APP -- ENABLE-EVENT-ARGUMENTS...
selection() {
	local want=$1 desc=$2 app=$3
	shift 4
	number=$((number + 1))
	lttng -q create "s$number" -o "$T/out/$number"
	lttng -q enable-event -u "$@" || diag "enable-event $*: $?"
	lttng -q start
	$app >"$T/app-out"
	lttng -q stop
	lttng -q destroy
	is "$(events "$T/out/$number")" "$want" "$desc"
}

selection 60 "a wildcard takes all" "rf-sample -n 20 -a" -- 'rf_sample:*'
selection 40 "a star inside" "rf-sample -n 20 -a" -- 'rf_sample:*i*'
selection 20 "one name" "rf-sample -n 20 -a" -- rf_sample:warn
selection 40 "an exclusion" "rf-sample -n 20 -a" -- 'rf_sample:*' --exclude rf_sample:tick
selection 20 "two exclusions" "rf-sample -n 20 -a" -- 'rf_sample:*' --exclude 'rf_sample:tick,rf_sample:w*'
selection 9 "an integer filter" "rf-sample -n 20" -- rf_sample:tick --filter 'seq > 10'
selection 3 "a filter of two terms" "rf-sample -n 20" -- rf_sample:tick --filter 'seq < 15 && mod == 2 || seq == 19'
selection 20 "a string filter" "rf-sample -n 20 -t world" -- rf_sample:tick --filter 'text == "wor*"'
selection 0 "a string filter that fits nothing" "rf-sample -n 20" -- rf_sample:tick --filter 'text == "world"'
selection 20 "a log level and above" "rf-sample -n 20 -a" -- 'rf_sample:*' --loglevel WARNING
selection 40 "a lower log level" "rf-sample -n 20 -a" -- 'rf_sample:*' --loglevel INFO
selection 20 "a log level only" "rf-sample -n 20 -a" -- 'rf_sample:*' --loglevel-only DEBUG
selection 60 "every field class" "rf-fields -n 10" -- 'rf_fields:*'

lttng -q create fields -o "$T/out/fields"
lttng -q enable-event -u rf_fields:all
lttng -q start
rf-fields >"$T/app-out"
lttng -q destroy
ok "the fields are readable" read_trace "$T/out/fields"
for want in 'i8 = 0' 'hex = 0x0' 'net16 = 258' 'net32 = 0x1020304' 'f32 = 0.5' 'f64 = 0.25' 'str = "abcdef"' \
	'arr = \[ \[0\] = 1, \[1\] = 2, \[2\] = 3 \]' 'arrtext = "abc"' 'seqtext = "abcd"' 'colour = \( "red" : container = 0 \)'; do
	ok "field: $want" grep -qE "$want" "$T/events"
done
not_ok "a field that is not written is not there" grep -q unseen "$T/events"

lttng -q create contexts -o "$T/out/contexts"
lttng -q enable-event -u rf_sample:tick
lttng -q add-context -u -t vpid -t vtid -t procname -t ip -t pthread_id
lttng -q start
rf-sample -n 5 >"$T/app-out" &
app=$!
wait "$app"
lttng -q destroy
is "$(events "$T/out/contexts" "procname = \"rf-sample\"")" 5 "contexts: procname"
is "$(grep -cE 'vpid = [0-9]+, vtid = [0-9]+' "$T/events")" 5 "contexts: vpid and vtid, in order"

lttng -q create switch -o "$T/out/switch"
lttng -q enable-event -u rf_sample:tick
lttng -q enable-event -u rf_sample:warn
lttng -q start
rf-sample -n 10 -a -g "$T/go" -r "$T/switch-ready" >"$T/app-out" &
wait_until 5 test -e "$T/switch-ready"
ok "disable-event while active" lttng -q disable-event -u rf_sample:warn
ok "enable-event while active" lttng -q enable-event -u rf_sample:detail
touch "$T/go"
wait $!
lttng -q destroy
is "$(events "$T/out/switch" "rf_sample:tick")" 10 "switch: the untouched rule"
is "$(grep -c rf_sample:warn "$T/events")" 0 "switch: the disabled rule"
is "$(grep -c rf_sample:detail "$T/events")" 10 "switch: the added rule"
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel events: what is recorded is what happened. A load whose system calls and switches are known, and beside it a
# record by the kernel itself, are counted and compared; fields say what they should.
#
# Takes up to 240 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"

# edges: how many events of other CPUs may be on the other side of an edge in the other record. apart: how many microseconds
# two records of one event may be apart.
getppids=20000 opens=2000 seeks=200 rounds=2000 edges=2 apart=100
[ "$RF_SLOW" = 1 ] || getppids=2000 opens=200 seeks=50 rounds=300 edges=10 apart=5000

alone
start_suite

# between FILE FROM: lines from the first to the last one that matches FROM.
between() {
	awk -v re="$2" '$0 ~ re { last = n + 1; on = 1 } on { n++; line[n] = $0 } END { for (i = 1; i <= last; i++) print line[i] }' "$1"
}
# near FIRST SECOND SLACK
near() {
	[ $(($1 - $2)) -le "$3" ] && [ $(($2 - $1)) -le "$3" ]
}

# --- known events ----------------------------------------------------------------------------------------------------

out=$T/out/known
k create known -o "$out"
k enable-event -k sched_switch,sched_wakeup,irq_handler_entry,irq_softirq_entry
k enable-event -k --syscall getppid,openat,close,lseek
k add-context -k -t tid
load_begins -n $getppids -o $opens -l $seeks -d 1000 -p $rounds
raw_begins sched:sched_switch sched:sched_wakeup irq:irq_handler_entry irq:softirq_entry syscalls:sys_{enter,exit}_{getppid,openat,close,lseek}
k start
load_runs
k stop
is "$(discarded known)" 0 "known: nothing discarded"
raw_ends
k destroy
ok "known: the trace is readable" read_trace "$out"
tally
tally_raw
for call in getppid:$getppids openat:$opens close:$opens lseek:$seeks; do
	name=${call%:*} n=${call#*:}
	# At the gate, one opens before and ends after the start, and one closes.
	[ "$name" != close ] || n=$((n + 1))
	seen_is "syscall_entry_$name $TID" "$n" "known: every $name begins"
	as_raw "syscall_exit_$name $TID" "known: and ends, as the kernel counts"
done
seen "PREV $PARTNER"
ok "known: there were switches: $N" test "$N" -ge $((rounds / 2))
for tid in $TID $PARTNER; do
	as_raw "PREV $tid" "known: switches from a thread, as the kernel counts"
	as_raw "NEXT $tid" "known: switches to it"
	as_raw "WOKEN $tid" "known: it is woken"
done
# Of all CPUs, so that one at the edge may be on the other side.
between "$T/events" " syscall_entry_lseek: .*{ tid = $TID }" >"$T/ours"
between "$T/raw" "-$TID +\\[.* sys_lseek\\(" >"$T/theirs"
for pair in irq_handler_entry irq_softirq_entry:softirq_entry; do
	mine=$(grep -c " ${pair%:*}: " "$T/ours") others=$(grep -c " ${pair#*:}: " "$T/theirs")
	ok "known: ${pair%:*} as often as the kernel counts: $mine, $others" near "$mine" "$others" "$edges"
done
ok "known: there were some" test "$mine" -gt 0
if grep ' sched_switch: ' "$T/events" | grep -vqE '\{ prev_comm = "[^"]*", prev_tid = [0-9]+, prev_prio = -?[0-9]+, prev_state = [^,]+, next_comm = "[^"]*", next_tid = [0-9]+, next_prio = -?[0-9]+ \}$'; then
	fail "known: the fields of sched_switch"
	diag "$(grep ' sched_switch: ' "$T/events" | head -n 2)"
else
	pass "known: the fields of sched_switch"
fi
is "$(grep -oE "prev_tid = $TID, prev_prio = [-0-9]+" "$T/events" | sort -u)" "prev_tid = $TID, prev_prio = 20" "known: an ordinary priority"
# On a busy machine nobody may be.
is "$(grep -oE 'next_tid = 0, next_prio = [-0-9]+' "$T/events" | grep -vcx 'next_tid = 0, next_prio = 20')" 0 "known: and that of who is idle"
is "$(count "syscall_entry_openat: .*\{ tid = $TID \}.*dfd = -100,")" $opens "known: a directory's number that is none"
seek_offsets() {
	grep " syscall_entry_lseek: .*{ tid = $TID }" "$T/events" | grep -oE 'offset = [0-9]+' | awk '$3 != NR - 1 { exit 1 } END { exit NR != n }' n=$seeks
}
ok "known: offsets, in order" seek_offsets
rm -rf "$out"

# --- all system calls ------------------------------------------------------------------------------------------------

out=$T/out/calls
k create calls -o "$out"
k enable-event -k --syscall --all
k add-context -k -t tid
load_begins -n $getppids -o $opens -p 100
raw_begins 'syscalls:*'
k start
load_runs
k stop
is "$(discarded calls)" 0 "calls: nothing discarded"
raw_ends
k destroy
ok "calls: the trace is readable" read_trace "$out"
tally
tally_raw
seen_is "syscall_entry_getppid $TID" $getppids "calls: every getppid"
seen_is "syscall_exit_getppid $TID" $getppids "calls: and its end"
seen_is "syscall_entry_openat $TID" $opens "calls: every openat"
for tid in $TID $PARTNER; do
	checked=0 different=
	for key in "${!RAWS[@]}"; do
		[[ $key == syscall_*" $tid" ]] || continue
		checked=$((checked + 1))
		[ "${EVENTS[$key]:-0}" = "${RAWS[$key]}" ] || different="$different $key: ${EVENTS[$key]:-0}, ${RAWS[$key]};"
	done
	is "$different" "" "calls: each call of a thread as often as the kernel counts"
	ok "calls: there were several kinds" test $checked -ge 6
done
rm -rf "$out"

# --- everything, but of one thread -----------------------------------------------------------------------------------

out=$T/out/filtered
load_begins -n 1000 -p 100
k create filtered -o "$out"
# shellcheck disable=SC2016 # a name that begins with a dollar
k enable-event -k --all --filter '$ctx.tid == '"$TID"
k add-context -k -t tid
k start
load_runs
k stop
is "$(discarded filtered)" 0 "filtered: nothing discarded"
k destroy
ok "filtered: the trace is readable" read_trace "$out"
tally
seen_is "syscall_entry_getppid $TID" 1000 "filtered: every getppid"
seen "sched_switch $TID"
ok "filtered: switches, too" test "$N" -gt 50
# A state dump tells of everybody, on behalf of who starts.
is "$(grep -v lttng_statedump "$T/events" | grep -vc "{ tid = $TID }")" 0 "filtered: nothing of others"
rm -rf "$out"

# --- filters on fields -----------------------------------------------------------------------------------------------

out=$T/out/fields
k create fields -o "$out"
k enable-event -k sched_switch --filter 'next_comm == "rf-sys*" && prev_prio >= 20'
k enable-event -k --syscall lseek --filter 'offset >= 10 && offset < 15'
k add-context -k -t tid
load_begins -l 100 -p 50
k start
if [ "$KERNEL_TRACER" = tracefs ]; then
	is "$(sed 's/^(\(.*\))$/\1/' "$TRACEFS/instances/$(instances)/events/sched/sched_switch/filter")" 'next_comm ~ "rf-sys*" && prev_prio >= 120' \
		"fields: the filter is the kernel's"
	code 106 "fields: a filter that the kernel cannot have" enable-event -k sched_wakeup --filter 'tid == target_cpu'
fi
load_runs
k stop
k destroy
ok "fields: the trace is readable" read_trace "$out"
ok "fields: switches to the load" test "$(count ' sched_switch: .*next_comm = "rf-sys')" -ge 40
is "$(grep ' sched_switch: ' "$T/events" | grep -vc 'next_comm = "rf-sys')" 0 "fields: and no others"
is "$(grep -oE "syscall_entry_lseek: .*\{ tid = $TID \}.* offset = [0-9]+" "$T/events" | grep -oE '[0-9]+$' | tr '\n' ' ')" "10 11 12 13 14 " "fields: five offsets of a hundred"
is "$(count ' sched_wakeup: ')" 0 "fields: nothing of what was refused"
rm -rf "$out"

# --- time without events, and a priority -----------------------------------------------------------------------------

out=$T/out/gap
k create gap -o "$out"
k enable-event -k --syscall getppid
k enable-event -k sched_switch --filter 'next_comm == "rf-syscalls" && next_prio < 0'
k add-context -k -t tid
raw_begins syscalls:sys_enter_getppid
k start
load_begins -n 1
first=$TID
load_runs
sleep 5 # a packet's times wrap after 4.3 s
load_begins -n 1 -p 2
second=$TID
chrt -f -p 1 "$LOAD_PID"
load_runs
k stop
raw_ends
k destroy
babeltrace2 --clock-seconds "$out" >"$T/seconds" 2>"$T/seconds.err"
ok "gap: the trace is readable" read_trace "$out"
# gap_of FIRST SECOND: microseconds from one number to the other.
gap_of() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.0f", (b - a) * 1e6 }'
}
event_time() {
	sed -nE "s/^\[([0-9.]+)\].*syscall_entry_getppid: .* tid = $1\b.*/\1/p" "$T/seconds"
}
raw_time() {
	sed -nE "s/.*-$1 +\[.* ([0-9]+\.[0-9]+): sys_getppid\(.*/\1/p" "$T/raw"
}
mine=$(gap_of "$(event_time "$first")" "$(event_time "$second")") others=$(gap_of "$(raw_time "$first")" "$(raw_time "$second")")
ok "gap: it is as long as the kernel says: $mine, $others us" near "$mine" "$others" $apart
ok "gap: and so long" test "$mine" -ge 5000000
is "$(grep -oE "next_tid = $second, next_prio = [-0-9]+" "$T/events" | sort -u)" "next_tid = $second, next_prio = -2" "gap: a real-time priority"
ok "the daemon ends in order" stop_suite
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Session files with a kernel domain: saved, loaded and listed as before; exchanged with the stock daemons where these can
# trace the kernel.
#
# Takes up to 120 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
# shellcheck source-path=SCRIPTDIR source=compare/record.sh
. "$(dirname "$0")/compare/record.sh"
mine=$SUITE
suites=("$mine")
[ "$KERNEL_TRACER:$mine" != modules:ours ] || suites=(stock ours)

build() {
	k create kernel -o "$T/out/kernel"
	k enable-channel -k --subbuf-size 8192 --num-subbuf 8 --switch-timer 100000 --read-timer 300000 first
	k enable-event -k -c first sched_switch --filter 'prev_tid > 1 && next_comm == "a*"'
	k enable-event -k -c first sched_wakeup,sched_waking
	k disable-event -k -c first sched_waking
	k enable-event -k -c first --syscall getppid
	k enable-channel -k --overwrite --tracefile-size 65536 --tracefile-count 2 second
	k enable-event -k -c second --syscall --all
	k add-context -k -c first -t tid -t interruptible
	k track -k --pid 1,2
	k create --snapshot flight -o "$T/out/flight"
	k enable-channel -k ch
	k enable-event -k -c ch --all
}
say() {
	{ lttng list kernel; lttng list flight; } 2>&1 | normalise_record | sorted_lists
}
# said FILE: rules have no order; an empty list is nothing; stock files have a live timer of -1 for what has none.
said() {
	grep -vE '^\s*<contexts/>' "$1" | sed 's/<live_timer_interval>4294967295</<live_timer_interval>0</' | sort
}
with() {
	SUITE=$1
	start_suite
}
quit() {
	lttng destroy --all >"$T/quit.out" 2>&1
	stop_suite
}

for suite in "${suites[@]}"; do
	with "$suite"
	build
	say >"$T/before-$suite"
	ok "$suite saves" lttng save -o "$T/saved-$suite" --all
	for session in kernel flight; do
		ok "$suite: $session obeys the schema" xmllint --noout --schema /usr/share/xml/lttng/session.xsd "$T/saved-$suite/$session.lttng"
	done
	quit
done
if [ "${#suites[@]}" = 2 ]; then
	for session in kernel flight; do
		is "$(diff <(said "$T/saved-stock/$session.lttng") <(said "$T/saved-ours/$session.lttng"))" "" "$session: the files say the same"
	done
fi
for from in "${suites[@]}"; do
	for to in "${suites[@]}"; do
		[ "$from$to" != stockstock ] || [ "$mine" = stock ] || continue
		with "$to"
		ok "what $from saved is loaded by $to" lttng load -i "$T/saved-$from" --all
		say >"$T/after"
		is "$(diff "$T/before-$from" "$T/after")" "" "$from to $to: listed as before"
		k track -k --pid --all -s kernel
		k start kernel
		load_begins -n 50
		load_runs
		k stop kernel
		quit
		ok "$from to $to: it records" read_trace "$T/out/kernel"
		tally
		seen_is "syscall_entry_getppid $TID" 50 "$from to $to: what it did"
		rm -rf "$T/out"/*
	done
done
done_testing

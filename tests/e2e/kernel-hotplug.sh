#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A processor that is switched off while it records, and on again: nothing of its last moments is missing, and what it does
# later goes on in the same file.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
switch=/sys/devices/system/cpu/cpu1/online
reason=
[ -n "${RF_OWN_MACHINE:-}" ] || reason="it would switch a processor off under others: make kernel-vm does it in a machine of its own"
[ -w "$switch" ] || reason="the second processor cannot be switched off"
if [ -n "$reason" ]; then
	skip kernel-hotplug "$reason"
	done_testing
fi
out=$T/out/plugged
calls=2000

start_suite
k create plugged -o "$out"
k enable-channel -k --subbuf-size 65536 --num-subbuf 8 ch
k enable-event -k -c ch --syscall lseek
k add-context -k -c ch -t tid

# begins: a load that is on the second processor.
begins() {
	load_begins -l $calls -d 1000
	taskset -apc 1 "$LOAD_PID" >/dev/null || bail "no second processor"
}
recorded() {
	[ -n "$(find "$out" -name ch_1 -size +0)" ]
}

begins
first=$TID
k start
load_goes
ok "it records" wait_until 20 recorded
echo 0 >"$switch" || bail "the processor stays"
ok "the load has not ended" kill -0 "$LOAD_PID"
load_ends
k stop
k start
echo 1 >"$switch" || bail "the processor does not come back"
begins
load_runs
k stop
is "$(discarded plugged)" 0 "nothing discarded"
k destroy
ok "it can be read" read_trace "$out"
is "$(numbers "$first")" "0-$((calls - 1))" "a processor that goes: every call, once, in order"
is "$(numbers "$TID")" "0-$((calls - 1))" "one that comes: every call"
ok "the first went on elsewhere" grep -qE "\{ cpu_id = 0 \}.*\{ tid = $first \}" "$T/events"
ok "the second is where it was put" grep -qE "\{ cpu_id = 1 \}.*\{ tid = $TID \}" "$T/events"
is "$(cd "$out/kernel" && echo ch_*)" "ch_0 ch_1" "a file for each processor"
ok "the daemon ends in order" stop_suite
done_testing

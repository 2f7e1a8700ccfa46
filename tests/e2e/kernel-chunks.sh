#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Rotations, snapshots, clears and file sets of kernel channels: numbered system calls show what is missing or there twice.
#
# Takes up to 240 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
calls=20000 delay=200 rotations=20 busy=200000
[ "$RF_SLOW" = 1 ] || { calls=800 delay=2000 rotations=4 busy=5000; }

# What others seek would push ours out of rings and files that are overwritten.
alone
start_suite

# session NAME CREATE-OPTION... -- CHANNEL-OPTION...: records lseek.
session() {
	local name=$1 create=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do create+=("$1"); shift; done
	shift
	k create "${create[@]}" "$name" -o "$T/out/$name"
	k enable-channel -k "$@" ch
	k enable-event -k -c ch --syscall lseek
	k add-context -k -c ch -t tid
}

# --- rotations -------------------------------------------------------------------------------------------------------

session rotated -- --subbuf-size 16384 --num-subbuf 16
load_begins -l $calls -d $delay
k start
load_goes
done_rotations=0
while [ $done_rotations -lt $rotations ]; do
	k rotate || break
	done_rotations=$((done_rotations + 1))
done
is $done_rotations $rotations "rotated: under load"
load_ends
k stop
is "$(discarded rotated)" 0 "rotated: nothing discarded"
k destroy
is "$(find "$T/out/rotated/archives" -mindepth 1 -maxdepth 1 | wc -l)" $((rotations + 1)) "rotated: an archive each, and the last"
read_chunks() {
	local chunk
	for chunk in "$T/out/rotated/archives"/*; do babeltrace2 "$chunk" --component=sink.utils.dummy || return 1; done
}
ok "rotated: each is readable alone" read_chunks
ok "rotated: and all together" read_trace "$T/out/rotated"
is "$(numbers "$TID")" "0-$((calls - 1))" "rotated: every call is there, once, in order"
rm -rf "$T/out/rotated"

# --- snapshots -------------------------------------------------------------------------------------------------------

session snap --snapshot -- --subbuf-size 65536 --num-subbuf 4
load_begins -l $calls -d $delay
k start
load_goes
k snapshot record -n first
k snapshot record -n second
load_ends
k snapshot record -n third
k destroy
at=()
for name in first second third; do
	dir=$(echo "$T/out/snap/$name"-*)
	ok "snapshot: the $name is readable" read_trace "$dir"
	at+=("$(numbers "$TID")")
done
diag "${at[*]}"
in_one_piece() {
	[[ $1 =~ ^[0-9]+-[0-9]+$ ]]
}
for i in 0 1 2; do ok "snapshot $i: nothing is missing in it" in_one_piece "${at[i]}"; done
if [ "$RF_SLOW" = 1 ]; then
	# The ring holds less than all.
	ok "snapshot: the newest" test "${at[2]#*-}" = $((calls - 1))
else
	is "${at[2]}" "0-$((calls - 1))" "snapshot: all of it"
fi
ok "snapshot: the second goes on later" test "${at[1]#*-}" -gt "${at[0]#*-}"
ok "snapshot: and has what the first had" test "${at[1]%-*}" -le "${at[0]#*-}"
rm -rf "$T/out/snap"

# A ring that is too small keeps the newest.
session newest --snapshot -- --subbuf-size 4096 --num-subbuf 4
load_begins -l $busy
k start
load_runs
k stop
k snapshot record -n only
k destroy
ok "newest: the snapshot is readable" read_trace "$(echo "$T/out/newest/only"-*)"
held=$(numbers "$TID")
ok "newest: in one piece: $held" in_one_piece "$held"
is "${held#*-}" $((busy - 1)) "newest: to the last call"
ok "newest: and not from the first" test "${held%-*}" -gt 0
rm -rf "$T/out/newest"

# --- clears ----------------------------------------------------------------------------------------------------------

session cleared -- --subbuf-size 16384 --num-subbuf 16
k start
load_begins -l 500
load_runs
first=$TID
k clear
load_begins -l $calls -d $delay
load_goes
k clear
load_ends
k stop
k destroy
ok "cleared: the trace is readable" read_trace "$T/out/cleared"
is "$(numbers "$first")" "" "cleared: nothing from before"
held=$(numbers "$TID")
ok "cleared: one piece after it: $held" in_one_piece "$held"
is "${held#*-}" $((calls - 1)) "cleared: to the last call"
session stopped -- --subbuf-size 16384 --num-subbuf 16
k start
load_begins -l 100
load_runs
first=$TID
k stop
k clear
k start
load_begins -l 200
load_runs
k stop
k destroy
ok "cleared while stopped: the trace is readable" read_trace "$T/out/stopped"
is "$(numbers "$first"):$(numbers "$TID")" ":0-199" "cleared while stopped: only what came later"
rm -rf "$T/out/cleared" "$T/out/stopped"

# --- sets of files ---------------------------------------------------------------------------------------------------

session sized -- --subbuf-size 4096 --num-subbuf 64 --tracefile-size 16384
session counted -- --subbuf-size 4096 --num-subbuf 64 --tracefile-size 16384 --tracefile-count 3
load_begins -l 3000 -d $((RF_SLOW == 1 ? 50 : 0))
k start sized
k start counted
load_runs
k stop sized
k stop counted
is "$(discarded sized)$(discarded counted)" 00 "sets: nothing discarded"
k destroy sized
k destroy counted
ok "sized: the trace is readable" read_trace "$T/out/sized"
is "$(numbers "$TID")" 0-2999 "sized: every call, once"
ok "sized: several files" test "$(find "$T/out/sized/kernel" -name 'ch_0_*' ! -name '*.idx' | wc -l)" -gt 3
is "$(find "$T/out/sized/kernel" -name 'ch_?_*' ! -name '*.idx' -size +16384c)" "" "sized: none too large"
ok "counted: the trace is readable" read_trace "$T/out/counted"
held=$(numbers "$TID")
ok "counted: one piece: $held" in_one_piece "$held"
is "${held#*-}" 2999 "counted: to the last call"
ok "counted: and not from the first" test "${held%-*}" -gt 0
is "$(find "$T/out/counted/kernel" -name 'ch_0_*' ! -name '*.idx' | wc -l)" 3 "counted: so many files"
ok "the daemon ends in order" stop_suite
done_testing

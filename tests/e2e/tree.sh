#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Names, modes and owners of everything below the output directory, and what appears when.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
umask 077
cpus=$(nproc --all)

expected_tree() {
	local dir=$1 owner=$2 cpu
	echo "d 770 $owner "
	echo "d 770 $owner ust"
	echo "d 770 $owner $dir"
	while dir=${dir%/*} && [ "$dir" != ust ]; do echo "d 770 $owner $dir"; done
	dir=$1
	echo "d 770 $owner $dir/index"
	echo "f 660 $owner $dir/metadata"
	for ((cpu = 0; cpu < cpus; cpu++)); do
		echo "f 660 $owner $dir/ch_$cpu"
		echo "f 660 $owner $dir/index/ch_$cpu.idx"
	done
}

session_tree() {
	local name=$1 scheme=$2 client=$3 app=$4 dir=$5 out=$T/out/$1
	"${client_run[@]}" lttng -q create "$name" -o "$out"
	"${client_run[@]}" lttng -q enable-channel -u "--buffers-$scheme" --subbuf-size 4096 ch
	"${client_run[@]}" lttng -q enable-event -u -c ch 'rf_sample:*'
	ok "$name: nothing before start" test ! -e "$out"
	"${client_run[@]}" lttng -q start
	is "$(tree_of "$out")" "d 770 $client:$client "$'\n'"d 770 $client:$client ust" "$name: after start only ust"
	run_as "$app" rf-sample -n 5 >"$T/rf-out"
	"${client_run[@]}" lttng -q stop
	is "$(tree_of "$out")" "$(expected_tree "$dir" "$client:$client" | sort -k4)" "$name: the whole tree"
	is "$(find "$out" -name "ch_*[0-9]" -printf "%s\n" | sort -u)" 4096 "$name: one packet in every stream"
	"${client_run[@]}" lttng -q destroy
	is "$(events "$out")" 5 "$name: readable"
}

client_run=(env)
session_tree root-uid uid 0 0 ust/uid/0/64-bit
session_tree root-others uid 0 "$ALICE" "ust/uid/$ALICE/64-bit"
session_tree root-pid pid 0 0 ust/pid/rf-sample-PID-DATE
client_run=(client_as "$ALICE")
session_tree alice-uid uid "$ALICE" "$ALICE" "ust/uid/$ALICE/64-bit"
session_tree alice-pid pid "$ALICE" "$ALICE" ust/pid/rf-sample-PID-DATE

# Default place and name.
lttng -q create named
ok "default output path" grep -qE "Trace output: $HOME/lttng-traces/named-[0-9]{8}-[0-9]{6}$" <(lttng list named)
lttng -q destroy named
done_testing

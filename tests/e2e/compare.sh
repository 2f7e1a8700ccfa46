#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same commands give the same: what some hundred `lttng` invocations print, their exit status, the directory trees
# they leave and the events read back are compared with those of the stock daemons, line by line.
#
#     SUITE=ours  compare.sh [PART...]    ours with stock (default: all parts, files compare/part_PART.sh)
#     SUITE=stock compare.sh [PART...]    stock with itself: shows that the parts are deterministic
#     compare.sh --log PART               prints the log of one part with the daemons of SUITE
#
# Differences on purpose are in compare/explained. Each must be needed, and each must be said in docs/compatibility.md.
# COMPARE_KEEP=DIR keeps the logs. COMPARE_DIR=DIR: other parts, with explanations of their own (see kernel-compare.sh).
#
# Takes up to 300 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
usual=$(cd "$(dirname "$0")/compare" && pwd)
parts_dir=${COMPARE_DIR:-$usual}
# shellcheck source-path=SCRIPTDIR source=compare/record.sh
. "$usual/record.sh"

if [ "${1:-}" = --log ]; then
	record_part "$2"
	tap_count=1
	done_testing >/dev/null
fi

mapfile -t all_parts < <(cd "$parts_dir" && printf '%s\n' part_*.sh | sed 's/^part_//; s/\.sh$//')
[ $# -gt 0 ] && parts=("$@") || parts=("${all_parts[@]}")
reference=stock other=$SUITE
logs=${COMPARE_KEEP:-$T/logs}
mkdir -p "$logs"
: >"$logs/used"

# Each part runs in namespaces of its own, so any number may run at once; most of the time they wait.
log_part() {
	env -u RF_PRIVATE SUITE="$1" timeout -k 5 $((200 * RF_SLOW)) "$BASH" "$0" --log "$3" >"$logs/$2-$3" 2>"$logs/$2-$3.err" </dev/null ||
		echo "== the part ended early" >>"$logs/$2-$3"
}
for part in "${parts[@]}"; do
	for side in first second; do
		while [ "$(jobs -pr | wc -l)" -ge "${COMPARE_JOBS:-6}" ]; do wait -n; done
		suite=$reference
		[ $side = first ] || suite=$other
		log_part "$suite" "$side" "$part" &
	done
done
wait

commands=0
for part in "${parts[@]}"; do
	for side in first second; do
		grep -q '^== end of part$' "$logs/$side-$part" || {
			fail "$part: the whole part ran ($side)"
			diag "$(tail -n 5 "$logs/$side-$part" "$logs/$side-$part.err")"
		}
	done
	commands=$((commands + $(grep -c '^== lttng ' "$logs/first-$part")))
	differences "$logs/first-$part" "$logs/second-$part" >"$logs/diff-$part"
	[ "$other" = stock ] || explain "$part" <"$logs/diff-$part" >"$logs/left-$part"
	[ "$other" != stock ] || cp "$logs/diff-$part" "$logs/left-$part"
	if [ -s "$logs/left-$part" ]; then
		fail "$part: equal"
		diag "$(head -n 60 "$logs/left-$part")"
	else
		pass "$part: equal"
	fi
done
diag "$commands lttng commands"
if [ "${#parts[@]}" = "${#all_parts[@]}" ]; then
	[ "$parts_dir" != "$usual" ] || ok "at least 150 commands" test "$commands" -ge 150
	if [ "$other" = ours ]; then
		is "$(unused_explanations)" "" "every explanation is needed"
		is "$(undocumented_explanations)" "" "every explanation is in docs/compatibility.md"
	fi
fi
done_testing

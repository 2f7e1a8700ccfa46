#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The stock daemons and ours side by side: every case runs ROUNDS times with each, alternating, each time in fresh
# private namespaces; the table gives medians and how many times better ours is (above 1: better).
#
#     bench.sh [CASE...]      cases: flood control stopped start memory rotate snapshot (default: all)
#
# Sizes, from the environment: FLOOD_DIR=DIR (where flood writes; default: /var/tmp) ROUNDS=3 FLOOD_APPS="1 4 16" FLOOD_MS=1000 IDLE_APPS="10 100 400" STARTING=300
# MEMORY_APPS=100 LATENCY_APPS="0 1 4" LATENCY_ROUNDS=15

set -u
here=$(cd "$(dirname "$0")" && pwd)
ROUNDS=${ROUNDS:-3}
BUILD=${BUILD:-$(cd "$here/../.." && pwd)/build}
export BUILD
results=$(mktemp)
# Traces go to disks, so the flood does.
FLOOD_DIR=$(mktemp -d "${FLOOD_DIR:-/var/tmp}/rf-bench-XXXXXX")
export FLOOD_DIR
trap 'rm -rf "$results" "$FLOOD_DIR"' EXIT
[ $# -gt 0 ] || set -- flood control stopped start memory rotate snapshot

for name in "$@"; do
	for ((round = 1; round <= ROUNDS; round++)); do
		for suite in stock ours; do
			echo "$name, round $round of $ROUNDS, $suite" >&2
			SUITE=$suite timeout 300 "$here/case.sh" "$name" </dev/null | sed "s/^/$suite|/" >>"$results" ||
				echo "bench: $name with $suite failed" >&2
		done
	done
done

# A result line is SUITE|MEASURE|UNIT|better is: more or less|VALUE.
awk -F'|' -v others=stock -f "$here/table.awk" "$results"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run end-to-end scripts, two at a time, and add their results up.
#
#     run.sh [BUILD [NAME...]]     without names: every script of this directory
#
# A script with a line "# Takes up to N s" has so long if that is more than E2E_TIMEOUT.
# The last line is "e2e: N passed, N failed, N skipped". E2E_JOBS and E2E_TIMEOUT (seconds a script) may be set.

set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd) || exit 1
shift $(($# > 0 ? 1 : 0))
export BUILD=$build
jobs=${E2E_JOBS:-2}
limit=${E2E_TIMEOUT:-120}
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

if [ $# -eq 0 ]; then
	mapfile -t names < <(cd "$here" && printf '%s\n' *.sh | grep -vx run.sh | sed 's/\.sh$//')
	set -- "${names[@]}"
fi

one() {
	local name=$1 status own limit=$limit
	own=$(sed -nE 's/^# Takes up to ([0-9]+) s$/\1/p' "$here/$name.sh")
	[ "${own:-0}" -le "$limit" ] || limit=$own
	local began=$SECONDS
	timeout -k 5 "$limit" "$here/$name.sh" >"$logs/$name" 2>&1 </dev/null
	status=$?
	[ "$status" != 124 ] || echo "not ok - $name did not end within $limit s" >>"$logs/$name"
	echo "$status" >"$logs/$name.status"
	printf '%-20s exit %-3s ok %-3s not ok %-3s %s s\n' "$name" "$status" \
		"$(grep -c '^ok ' "$logs/$name")" "$(grep -c '^not ok' "$logs/$name")" $((SECONDS - began))
}

for name in "$@"; do
	while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do
		wait -n
	done
	one "$name" &
done
wait

passed=0 failed=0 skipped=0
for name in "$@"; do
	log=$logs/$name
	skips=$(grep -cE '^ok .*# SKIP' "$log")
	bad=$(grep -cE '^(not ok|Bail out!)' "$log")
	passed=$((passed + $(grep -c '^ok ' "$log") - skips))
	skipped=$((skipped + skips))
	[ "$bad" != 0 ] || [ "$(cat "$log.status")" = 0 ] || bad=1
	failed=$((failed + bad))
	if [ "$bad" != 0 ]; then
		echo "--- $name"
		grep -vE '^ok ' "$log"
	fi
done
echo "e2e: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

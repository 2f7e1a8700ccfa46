#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All tests, in the order in which they find out most for their time. Ends with the line "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=$(nproc)
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0 skipped=0

# Each part ends with a line "NAME: N passed, N failed[, N skipped]" of its own, which is added up here.
part() {
	local name=$1 began=$SECONDS status line
	shift
	echo "== $name"
	"$@" 2>&1 | tee "$log/$name"
	status=${PIPESTATUS[0]}
	line=$(grep -E '[0-9]+ passed, [0-9]+ failed' "$log/$name" | tail -n 1)
	if [ -n "$line" ]; then
		passed=$((passed + $(grep -oE '[0-9]+ passed' <<<"$line" | grep -oE '[0-9]+')))
		failed=$((failed + $(grep -oE '[0-9]+ failed' <<<"$line" | grep -oE '[0-9]+')))
		skipped=$((skipped + $(grep -oE '[0-9]+ skipped' <<<"$line" | grep -oE '[0-9]+' || echo 0)))
	elif [ "$status" -eq 0 ]; then
		passed=$((passed + 1))
	fi
	if [ "$status" -ne 0 ] && ! grep -qE '[1-9][0-9]* failed' <<<"$line"; then
		failed=$((failed + 1))
	fi
	echo "== $name: exit $status, $((SECONDS - began)) s"
}
quiet_make() {
	make -s -j"$jobs" "$@"
}
part build quiet_make all man
part lint make -s lint
part unit quiet_make unit
part unit-address quiet_make unit SAN=address
part e2e quiet_make e2e
part kernel-vm quiet_make kernel-vm
part attack quiet_make attack
part e2e-address quiet_make e2e SAN=address
part storm-thread quiet_make storm SAN=thread
part fuzz quiet_make fuzz
part install make -s install DESTDIR="$log/root"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

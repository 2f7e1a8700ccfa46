#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs every unit test program of a build tree; ends with a line that counts them.
# usage: tests/unit/run.sh BUILD
set -u -o pipefail
build=${1:?usage: run.sh BUILD}
# The kernel's own tracer may be there without being mounted: then it is, for the tests alone.
if [ "$(id -u)" = 0 ] && [ -d /sys/kernel/tracing ] && [ ! -e /sys/kernel/tracing/trace ] && [ -z "${RF_UNIT_MOUNTED:-}" ]; then
	RF_UNIT_MOUNTED=1 exec unshare -m --propagation unchanged -- sh -c '
		if mount --make-rprivate / 2>/dev/null || mount --make-private /sys 2>/dev/null; then
			mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
		fi
		exec "$@"' sh "$0" "$@"
fi
passed=0 failed=0 skipped=0
for program in "$build"/tests/unit/test_*; do
	[ -f "$program" ] && [ -x "$program" ] || continue
	# Only the verbose ones tell what was skipped.
	out=$(timeout 120 "$program" --jobs 2 --verbose 2>&1 | grep -vE '^\[(RUN |PASS)\]')
	status=$?
	line=$(printf '%s\n' "$out" | sed -n 's/.*Tested: *\([0-9]*\).*Passing: *\([0-9]*\).*Failing: *\([0-9]*\).*Crashing: *\([0-9]*\).*/\1 \2 \3 \4/p' | tail -n 1)
	read -r tested ok _ _ <<<"${line:-0 0 0 0}"
	skips=$(grep '^\[SKIP\]' <<<"$out")
	if [ "$status" -ne 0 ] || { [ "${tested:-0}" -eq 0 ] && [ -z "$skips" ]; }; then
		printf 'FAIL %s (exit %d)\n%s\n' "${program##*/}" "$status" "$out"
		failed=$((failed + (tested > ok ? tested - ok : 1)))
	else
		printf 'ok   %s (%d)\n' "${program##*/}" "$ok"
	fi
	passed=$((passed + ok))
	[ -z "$skips" ] || { printf '%s\n' "$skips"; skipped=$((skipped + $(wc -l <<<"$skips"))); }
done
printf 'unit: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

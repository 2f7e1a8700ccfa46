#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs every unit test program of a build tree; ends with a line that counts them.
# usage: tests/unit/run.sh BUILD
set -u -o pipefail
build=${1:?usage: run.sh BUILD}
passed=0 failed=0 skipped=0
for program in "$build"/tests/unit/test_*; do
	[ -f "$program" ] && [ -x "$program" ] || continue
	# Only the verbose ones tell what was skipped.
	out=$(timeout 120 "$program" --jobs 2 --verbose 2>&1 | grep -vE '^\[(RUN |PASS)\]')
	status=$?
	line=$(printf '%s\n' "$out" | sed -n 's/.*Tested: *\([0-9]*\).*Passing: *\([0-9]*\).*Failing: *\([0-9]*\).*Crashing: *\([0-9]*\).*/\1 \2 \3 \4/p' | tail -n 1)
	read -r tested ok _ _ <<<"${line:-0 0 0 0}"
	if [ "$status" -ne 0 ] || [ "${tested:-0}" -eq 0 ]; then
		printf 'FAIL %s (exit %d)\n%s\n' "${program##*/}" "$status" "$out"
		failed=$((failed + (tested > ok ? tested - ok : 1)))
	else
		printf 'ok   %s (%d)\n' "${program##*/}" "$ok"
	fi
	passed=$((passed + ok))
	skips=$(grep '^\[SKIP\]' <<<"$out")
	[ -z "$skips" ] || { printf '%s\n' "$skips"; skipped=$((skipped + $(wc -l <<<"$skips"))); }
done
printf 'unit: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

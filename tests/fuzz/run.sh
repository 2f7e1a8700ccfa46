#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs every fuzz target for a bounded time, from an empty corpus and the seeds in tests/fuzz/seeds/NAME.
# usage: tests/fuzz/run.sh BUILD SECONDS
set -u
build=${1:?usage: run.sh BUILD SECONDS} seconds=${2:?}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

one() {
	local target=$1 name=${1##*/} seeds=()
	mkdir -p "$scratch/$name"
	[ -d "tests/fuzz/seeds/$name" ] && seeds=("tests/fuzz/seeds/$name")
	if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$scratch/$name-" \
		"$scratch/$name" "${seeds[@]}" >"$scratch/$name.log" 2>&1; then
		printf 'ok   %s: %s\n' "$name" "$(grep -o 'Done [0-9]* runs' "$scratch/$name.log")"
	else
		printf 'FAIL %s\n' "$name"
		tail -n 40 "$scratch/$name.log"
	fi >"$scratch/$name.result"
}

# One on each CPU at a time.
for target in "$build"/fuzz_*; do
	[ -f "$target" ] && [ -x "$target" ] || continue
	[ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
	one "$target" &
done
wait
cat "$scratch"/*.result
passed=$(cat "$scratch"/*.result | grep -c '^ok ')
failed=$(cat "$scratch"/*.result | grep -c '^FAIL ')
printf 'fuzz: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

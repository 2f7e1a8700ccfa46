#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Style and static checks over every tracked file; prints what is wrong, exits 1 then.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=$(nproc)
failed=0

# Files of the project by name pattern: what git tracks, or all there are where this is no checkout.
files() {
	local pattern args=()
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -- "$@"
		return
	fi
	for pattern in "$@"; do
		args+=(-o -path "./$pattern" -o -path "./*/$pattern")
	done
	find . \( -name 'build*' -prune \) -o -type f \( "${args[@]:1}" \) -printf '%P\n'
}
mapfile -t sources < <(files '*.c' '*.h')
mapfile -t units < <(files 'common/*.c' 'policy/*.c' 'autoload/*.c' 'sessiond/*.c' 'consumerd/*.c' | grep -v '^tests/')
mapfile -t scripts < <({ files '*.sh'; echo .ci/run; } | sort -u)
if [ "${#sources[@]}" -lt 100 ] || [ "${#units[@]}" -lt 50 ] || [ "${#scripts[@]}" -lt 10 ]; then
	echo "lint found only ${#sources[@]} sources, ${#units[@]} units and ${#scripts[@]} scripts" >&2
	exit 1
fi

step() {
	local name=$1
	shift
	if "$@"; then
		echo "ok   $name"
	else
		echo "FAIL $name"
		failed=1
	fi
}
spdx() {
	local bad=0 file
	while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || { echo "no SPDX line: $file"; bad=1; }
	done < <(files '*.c' '*.h' '*.sh' '*.mk' Makefile .ci/run .clang-format .clang-tidy)
	return "$bad"
}
tidy() {
	# The flags are given here, so that no compilation database is needed.
	printf '%s\n' "${units[@]}" | xargs -P "$jobs" -n 4 sh -c '
		clang-tidy --quiet "$@" -- -std=gnu17 -D_GNU_SOURCE -I. -I/usr/include/libxml2 -DRF_VERSION=\"tidy\" 2>/dev/null' sh |
		{ ! grep -E 'warning:|error:' -A 4; }
}
clang_build() {
	make -s -j"$jobs" CC=clang all
}
step "SPDX lines" spdx
step "clang-format" clang-format --dry-run --Werror "${sources[@]}"
step shellcheck shellcheck -x "${scripts[@]}"
step "clang build" clang_build
step "docs/filters.md is of policy/seccomp/tables.c" bash docs/filters.sh --check
step clang-tidy tidy
exit $failed

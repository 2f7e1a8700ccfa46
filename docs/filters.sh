#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Writes docs/filters.md from policy/seccomp/tables.c. With --check: fails when the page is not what would be written.
set -eu
cd "$(dirname "$0")/.."

rows() {
	# One rule a line, then: list, call, condition, reason.
	{ tr '\n' ' ' <policy/seccomp/tables.c; echo; } | sed -E 's/[[:space:]]+/ /g; s/ (ANY|WHEN)\(/\n\1(/g; s/ (static const struct rf_call_rule [a-z_]+_rules)/\n\1/g' |
		sed -nE '
			s/^static const struct rf_call_rule ([a-z_]+)_rules.*/list \1/p
			s/^ANY\(([a-z0-9_]+), "([^"]*)"\).*/rule \1\t\t\2/p
			s/^WHEN\(([a-z0-9_]+), (RF_ARG_[A-Z_]+), ([0-9]+), ([^"]*), "([^"]*)"\).*/rule \1\t\2 \3 \4\t\5/p'
}
words() {
	sed -E 's/RF_ARG_EQUAL ([0-9]+) (.*)/argument \1 is \2/; s/RF_ARG_NO_BITS ([0-9]+) (.*)/argument \1 without \2/
		s/RF_ARG_BIT_SET ([0-9]+) (.*)/argument \1 with \2/; s/RF_ARG_IOCTL_OF ([0-9]+) (.*)/argument \1 is of type \2/; s/RF_ARG_OWN_PID ([0-9]+) .*/argument \1 is the own process/'
}
title() {
	case $1 in
	running) echo "Every program, once it runs" ;;
	sessiond) echo "The session daemon, besides" ;;
	consumer) echo "A consumer, besides" ;;
	kernel_consumer) echo "The consumer of the kernel, besides" ;;
	starting) echo "From execve(2) to a child's own filter" ;;
	broker) echo "The broker itself" ;;
	autoload) echo "The loader of sessions at start, besides" ;;
	state) echo "The reader of the machine's state, besides" ;;
	program) echo "Who takes programs from clients, besides" ;;
	kernel) echo "The kernel worker, besides" ;;
	worker) echo "A run-as worker, besides" ;;
	sanitizer) echo "Sanitised test builds only, everywhere" ;;
	*) echo "$1" ;;
	esac
}
page() {
	local kind rest call condition reason
	cat <<'END'
<!-- SPDX-License-Identifier: GPL-2.0-only -->
<!-- Written by docs/filters.sh from policy/seccomp/tables.c. -->
# System call filters

Each program may make the calls of its lists; any other kills the process, which the broker audits. Argument numbers
begin with 0. What the lists mean, and which program has which, is in [security.md](security.md).
END
	rows | while read -r kind rest; do
		if [ "$kind" = list ]; then
			printf '\n## %s\n\n| call | only if | why |\n| --- | --- | --- |\n' "$(title "$rest")"
			continue
		fi
		call=$(cut -f 1 <<<"$rest")
		condition=$(cut -f 2 <<<"$rest" | words | sed 's/|/or/g')
		reason=$(cut -f 3 <<<"$rest")
		# shellcheck disable=SC2016
		printf '| `%s` | %s | %s |\n' "$call" "$condition" "$reason"
	done
}

if [ "${1:-}" = --check ]; then
	page | diff -u docs/filters.md - || { echo "docs/filters.md is out of date: run docs/filters.sh" >&2; exit 1; }
else
	page >docs/filters.md
fi

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel domain under a kernel with lttng-modules: end-to-end scripts and modules_road, in one boot of the machine.
#
#     suite.sh [BUILD [NAME...]]      names of scripts in tests/e2e (default: kernel-*)
#
# With both tracers: lttng-modules, and for some scripts the tracer of this older kernel itself. The last line is
# "kernel-vm: N passed, N failed, N skipped". Where there can be no machine, all is one test that is skipped.
# KERNEL_VM_SUITE=stock runs the scripts with the stock daemons, which proves the scripts.

set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

if [ "${1:-}" = --inside ]; then
	build=$2
	shift 2
	export RF_SLOW=4 E2E_JOBS=3 E2E_TIMEOUT=240
	KERNEL_TRACER=modules "$top/tests/e2e/run.sh" "$build" "$@"
	older=()
	for name in kernel-probes kernel-mixed kernel-crash; do
		[[ " $* " != *" $name "* ]] || older+=("$name")
	done
	if [ "$SUITE" = ours ]; then
		if [ ${#older[@]} -gt 0 ]; then
			echo "--- with the tracer of this kernel"
			KERNEL_TRACER=tracefs "$top/tests/e2e/run.sh" "$build" "${older[@]}"
		fi
		"$build/tests/kernel-vm/modules_road" "$build/bin/ringfence-consumerd" /dev/shm/road
	fi
	warnings=$(dmesg | grep -E 'WARNING|BUG:|Oops')
	if [ -z "$warnings" ]; then echo "ok - the kernel has nothing to say"; else echo "not ok - the kernel has nothing to say: $warnings"; fi
	exit 0
fi

build=$(cd "${1:-$top/build}" && pwd) || exit 1
shift $(($# > 0 ? 1 : 0))
if [ $# -eq 0 ]; then
	mapfile -t names < <(cd "$top/tests/e2e" && printf '%s\n' kernel-*.sh | sed 's/\.sh$//')
	set -- "${names[@]}"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$here/run.sh" -v -t "${KERNEL_VM_LIMIT:-900}" -e SUITE="${KERNEL_VM_SUITE:-ours}" -- "$here/suite.sh" --inside "$build" "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" = "$VM_UNAVAILABLE" ]; then
	echo "ok 1 - kernel-vm # SKIP $(tail -n 1 "$log")"
	echo "kernel-vm: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
# The scripts' sums, and results that are not in them.
read -r passed failed skipped < <(awk -v status="$status" '
	/^e2e: / { passed += $2; failed += $4; skipped += $6; next }
	/^# SKIP|^ok .*# SKIP/ { skipped++; next }
	/^ok / { passed++; next }
	/^---/ { details = 1 }
	/^not ok / && !details { failed++ }
	/^not ok - the kernel/ { failed++ }
	END { print passed + 0, failed + (status != 0), skipped + 0 }' "$log")
echo "kernel-vm: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

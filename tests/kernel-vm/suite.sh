#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel domain under a kernel with lttng-modules: end-to-end scripts, and modules_road.
#
#     suite.sh [BUILD [NAME...]]      names of scripts in tests/e2e (default: kernel-*, but for those that compare with the
#                                     stock daemons for minutes, or do not depend on the tracer: make kernel-vm-compare)
#
# With both tracers: lttng-modules, and for some scripts the tracer of this older kernel itself. Two machines share the work,
# since an emulated one uses one CPU. Scripts about processors run in one that could have more of them than a word has bits,
# the one about lockdown in one that is locked down. The last line is "kernel-vm: N passed, N failed, N skipped". Where there can be no
# machine, all is one test that is skipped. KERNEL_VM_SUITE=stock runs the scripts with the stock daemons, which proves them.

set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

# What is run with the tracer of the older kernel, too.
older=" kernel-threads kernel-hotplug kernel-probes kernel-mixed "

if [ "${1:-}" = --inside ]; then
	build=$2
	shift 2
	# The stock daemons unload modules when they end, also under others. Now nobody can any more.
	echo 1 >/proc/sys/kernel/modules_disabled
	export RF_SLOW=4 RF_OWN_MACHINE=1 E2E_JOBS=2 E2E_TIMEOUT=300
	KERNEL_TRACER=modules "$top/tests/e2e/run.sh" "$build" "$@"
	if [ "$SUITE" = ours ]; then
		for name in "$@"; do
			[[ $older != *" $name "* ]] || {
				echo "--- with the tracer of this kernel"
				KERNEL_TRACER=tracefs "$top/tests/e2e/run.sh" "$build" "$name"
			}
		done
		# Where they share the work, the one that has the shorter part.
		[[ " $* " != *" kernel-crash "* ]] || "$build/tests/kernel-vm/modules_road" "$build/bin/ringfence-consumerd" /dev/shm/road
	fi
	warnings=$(dmesg | grep -E 'WARNING|BUG:|Oops')
	if [ -z "$warnings" ]; then echo "ok - the kernel has nothing to say"; else echo "not ok - the kernel has nothing to say: $warnings"; fi
	exit 0
fi

build=$(cd "${1:-$top/build}" && pwd) || exit 1
shift $(($# > 0 ? 1 : 0))
if [ $# -eq 0 ]; then
	mapfile -t names < <(cd "$top/tests/e2e" && printf '%s\n' kernel-*.sh | sed 's/\.sh$//' | grep -vxE 'kernel-(compare|policy|save)')
	set -- "${names[@]}"
fi
logs=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$logs"' EXIT

"$here/build.sh" >"$logs/build" 2>&1
status=$?
cat "$logs/build"
if [ "$status" = "$VM_UNAVAILABLE" ]; then
	echo "ok 1 - kernel-vm # SKIP $(tail -n 1 "$logs/build")"
	echo "kernel-vm: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
# About as long each.
first=() second=() many=() locked=()
for name in "$@"; do
	case $name in
	kernel-hotplug) many=("$name") ;;
	kernel-lockdown) locked=("$name") ;;
	kernel-chunks | kernel-compare | kernel-crash) first+=("$name") ;;
	*) second+=("$name") ;;
	esac
done
# machine LOG OPTION... -- NAME...
machine() {
	local log=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	[ $# -gt 0 ] || return 0
	"$here/run.sh" -v -t "${KERNEL_VM_LIMIT:-600}" -e SUITE="${KERNEL_VM_SUITE:-ours}" "${options[@]}" -- \
		"$here/suite.sh" --inside "$build" "$@" >"$logs/$log" 2>&1
}
machine first -- "${first[@]}" &
pids+=($!)
machine second -- "${second[@]}" &
pids+=($!)
machine many -c 2,maxcpus=72 -- "${many[@]}" &
pids+=($!)
machine locked -m none -a lockdown=confidentiality -- "${locked[@]}" &
pids+=($!)
broken=0
for pid in "${pids[@]}"; do wait "$pid" || broken=$((broken + 1)); done
pids=()
cat "$logs"/{first,second,many,locked} 2>/dev/null
# The scripts' sums, and results that are in none of them.
read -r passed failed skipped < <(cat "$logs"/{first,second,many,locked} 2>/dev/null | awk -v broken=$broken '
	/^e2e: / { passed += $2; failed += $4; skipped += $6; listed = 0; next }
	/^--- kernel-/ { listed = 1 } # why a script failed, until its sum
	listed { next }
	/^ok .*# SKIP/ { skipped++; next }
	/^ok / { passed++; next }
	/^not ok / { failed++ }
	END { print passed + 0, failed + broken, skipped + 0 }')
echo "kernel-vm: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

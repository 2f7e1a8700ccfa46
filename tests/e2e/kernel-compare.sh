#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# compare.sh for the kernel domain: the parts of compare/kernel, where lttng-modules are, which the stock daemons need.
#
# Takes up to 300 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
if [ "${1:-}" != --log ]; then
	# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
	. "$(dirname "$0")/../lib/kernel.sh"
	if [ "$KERNEL_TRACER" != modules ]; then
		skip "kernel-compare" "the stock daemons need lttng-modules"
		done_testing
	fi
fi
COMPARE_DIR=$(cd "$(dirname "$0")/compare/kernel" && pwd)
export COMPARE_DIR COMPARE_JOBS=${COMPARE_JOBS:-2}
exec "$(dirname "$0")/compare.sh" "$@"

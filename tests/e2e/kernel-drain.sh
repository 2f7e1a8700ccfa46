#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A consumer does not run after a fast writer: what it reads are full pages of the ring, not the few events that came since
# it last looked.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
if [ "$KERNEL_TRACER" != tracefs ]; then
	skip kernel-drain "lttng-modules hand out whole sub-buffers only"
	done_testing
fi
page=65536
alone

start_suite
k create drain -o "$T/out/drain"
k enable-channel -k --subbuf-size $page --num-subbuf 128 ch
k enable-event -k -c ch --syscall getppid
k start
consumer=$(daemon_pids consumer)
# A read takes a whole page, however little is in it; other files are read for some hundred bytes a packet.
taken() {
	sed -n 's/^rchar: //p' "/proc/$consumer/io"
}
before=$(taken)
rf-rate -c "$(nproc)" -n $((1500000 / $(nproc))) -t 3000 >"$T/load"
reads=$((($(taken) - before) / page))
k stop
# In the ring a system call without arguments begins with 20 bytes and ends with 28; what did not get in is neither.
bytes=$((48 * $(sed -n 's/^calls=//p' "$T/load") - 28 * $(discarded drain)))
ok "the load is one: $bytes bytes" test "$bytes" -gt $((500 * page))
ok "a page that is read is full to 0.8: $bytes bytes in $reads" test "$bytes" -ge $((reads * page * 8 / 10))
k destroy
ok "the daemon ends in order" stop_suite
done_testing

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh BUILD [PART...]: the attack tests, as root, in name spaces of their own. TAP; the last line is the sum.
set -u
set -o pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ "${RF_ATTACK_INSIDE:-}" != 1 ]; then
	[ $# -ge 1 ] || {
		echo "usage: run.sh BUILD [PART...]" >&2
		exit 2
	}
	[ "$(id -u)" = 0 ] || {
		echo "Bail out! the attack tests need root: they make name spaces and change identities"
		echo "attack: 0 passed, 1 failed"
		exit 1
	}
	BUILD=$(cd "$1" && pwd) || exit 2
	shift
	export BUILD RF_ATTACK_INSIDE=1
	exec unshare -m --propagation unchanged -p -n -i --fork --kill-child --mount-proc -- "$BASH" "$here/run.sh" "$@"
fi

# Here and not by unshare, which cannot do it below a chroot whose root is no mount: there its mounts have to do.
mount --make-rprivate / 2>/dev/null || { mount --make-private /run && mount --make-private /dev/shm; } || exit 2
# The kernel's own tracer, where it is built in and nobody mounted it.
[ ! -d /sys/kernel/tracing ] || [ -e /sys/kernel/tracing/trace ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t tmpfs -o mode=0755 tmpfs /run && mount -t tmpfs -o mode=1777 tmpfs /dev/shm || exit 2
# A group of clients that are not root, also where no package made one.
mkdir -p /run/attack/bin /run/attack/log /run/attack/home /run/lock
T=/run/attack
if ! getent group tracing >/dev/null; then
	{
		cat /etc/group
		echo "tracing:x:64900:"
	} >"$T/group"
	mount --bind "$T/group" /etc/group || exit 2
fi
export HOME=$T/home
unset LTTNG_HOME LTTNG_UST_REGISTER_TIMEOUT LTTNG_APP_SOCKET_TIMEOUT XDG_RUNTIME_DIR NOTIFY_SOCKET

# shellcheck source=tests/attack/lib.sh
. "$here/lib.sh"
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(inside broker kernel kernel_suite client app commands)
for part in "${parts[@]}"; do
	# shellcheck source=/dev/null
	. "$here/part_$part.sh"
done
echo "1..$count"
[ -z "${RF_ATTACK_LOGS:-}" ] || cp -r "$T/log" "$RF_ATTACK_LOGS"
echo "attack: $((count - failed - skipped)) passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$count" -gt 0 ]

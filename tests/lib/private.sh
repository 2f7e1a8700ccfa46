#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run a command as if it were alone on the machine:
#
#     private.sh COMMAND [ARGUMENT...]
#
# Mounts, processes, network and System V objects are its own; /run and /dev/shm are empty tmpfs, the
# loopback interface is up, a group "tracing" and accounts for two test users exist. Whatever the command started dies with it, and
# nothing it wrote below /run or /dev/shm outlives it. Any number of these may run side by side.
#
# The command finds in its environment:
#     RF_PRIVATE=1   it is inside
#     RF_OUTER_PIDS  the process name space that it was called from
#     T              a scratch directory (on the private tmpfs); HOME and TMPDIR point below it
#
# /run/all-proc is the /proc of who started it. With RF_SHARE_PIDS=1 processes have no name space of their own: for what the
# kernel knows by its own numbers only. Then it is the command that has to end what it started.

set -u

die() {
	echo "private.sh: $*" >&2
	exit 125
}

if [ "${1:-}" != --inside ]; then
	[ $# -ge 1 ] || die "usage: private.sh COMMAND [ARGUMENT...]"
	[ "$(id -u)" = 0 ] || die "must be root: it makes namespaces and changes identities"
	RF_OUTER_PIDS=$(readlink /proc/self/ns/pid)
	export RF_OUTER_PIDS
	pids=-p
	[ -z "${RF_SHARE_PIDS:-}" ] || pids=
	# shellcheck disable=SC2086 # an option or none
	exec unshare -m --propagation unchanged $pids -n -i --fork --kill-child -- "$BASH" "$0" --inside "$@"
fi
shift

# From here on this shell is process 1 of its namespace: the kernel kills everything else when it ends.
umask 022
# Here and not by unshare, which cannot do it below a chroot whose root is no mount: there its mounts have to do.
mount --make-rprivate / 2>/dev/null ||
	{ mount --make-private /run && mount --make-private /dev/shm && mount --make-private /proc; } ||
	die "cannot make mounts private"
mount -t tmpfs -o mode=0755 tmpfs /run || die "cannot mount a private /run"
mount -t tmpfs -o mode=1777 tmpfs /dev/shm || die "cannot mount a private /dev/shm"
mkdir -p /run/lock
# Our processes, and beside them all that the kernel's tracer sees, under the numbers that it knows them by.
mkdir -m 0700 /run/all-proc
mount --bind /proc /run/all-proc || die "cannot mount what is there of processes"
[ -n "${RF_SHARE_PIDS:-}" ] || mount -t proc proc /proc || die "cannot mount a private /proc"
# The kernel's own tracer, where it is built in and not mounted; there is only one, also for others who run at the same time.
[ ! -d /sys/kernel/tracing ] || [ -e /sys/kernel/tracing/trace ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null

# Neither ip nor ifconfig is part of a bare Debian; perl-base is. 0x8914 is SIOCSIFFLAGS, 0x41 is UP|RUNNING.
perl -e 'socket(my $s, 2, 2, 0) or die $!; my $r = pack("a16 s x22", "lo", 0x41); ioctl($s, 0x8914, $r) or die $!' ||
	die "cannot bring the loopback interface up"

export T=/run/rf
mkdir -p "$T" "$T/tmp" "$T/home/0"
chmod 0755 "$T" "$T/home"
chmod 1777 "$T/tmp"
chmod 0700 "$T/home/0"

if ! getent group tracing >/dev/null; then
	{
		cat /etc/group
		echo "tracing:x:64900:"
	} >"$T/group" || die "cannot write a private group file"
	mount --bind "$T/group" /etc/group || die "cannot mount a private group file"
fi

# Two of the tests' users have accounts (the stock daemons write no trace for who has none), others do not.
# What goes by root's account instead of HOME stays in here, too.
{
	sed "s|^\\(root:.*\\):[^:]*:\\([^:]*\\)\$|\\1:$T/home/0:\\2|" /etc/passwd
	echo "rf-alice:x:64101:64101::$T/home/64101:/bin/sh"
	echo "rf-bob:x:64102:64102::$T/home/64102:/bin/sh"
} >"$T/passwd" || die "cannot write a private account file"
mount --bind "$T/passwd" /etc/passwd || die "cannot mount a private account file"

export RF_PRIVATE=1 HOME="$T/home/0" TMPDIR="$T/tmp"
unset LTTNG_HOME LTTNG_SESSIOND_PATH LTTNG_UST_REGISTER_TIMEOUT LTTNG_APP_SOCKET_TIMEOUT LTTNG_UST_DEBUG
unset XDG_RUNTIME_DIR NOTIFY_SOCKET

# A child and not exec: process 1 must reap the daemons' orphans, and the kernel hides default signals from it.
"$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
while :; do
	wait "$child"
	status=$?
	kill -0 "$child" 2>/dev/null || break
done
exit "$status"

#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
#
# The second half of the guest's /init (the first is in build.sh), from the control share: overlay the host's root, load
# lttng-modules, run the command, write down its status, power off.

b=/bin/busybox
halt() {
	$b sync
	$b poweroff -f
}
fail() {
	echo "guest-init: $*"
	halt
}
# shellcheck disable=SC1091 # written by run.sh
. /ctl/vars
: "${kver:?}" "${moddir:?}" "${preload:?}"

# The host's root below, a tmpfs above.
p9=trans=virtio,version=9p2000.L,msize=512000
$b mkdir -p /lower /upper /root
$b mount -t 9p -o "ro,$p9,cache=loose" hostroot /lower || fail "no host root share"
$b mount -t tmpfs -o size=75% tmpfs /upper
$b mkdir /upper/up /upper/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/upper/up,workdir=/upper/work overlay /root || fail "no overlay"
r=/root
for d in proc sys dev run tmp; do [ -d $r/$d ] || $b mkdir -p $r/$d; done
for d in proc sys dev; do $b mount --bind /$d $r/$d; done
$b mount -t tmpfs -o mode=755 tmpfs $r/run
$b mkdir -p $r/dev/pts $r/dev/shm $r/run/lock $r/run/kernel-vm
$b mount -t devpts devpts $r/dev/pts
$b mount -t tmpfs -o mode=1777 tmpfs $r/dev/shm
$b mount -t securityfs none $r/sys/kernel/security 2>$r/dev/null
$b mount -t debugfs none $r/sys/kernel/debug 2>$r/dev/null
$b mount -t tracefs none $r/sys/kernel/tracing 2>$r/dev/null
$b mount --move /ctl $r/run/kernel-vm
$b mkdir -p "$r/lib/modules/$kver"
$b mount --bind "/lower$moddir" "$r/lib/modules/$kver" || fail "no modules"
for l in 'fd /proc/self/fd' 'stdin fd/0' 'stdout fd/1' 'stderr fd/2'; do
	# shellcheck disable=SC2086 # two words
	set -- $l
	$b ln -sf "$2" "$r/dev/$1"
done
i=0
while read -r d; do
	$b mkdir -p "$r$d"
	$b mount -t 9p -o "rw,$p9,cache=none" "out$i" "$r$d" || fail "no share for $d"
	i=$((i + 1))
done <$r/run/kernel-vm/outdirs
$b ip link set lo up
$b hostname kernel-vm
echo 1 >$r/proc/sys/kernel/panic_on_oops

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ "$preload" = all ]; then
	for f in "/lower$moddir"/extra/*.ko; do
		f=${f##*/}
		echo "${f%.ko}"
	done | $b chroot $r /usr/bin/env -i PATH="$PATH" xargs modprobe -a || echo "guest-init: some modules did not load"
fi
$b cut -d' ' -f1 $r/proc/uptime >$r/run/kernel-vm/up

# The command writes to pipes; two cats carry them to the host's stdout and stderr: a virtio port can be opened only once,
# a pipe as often as wanted.
if [ "${interactive:-0}" = 1 ]; then
	$b setsid $b sh -c "exec $b chroot $r /run/kernel-vm/command <$r/dev/ttyS0 >$r/dev/ttyS0 2>&1"
	st=$?
else
	$b mkfifo $r/run/.out $r/run/.err
	until [ -c "$(echo /dev/vport*p2)" ]; do $b usleep 10000; done
	$b cat $r/run/.out >"$(echo /dev/vport*p1)" &
	co=$!
	$b cat $r/run/.err >"$(echo /dev/vport*p2)" &
	ce=$!
	$b chroot $r /run/kernel-vm/command >$r/run/.out 2>$r/run/.err
	st=$?
	# Whatever the command left running must let go of the pipes.
	for p in "$r"/proc/[0-9]*; do
		p=${p##*/}
		case $p in 1 | "$co" | "$ce") ;; *) kill -9 "$p" 2>$r/dev/null ;; esac
	done
	wait $co $ce
fi
$b cut -d' ' -f1 $r/proc/uptime >$r/run/kernel-vm/end
echo $st >$r/run/kernel-vm/status
halt

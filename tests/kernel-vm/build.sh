#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prepare what run.sh boots: Debian's kernel, lttng-modules built for it, an initramfs.
#
#     build.sh [--force]     --force: take up newer packages
#
# Nothing is done when the cache is of these scripts. Packages come from the archive that apt uses. Environment: README.md.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"
PATH=$PATH:/usr/sbin:/sbin

flavour=${KERNEL_VM_FLAVOUR:-amd64}
cache=$(cache_dir)
stamp="$flavour $(sha256sum <"$here/build.sh" | cut -d' ' -f1)"
force=0
[ "${1:-}" != --force ] || force=1
is_current() {
	[ $force = 0 ] && [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ]
}
if is_current; then exit 0; fi
for tool in qemu-system-x86_64 flock make gcc strip cpio depmod xz; do
	command -v "$tool" >/dev/null || die $VM_UNAVAILABLE "no $tool here: tests/install-deps.sh all installs it"
done
exec 9>"$cache/lock"
flock 9
if is_current; then exit 0; fi # another build finished meanwhile

# Whatever an older version of this script left goes, so the cache does not grow.
began=$SECONDS
work=$cache/work
find "$cache" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
mkdir -p "$work/deb" "$work/src" "$work/kernel"

# dependency PACKAGE PATTERN: the first of its dependencies that matches.
dependency() {
	apt-cache depends --no-recommends --no-suggests "$1" 2>/dev/null |
		awk -v re="$2" '$1 == "Depends:" && $2 ~ re && !n++ { print $2 }'
}
# The packages behind the metapackage. Without its sandbox user, apt can write to a private directory.
fetch() {
	local image headers common kbuild
	image=$(dependency "linux-image-$flavour" '^linux-image-[0-9]')
	kver=${image#linux-image-}
	headers=linux-headers-$kver
	common=$(dependency "$headers" '^linux-headers-.*-common')
	kbuild=$(dependency "$headers" '^linux-kbuild-')
	[ -n "$image" ] && [ -n "$common" ] && [ -n "$kbuild" ] || return 1
	log "downloading $image and what lttng-modules needs"
	(cd "$work/deb" && apt-get -q -o APT::Sandbox::User=root download "$image" "$headers" "$common" "$kbuild" \
		lttng-modules-dkms busybox-static) >"$work/apt.log" 2>&1
}
if ! fetch; then
	apt-get -q update >"$work/update.log" 2>&1 || true
	fetch || die $VM_UNAVAILABLE "the kernel's packages cannot be downloaded: $(tail -n 1 "$work/apt.log" 2>/dev/null)"
fi

# Only these modules of the kernel are of use in the VM.
boot_modules="virtio_pci virtio_console 9pnet_virtio 9p overlay"
for deb in "$work"/deb/*.deb; do
	case ${deb##*/} in
	linux-image-*) dpkg-deb -x "$deb" "$work/kernel" ;;
	*) dpkg-deb -x "$deb" "$work/src" ;;
	esac
done
rm -rf "$work/deb"

# The headers name their common part by absolute path.
kdir=$work/src/usr/src/linux-headers-$kver
sed -i "s#/usr/src/#$work/src/usr/src/#g" "$kdir/Makefile"
cc=${KERNEL_VM_CC:-$(grep -om 1 'gcc-[0-9.]*' "$kdir/.kernelvariables" || true)}
command -v "${cc:-none}" >/dev/null || cc=gcc
lttng=$(echo "$work"/src/usr/src/lttng-modules-*)
[ -f "$lttng/src/probes/Kbuild" ] || die $VM_BROKEN "unexpected layout of lttng-modules-dkms"

# Probes that do not compile for this kernel are left out: make names them. No debugging information: it is most of the work.
build_modules() {
	local try bad probe
	: >"$cache/dropped-probes"
	for try in 1 2 3 4 5; do
		make -k -j"${KERNEL_VM_JOBS:-$(nproc)}" -C "$kdir" M="$lttng" CC="$cc" CONFIG_LTTNG=m KCFLAGS=-g0 modules \
			>"$cache/modules.log" 2>&1 && return
		bad=$(sed -n 's#^make.*\*\*\* \[.*/src/probes/\(lttng-probe-[^]/]*\)\.o\] Error.*#\1#p' "$cache/modules.log" | sort -u)
		[ -n "$bad" ] || break
		for probe in $bad; do
			echo "$probe" >>"$cache/dropped-probes"
			echo "obj-m := \$(filter-out $probe.o,\$(obj-m))" >>"$lttng/src/probes/Kbuild"
		done
	done
	die $VM_BROKEN "lttng-modules does not compile for $kver (try $try), see $cache/modules.log"
}
log "building lttng-modules for $kver"
build_modules

# MODULE's file and those it needs, the first to load first, from lib/modules of $1.
closure() {
	local dir=$1 module
	shift
	for module in "$@"; do
		awk -v m="$module" '{ file = $1; sub(/:$/, "", file); name = file; sub(/.*\//, "", name)
			sub(/\.ko.*/, "", name); gsub(/-/, "_", name)
			if (name == m) { for (i = NF; i > 1; i--) print $i; print file } }' "$dir/modules.dep"
	done | awk '!seen[$0]++'
}
unpacked() { # FILE TO: a module without compression
	case $1 in
	*.ko) cp "$1" "$2" ;;
	*.ko.xz) xz -dc "$1" >"$2" ;;
	*) die $VM_BROKEN "unknown module format: $1" ;;
	esac
}
all=$(find "$work/kernel" -path "*/modules/$kver" -prune)
depmod -b "${all%/lib/modules/*}" "$kver"
ird=$work/initramfs
mkdir -p "$ird/bin" "$ird/mod"
# shellcheck disable=SC2086 # a list of words
closure "$all" $boot_modules | while read -r file; do
	name=${file##*/}
	name=${name%.ko*}.ko
	unpacked "$all/$file" "$ird/mod/$name"
	echo "$name" >>"$ird/mod/order"
done
[ -f "$ird/mod/9p.ko" ] || die $VM_BROKEN "this flavour of the kernel has no 9p: $flavour"
cp "$(find "$work/src" -path '*/bin/busybox' | head -n 1)" "$ird/bin/busybox"
cat >"$ird/init" <<-'END_INIT'
	#!/bin/busybox sh
	b=/bin/busybox
	$b mkdir -p /proc /sys /dev /ctl
	$b mount -t proc proc /proc
	$b mount -t sysfs sysfs /sys
	$b mount -t devtmpfs dev /dev
	exec </dev/null >/dev/console 2>&1
	while read -r m; do $b insmod "/mod/$m"; done </mod/order
	$b mount -t 9p -o trans=virtio,version=9p2000.L,cache=none ctl /ctl && exec $b sh /ctl/init
	$b poweroff -f
END_INIT
chmod 755 "$ird/init" "$ird/bin/busybox"
(cd "$ird" && find . | cpio -o -H newc --quiet | gzip -1) >"$cache/initrd.gz"

# What modprobe sees: lttng-modules, and what they need of the kernel.
root=$cache/root/lib/modules/$kver
mkdir -p "$root/extra"
cp "$all"/modules.{order,builtin,builtin.modinfo} "$root/"
find "$lttng/src" -name '*.ko' -exec cp -t "$root/extra" {} +
strip -g "$root"/extra/*.ko
mkdir -p "$all/extra" && cp "$root"/extra/*.ko "$all/extra/" && depmod -b "${all%/lib/modules/*}" "$kver"
modules=$(cd "$root/extra" && printf '%s\n' *.ko | sed 's/\.ko$//; s/-/_/g')
# shellcheck disable=SC2086 # a list of words
closure "$all" $modules | { grep -v '^extra/' || true; } | while read -r file; do
	mkdir -p "$root/${file%/*}"
	cp "$all/$file" "$root/$file"
done
depmod -b "$cache/root" "$kver"
mv "$work/kernel/boot/vmlinuz-$kver" "$cache/vmlinuz"
echo "$kver" >"$cache/kver"
rm -rf "$work"
echo "$stamp" >"$cache/stamp"
log "ready: $kver with $(wc -w <<<"$modules") modules of lttng-modules-${lttng##*-}, $((SECONDS - began)) s"

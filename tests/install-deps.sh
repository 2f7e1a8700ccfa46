#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs from Debian 12 what is missing. usage: tests/install-deps.sh demo|all
set -eu
# To build, and to show the main job with the stock client and reader.
packages="gcc make libc6-dev pkg-config liburcu-dev liblttng-ust-dev liblttng-ctl-dev libcap-dev libseccomp-dev libinih-dev libxml2-dev scdoc
	lttng-tools babeltrace2 util-linux procps"
# To test as well.
[ "${1:-all}" = all ] && packages="$packages libcriterion-dev clang clang-tidy clang-format
	libclang-rt-14-dev shellcheck git strace libcap2-bin libxml2-utils
	qemu-system-x86 binutils cpio kmod xz-utils"
missing=
for package in $packages; do
	status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
	[ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
	echo "missing packages; as root: apt-get install$missing" >&2
	exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# The package's own service must not start here: nothing of this tree talks to the machine's daemons.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 0755 "$policy"
	trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null

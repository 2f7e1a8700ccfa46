# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Children of the broker that are wholly in an attacker's hands: evil_child takes the place of both beside a real
# ringfenced. Every attack is made on the broker as it is, and on one whose protection is switched off, where it must
# succeed; where two protections stop it, one of them off must still stop it. Bounds and formats cannot be switched off.

# shellcheck source=tests/attack/evil.sh
. "$here/evil.sh"

outside="role=consumer .*result=refused error=\"not for this role\""

against_broker consumer-streams-of-other refused "op=open-streams .*result=refused" no-grants
against_broker consumer-metadata-of-other refused "op=open-metadata .*result=refused" no-grants
against_broker consumer-make-tree killed "op=12 $outside" no-roles
against_broker consumer-make-dir killed "op=13 $outside" no-roles+no-grants no-grants
against_broker consumer-spawn killed "op=11 $outside" no-roles
against_broker consumer-stop-other killed "op=17 $outside" no-roles
against_broker consumer-close-tree killed "op=16 $outside" no-roles
for attack in make-chunk:18 save:22 lookup:23; do
	against_broker "consumer-${attack%:*}" killed "op=${attack#*:} $outside" no-roles
done
against_broker consumer-program killed "op=24 $outside"
against_broker sessiond-program-of-nobody refused "op=receive-program .*result=refused"
against_broker consumer-remove-chunk killed "op=21 $outside"
against_broker consumer-remove-dir killed "op=15 $outside" no-roles
against_broker consumer-buffers-of-other refused "op=open-buffers .*result=refused"
against_broker consumer-buffers-in-trace refused "op=open-buffers .*result=refused"
against_broker consumer-name-above refused "op=open-streams .*result=refused" no-names+follow-links no-names
against_broker consumer-name-absolute refused "op=open-streams .*result=refused"
against_broker consumer-name-slash refused "op=open-streams .*result=refused"
against_broker consumer-name-dots refused "op=open-streams .*result=refused" no-names
against_broker consumer-name-empty refused "op=open-streams .*result=refused" no-names
against_broker consumer-name-nul killed "$killed"
for attack in cpus-too-many cpus-all cpus-none cpu-wraps; do
	against_broker "consumer-$attack" refused "op=open-streams .*result=refused"
done
for attack in frame-cut frame-short frame-beyond frame-huge body-cut body-longer text-beyond-body type-unknown \
	type-reply type-broker descriptors; do
	against_broker "consumer-$attack" killed "$killed"
done
against_broker consumer-never-reads killed "op=kill .*No buffer space"
against_broker consumer-frame-empty killed "op=end program=ringfence-consumerd"
against_broker sessiond-tree-of-root refused "op=make-tree .*result=refused" worker-root
against_broker sessiond-tree-of-user refused "op=make-tree .*result=refused" worker-root+keep-caps worker-root
against_broker sessiond-tree-through-link refused "op=make-tree .*result=refused" follow-links
against_broker sessiond-part-through-link refused "op=make-dir .*result=refused" follow-links
against_broker sessiond-tree-above refused "op=make-tree .*result=refused"
against_broker sessiond-tree-relative refused "op=make-tree .*result=refused"
against_broker sessiond-tree-twice refused "op=make-tree .*result=refused"
against_broker sessiond-dir-kind refused "op=make-dir .*result=refused"
against_broker sessiond-dir-for-other refused "op=make-dir .*result=refused" no-grants
against_broker sessiond-chunk-name-above refused "op=make-chunk .*result=refused" no-names+follow-links no-names
against_broker sessiond-archive-through-link refused "op=archive-chunk .*result=refused" follow-links
against_broker sessiond-save-for-other refused "op=save-session .*result=refused" worker-root+keep-caps worker-root
against_broker sessiond-save-through-link refused "op=save-session .*result=refused" follow-links
against_broker sessiond-chunk-name-dots refused "op=make-chunk .*result=granted"
against_broker sessiond-chunk-name-where-none-is refused "op=make-chunk .*result=refused" no-names
against_broker sessiond-chunk-twice refused "op=make-chunk .*result=refused"
against_broker sessiond-chunk-of-other-tree refused "op=retire-chunk .*tree=2 .*result=refused"
against_broker sessiond-archive-unretired refused "op=archive-chunk .*result=refused"
against_broker sessiond-retire-twice refused "op=retire-chunk .*result=refused"
for attack in save-name-slash save-name-dots save-above save-huge save-unsealed; do
	against_broker "sessiond-$attack" refused "op=save-session .*result=refused"
done
against_broker sessiond-save-without-text killed "op=save-session .*result=refused"
against_broker sessiond-procname-above refused "op=make-dir .*result=granted"
against_broker sessiond-open-streams killed "op=40 role=sessiond .*result=refused" no-roles+no-grants no-roles
against_broker sessiond-spawn-without-link killed "op=spawn-consumer .*result=refused"
for attack in frame-cut frame-huge type-unknown descriptors; do
	against_broker "sessiond-$attack" killed "$killed"
done

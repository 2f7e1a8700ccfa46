# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Children of the broker that are wholly in an attacker's hands: evil_child takes the place of both beside a real
# ringfenced. Every attack is made on the broker as it is, and on one whose protection is switched off, where it must
# succeed; where two protections stop it, one of them off must still stop it. Bounds and formats cannot be switched off.

evil=$T/evil

evil_scene() {
	rm -rf "$evil"
	mkdir -p "$evil"/{alice/private,alice/trapped/ust,bob,shared,rootonly,trees}
	ln -s "$evil/alice/private" "$evil/shared/trap"
	ln -s "$evil/alice/private" "$evil/alice/trapped/ust/uid"
	ln -s "$evil/alice/private" "$evil/alice/trapped/archives"
	chown -R "$ALICE:$ALICE" "$evil/alice"
	chown -h "$BOB:$BOB" "$evil/bob" "$evil/shared/trap" "$evil/alice/trapped/ust/uid" "$evil/alice/trapped/archives"
	chmod 0700 "$evil/bob" "$evil/alice/private"
	chmod 1777 "$evil" "$evil/shared" "$evil/trees"
}

evil_done() {
	grep -q "^evil: the broker" "$T/log/evil"
}

# evil SET ATTACK: leaves granted, refused (...) or killed in RESULT; the log is $T/log/evil.
evil() {
	local from=$BUILD bin=$T/bin/$1
	[ "$1" = all ] || from=$BUILD-hook-$1
	if [ ! -d "$bin" ]; then
		mkdir -p "$bin"
		cp "$from/bin/ringfenced" "$BUILD/bin/ringfence-autoload" "$bin/"
		cp "$BUILD/tests/attack/evil_child" "$bin/ringfence-sessiond"
		cp "$BUILD/tests/attack/evil_child" "$bin/ringfence-consumerd"
	fi
	evil_scene
	echo "$2" >"$evil/plan"
	: >"$T/log/evil"
	start_broker "$bin" "$T/log/evil"
	wait_until 20 evil_done
	EVIL_DONE=$?
	RESULT=$(sed -n "s/^evil: attack $2: //p" "$T/log/evil")
	stop_broker
}

# RF_ATTACK=NAME makes one alone.
# against_broker ATTACK EXPECTED AUDIT [WITHOUT [STILL]]: AUDIT is an expression that a line of the audit log must match.
against_broker() {
	local attack=$1 expected=$2 audit=$3 without=${4:-} still=${5:-} how
	[ -z "${RF_ATTACK:-}" ] || [ "$RF_ATTACK" = "$attack" ] || return
	evil all "$attack"
	case $RESULT in
	"$expected"*) ;;
	*)
		fail "broker: $attack is $expected" "$RESULT" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
		return
		;;
	esac
	how=$RESULT
	if [ "$EVIL_DONE" != 0 ] || ! grep -q "^evil: the broker answers" "$T/log/evil"; then
		fail "broker: serves others after $attack" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
		return
	fi
	if ! grep -Eq "audit: .*$audit" "$T/log/evil"; then
		fail "broker: $attack is in the audit log" "$(grep audit: "$T/log/evil")"
		return
	fi
	if [ -n "$still" ]; then
		evil "$still" "$attack"
		if [ "$RESULT" = granted ]; then
			fail "broker: $attack is $expected with $still" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
			return
		fi
		how="$how, $still: $RESULT"
	fi
	if [ -n "$without" ]; then
		evil "$without" "$attack"
		if [ "$RESULT" != granted ]; then
			fail "broker: $attack succeeds with $without" "$RESULT" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
			return
		fi
		how="$how; $without: granted"
	fi
	pass "broker: $attack ($how)"
}

killed="op=kill .*result=granted"
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

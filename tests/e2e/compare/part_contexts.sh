# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2016 # names of contexts begin with a dollar
# Contexts: every one that user space has, of one channel or all, of applications, twice, too late, and unknown.

L add-context --list
L create contexts -o "$O/contexts"
L enable-channel -u one
L enable-channel -u two
L add-context -u -t vpid -t vtid -t procname
L add-context -u -c one -t pthread_id -t ip
L add-context -u -c two -t vuid -t veuid -t vsuid -t vgid -t vegid -t vsgid
L add-context -u -c one -t cgroup_ns -t ipc_ns -t mnt_ns -t net_ns -t pid_ns -t time_ns -t user_ns -t uts_ns
L add-context -u -c two -t '$app.provider:name'
L add-context -u -c two -t vuid
L add-context -u -c one -t vuid -t vpid
L add-context -u -t vpid
L add-context -u -c nosuch -t vpid
L add-context -u -s nosuch -t vpid
L add-context -u -t nosuch
L add-context -u
L add-context -t vpid
L add-context -u -c one -t pid
L add-context -u -c one -t prio
L add-context -u -c one -t callstack-user
L add-context -u -c one -t hostname
L add-context -u -c one -t migratable
L add-context -u -c one -t '$app.broken'
L add-context -u -c one -t '$app.:'
L enable-event -u -c one rf_sample:tick
L enable-event -u -c two rf_sample:warn
L list contexts
L start
L add-context -u -t vsgid
app rf-sample -n 2 -a
L stop
L destroy contexts
decoded "$O/contexts"

# Without a channel there is a default one.
L create implicit -o "$O/implicit"
L add-context -u -t procname
L list implicit
L enable-event -u rf_sample:tick
L start
app rf-sample -n 1
L destroy implicit
decoded "$O/implicit"

# A per-process trace, and counters where the machine has them.
L create counters -o "$O/counters"
L enable-channel -u --buffers-pid ch
L add-context -u -c ch -t perf:thread:instructions
L add-context -u -c ch -t perf:thread:cache-misses -t perf:thread:raw:r110:raw
L add-context -u -c ch -t perf:cpu:instructions
L add-context -u -c ch -t perf:thread:nosuch
L enable-event -u -c ch rf_sample:tick
L list counters
L start
app rf-sample -n 1
L destroy counters

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Listing: what the kernel has to be recorded, and sessions with channels and rules of it.

L list -k
L list -k --syscall
L create one -o "$O/one"
L enable-channel -k --subbuf-size 8192 --num-subbuf 8 first
L enable-channel -k --overwrite --switch-timer 200000 --read-timer 300000 --monitor-timer 0 second
L enable-channel -k --output mmap --tracefile-size 65536 --tracefile-count 4 third
L enable-event -k -c first sched_switch,sched_wakeup
L enable-event -k -c first 'irq_*'
L enable-event -k -c first sched_switch --filter 'prev_tid > 10'
L enable-event -k -c first --syscall openat,close
L enable-event -k -c first --syscall --all
L enable-event -k -c second --all
L enable-event -k -c third --probe=do_sys_openat2 opened
L enable-event -k -c third --function=do_sys_openat2 around
L disable-channel -k third
L disable-event -k -c first sched_wakeup
L disable-event -k -c first --syscall close
L add-context -k -c first -t tid -t pid -t procname
L list
L list one
L list one -d
L list one -c first
L create two -o "$O/two"
L enable-event -k sched_switch
L enable-event -u 'rf_sample:*'
L list two
L list two -d
L start two
L list two
L stop two
L create --snapshot three -o "$O/three"
L enable-channel -k c
L list three
L destroy -a

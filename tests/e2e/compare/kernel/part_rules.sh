# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Rules, contexts and trackers, with what is refused.

L create s -o "$O/s"
L enable-channel -k c
L enable-event -k -c c sched_switch
L enable-event -k -c c sched_switch
L enable-event -k -c c sched_switch --filter 'next_prio > 20'
L enable-event -k -c c 'sched_*'
L enable-event -k -c c nosuch_event
L enable-event -k -c c --syscall openat
L enable-event -k -c c --syscall openat
L enable-event -k -c c --syscall nosuchcall
L enable-event -k -c c --syscall 'open*'
L enable-event -k -c c sched_waking --filter 'tid >'
L enable-event -k -c c --probe=nosuchsymbol p
L enable-event -k -c c --probe=do_sys_openat2 p
L enable-event -k -c c --probe=do_sys_openat2 p
L enable-event -k -c c --probe=do_sys_openat2+0x4000000 q
L enable-event -k -c c --function=do_sys_openat2 r
L enable-event -k -c c 'sched_*' --exclude sched_switch
L enable-event -k -c c sched_wakeup --loglevel DEBUG
L list s
L disable-event -k -c c sched_switch
L disable-event -k -c c sched_switch
L disable-event -k -c c sched_migrate_task
L disable-event -k -c c --syscall openat
L disable-event -k -c c p
L disable-event -k -c c -a
L list s
L enable-event -k -c c -a
L list s
L add-context -k -c c -t tid -t pid -t ppid -t vpid -t nice -t hostname
L add-context -k -c c -t tid
L add-context -k -c c -t preemptible
L add-context -k -c c -t pthread_id
L add-context -k -c nosuch -t tid
L track -k --pid 1,2,3
L track -k --pid 2
L untrack -k --pid 1
L untrack -k --pid 77
L list s
L track -k --pid --all
L untrack -k --pid --all
L list s
L track -k --uid 0,5 --vgid 7
L track -k --uid root
L untrack -k --uid 5
L list s
L track -k --uid --all
L destroy s

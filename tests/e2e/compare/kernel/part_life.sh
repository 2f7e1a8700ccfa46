# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# From the creation to the end, with what is on disk then.

L create s -o "$O/s"
L start s
L enable-channel -k --subbuf-size 4096 --num-subbuf 2 --overwrite --num-subbuf 1 bad
L enable-channel -k --subbuf-size 8192 c
L enable-channel -k c
L enable-channel -k d
L disable-channel -k d
L disable-channel -k nosuch
L enable-event -k x
L enable-event -k -c c --syscall getppid
L regenerate metadata
L regenerate statedump
L start
L start
L enable-channel -k late
L add-context -k -c c -t tid
L enable-event -k -c c --syscall getpid
L regenerate metadata
L regenerate statedump
L rotate
L snapshot record
L stop
L stop
L clear
L start
L destroy
tree "$O/s"
L create --snapshot snap -o "$O/snap"
L enable-channel -k --subbuf-size 4096 --num-subbuf 4 c
L enable-event -k -c c --syscall getppid
L snapshot record
L start
L snapshot record -n one
L destroy
tree "$O/snap"
L create both -o "$O/both"
L enable-event -k --syscall getppid
L enable-event -u rf_sample:tick
L start
app rf-sample -n 5
L stop
L destroy
tree "$O/both"
L create nothing --no-output
L enable-event -k --syscall getppid
L start
L destroy

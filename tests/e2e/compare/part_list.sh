# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Listing: sessions side by side, one of them recording, with all kinds of channels and rules; applications and fields.

L create one -o "$O/one"
L enable-channel -u --subbuf-size 8192 --num-subbuf 8 first
L enable-channel -u --overwrite --switch-timer 200000 --read-timer 300000 second
L enable-channel -u --num-subbuf 16 third
L disable-channel -u third
L enable-event -u -c first 'rf_sample:*'
L enable-event -u -c first 'rf_sample:tick' --filter 'seq > 10 && mod == 3'
L enable-event -u -c first 'rf_fields:*' --loglevel WARNING
L enable-event -u -c first 'rf_fields:lv_info' --loglevel-only INFO
L enable-event -u -c second -a
L disable-event -u -c first 'rf_sample:tick'
L add-context -u -c first -t vpid -t procname
L create two -o "$O/two"
L enable-channel -u --buffers-pid small
L enable-event -u -c small 'rf_sample:tick'
L create three --no-output
L enable-event -u 'rf_sample:tick'
L list
L list one
L start two
L list two
app rf-sample -n 25
L stop two
L start one
app rf-sample -n 25
L list one
L list
L list one -d
L list two
L list three
L status
rf-idle -r "$T/idle" &
wait_until 5 test -e "$T/idle" || echo "== the application does not start"
L list -u
L list -u -f
kill -TERM $!
wait $!
L enable-channel -u first -s one
L enable-event -u -c first 'rf_sample:*' -s one
L add-context -u -c first -t vtid -s one
L start one
L stop two
L list nosuch
L destroy nosuch
L destroy -a
L list

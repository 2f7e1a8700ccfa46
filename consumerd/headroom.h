/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether there are descriptors for what is about to be made. Asked before, so that an application whose buffers would
 * be the last ones to fit is refused as a whole, and files of traces that are there can still be opened. Any thread.
 */
#ifndef RF_CONSUMERD_HEADROOM_H
#define RF_CONSUMERD_HEADROOM_H

/* 0 when COUNT descriptors and some for everybody else could be opened now; -EMFILE, -ENFILE or -ENOMEM. */
int rf_headroom(unsigned int count);

#endif

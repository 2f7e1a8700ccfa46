/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A memory fault in a ring buffer must not end the process. The buffers are sealed, so that no application can cause
 * one; what remains is the machine (a page that cannot be had). The handler maps a page of zeroes over the fault, which
 * the checks of packets then refuse.
 */
#ifndef RF_CONSUMERD_SIGBUS_H
#define RF_CONSUMERD_SIGBUS_H

/* Once, before any buffer is there. 0 or a negative errno. */
int rf_sigbus_install(void);

#endif

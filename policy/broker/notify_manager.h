/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells a service manager of our state (sd_notify(3)'s protocol: one datagram to the socket in NOTIFY_SOCKET). Written
 * by hand, so that the privileged process needs no large library for one sendto(2).
 */
#ifndef RF_POLICY_BROKER_NOTIFY_MANAGER_H
#define RF_POLICY_BROKER_NOTIFY_MANAGER_H

/* Does nothing without a service manager. */
void rf_notify_manager(const char *state);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions that are loaded from files when the daemon starts. A helper program does that as an ordinary client with the
 * daemon's own uid, since whose sessions they are, the kernel says by that; it has no capability and a filter under
 * which it writes nowhere. The daemon is ready when it has succeeded, and ends with an error when it has not. Loop
 * thread.
 */
#ifndef RF_POLICY_BROKER_AUTOLOAD_H
#define RF_POLICY_BROKER_AUTOLOAD_H

#include "policy/broker/state.h"

/* Starts the helper. 0 or a negative errno. */
int rf_autoload_start(struct rf_broker *broker);
/* True when PID was it; OK then says whether everything was loaded. */
bool rf_autoload_reap(struct rf_broker *broker, pid_t pid, int status, bool *ok);
/* The daemon ends: what is not loaded yet is not wanted any more. */
void rf_autoload_stop(struct rf_broker *broker);

#endif

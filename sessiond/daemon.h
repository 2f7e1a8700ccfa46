/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session daemon as a whole: puts its parts together, locks itself in, serves, and takes itself apart in order when
 * the broker asks: no more clients, every session destroyed, then the end. Loop thread only.
 */
#ifndef RF_SESSIOND_DAEMON_H
#define RF_SESSIOND_DAEMON_H

/* Runs until told to end. BROKER_FD: the link to the broker. Exit status. */
int rf_daemon_run(int broker_fd);

#endif

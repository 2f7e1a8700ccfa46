/* SPDX-License-Identifier: GPL-2.0-only */
/* From the command line to a running broker: everything that must happen before privileges are given up. */
#ifndef RF_POLICY_BROKER_START_H
#define RF_POLICY_BROKER_START_H

/* The exit status of the program. */
int rf_broker_main(int argc, char **argv);

#endif

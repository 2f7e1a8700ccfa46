/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives up for good what the consumer does not need to serve: see policy/seccomp for what it keeps. */
#ifndef RF_CONSUMERD_CONFINE_H
#define RF_CONSUMERD_CONFINE_H

#include <stdbool.h>

/* All threads must be there already. 0 or a negative errno. */
int rf_confine(bool kernel);

#endif

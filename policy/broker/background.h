/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Going into the background: the started process stays in the foreground until the daemon serves, so that who started
 * it can connect as soon as it has exited (with 0), and sees a failure to start in its exit status.
 */
#ifndef RF_POLICY_BROKER_BACKGROUND_H
#define RF_POLICY_BROKER_BACKGROUND_H

#include <stdbool.h>

/*
 * Forks. Returns in the daemon only, with a descriptor to which one byte is written when it is ready; negative errno
 * when it cannot fork. The foreground process exits from here.
 */
int rf_background(void);
/* Leaves the terminal and the directory of the start; DETACH_STDIO: /dev/null in place of stdio. */
void rf_background_detach(bool detach_stdio);

#endif

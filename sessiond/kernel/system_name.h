/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel says it is, as traces of it tell. Read once, before the sandbox; any thread afterwards.
 */
#ifndef RF_SESSIOND_KERNEL_SYSTEM_NAME_H
#define RF_SESSIOND_KERNEL_SYSTEM_NAME_H

#include <sys/utsname.h>

void rf_system_name_init(void);
const struct utsname *rf_system_name(void);

#endif

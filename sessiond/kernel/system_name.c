/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/system_name.h"

static struct utsname name;

void rf_system_name_init(void)
{
	uname(&name);
}

const struct utsname *rf_system_name(void)
{
	return &name;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracer.h"

#include <stdlib.h>

void rf_kernel_names_free(struct rf_kernel_names *names)
{
	free(names->text);
	free(names->offsets);
	free(names->flags);
	*names = (struct rf_kernel_names){0};
}

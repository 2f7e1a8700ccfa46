/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands of the protocol that this daemon does not have. Each answers as the protocol says for the cases in which it
 * fails anyway, and otherwise that it is not supported: never a success that did not happen.
 */
#include "sessiond/client/handlers.h"

#include <lttng/lttng-error.h>

int rf_cmd_not_supported(struct rf_call *call)
{
	(void)call;
	return LTTNG_ERR_NOT_SUPPORTED;
}

int rf_cmd_undefined(struct rf_call *call)
{
	(void)call;
	return LTTNG_ERR_UND;
}

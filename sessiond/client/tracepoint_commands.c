/* SPDX-License-Identifier: GPL-2.0-only */
/* Listing what there is to be recorded. */
#include "sessiond/client/handlers.h"
#include "sessiond/client/kernel_domain.h"
#include "sessiond/client/ust_domain.h"

#include <lttng/lttng-error.h>

int rf_cmd_list_tracepoints(struct rf_call *call)
{
	const struct rf_domain *domain = rf_domain_find(call->request.domain);

	return domain ? domain->list_tracepoints(call) : LTTNG_ERR_UND;
}

int rf_cmd_list_fields(struct rf_call *call)
{
	return call->request.domain == RF_DOMAIN_UST ? rf_ust_list_fields(call) : LTTNG_ERR_UND;
}

int rf_cmd_list_syscalls(struct rf_call *call)
{
	if (call->request.domain == RF_DOMAIN_KERNEL)
		return rf_kernel_list_syscalls(call);
	/* No other domain has any. */
	rf_write_u32(&call->header, 0);
	return LTTNG_OK;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/domain.h"

const struct rf_domain *rf_domain_find(uint32_t number)
{
	static const struct rf_domain *const domains[] = {
		[RF_DOMAIN_KERNEL] = &rf_domain_kernel, [RF_DOMAIN_UST] = &rf_domain_ust};

	return number < sizeof(domains) / sizeof(domains[0]) ? domains[number] : NULL;
}

struct rf_session_domain *rf_domain_of(const struct rf_domain *domain, const struct rf_call *call)
{
	return domain->of(call->session);
}

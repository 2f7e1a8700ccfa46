/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/domain.h"

#include <lttng/lttng-error.h>

void rf_ust_rotate(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	(void)domain;
	(void)session;
	done(data, LTTNG_ERR_NOT_SUPPORTED);
}

void rf_ust_clear(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_ust_rotate(domain, session, done, data);
}

void rf_ust_snapshot(struct rf_ust_domain *domain, struct rf_session *session, const struct rf_snapshot_output *output,
	rf_ust_done_fn done, void *data)
{
	(void)output;
	rf_ust_rotate(domain, session, done, data);
}

void rf_ust_regenerate_metadata(
	struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_ust_rotate(domain, session, done, data);
}

void rf_ust_regenerate_statedump(
	struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_ust_rotate(domain, session, done, data);
}

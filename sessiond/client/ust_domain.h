/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of rf_domain_ust (domain.h), one file a family. Loop thread only. */
#ifndef RF_SESSIOND_CLIENT_UST_DOMAIN_H
#define RF_SESSIOND_CLIENT_UST_DOMAIN_H

#include "sessiond/client/domain.h"

/* ust_channels.c */
void rf_ust_channel_defaults(const struct rf_session *session, struct rf_channel_attr *attr);
int rf_ust_check_channel(const struct rf_session *session, const struct rf_channel_attr *attr, uint32_t buffers);
int rf_ust_make_channel(struct rf_call *call, const char *name, const struct rf_channel_attr *attr, bool named);
/* Makes what was checked with BUFFERS, which the session will record then. NULL without memory. */
struct rf_channel *rf_ust_channel_new(
	struct rf_call *call, const char *name, const struct rf_channel_attr *attr, uint32_t buffers);

/* ust_events.c */
int rf_ust_enable_event(
	struct rf_call *call, const struct rf_event_target *target, const struct rf_client_event *event);
int rf_ust_check_disable(const struct rf_client_event *event);
int rf_ust_disable_event(struct rf_call *call, struct rf_channel *channel, const struct rf_client_event *event);

/* ust_contexts.c */
int rf_ust_add_context(struct rf_call *call, const char *name, const struct rf_context *context);

/* ust_lists.c; the fields of tracepoints are something that only user space tells. */
int rf_ust_list_tracepoints(struct rf_call *call);
int rf_ust_list_fields(struct rf_call *call);

#endif

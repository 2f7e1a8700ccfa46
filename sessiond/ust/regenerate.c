/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told again on demand: the metadata, by us; their state, by the applications. */
#include "common/log.h"
#include "sessiond/ust/apps.h"
#include "sessiond/ust/op.h"
#include "sessiond/ust/output.h"
#include "sessiond/ust/trace_clock.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <string.h>

static void regenerate_metadata(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;

	if (!us)
		return;
	/* All of it is queued at once: the next time must not come before the consumers took it. */
	op->next = rf_output_settle;
	rf_list_for_each(node, &us->traces) {
		struct rf_ust_trace *trace = rf_container_of(node, struct rf_ust_trace, node);
		int err = trace->failed ? 0 : rf_registry_regenerate(trace->registry, rf_trace_clock_offset());

		if (!err)
			continue;
		rf_error("cannot make the metadata of uid %u anew: %s", trace->uid, strerror(-err));
		rf_op_fail(op, err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_UST_META_FAIL);
	}
}

void rf_ust_regenerate_metadata(
	struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_op_start(domain, session, sizeof(struct rf_op), regenerate_metadata, done, data);
}

static void app_dumped(struct rf_app_program *program, int status)
{
	(void)status; /* an application that failed is left out, the others go on */
	rf_op_release(program->data);
}

static void dump_app(struct rf_op *op, struct rf_app_session *as)
{
	struct rf_app_program *program = rf_app_program_new(op->domain->notifier, app_dumped, op);

	if (!program) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	rf_app_program_add(program, RF_STEP_STATEDUMP, as);
	rf_op_hold(op);
	if (!rf_apps_submit(op->domain, as->app, program))
		rf_op_release(op);
}

static void dump_apps(struct rf_op *op)
{
	struct rf_ust_session *us = op->session->ust;

	if (!us)
		return;
	rf_list_for_each(node, &us->app_sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, session_node);

		if (!as->app->gone && !as->released && as->started)
			dump_app(op, as);
	}
}

void rf_ust_regenerate_statedump(
	struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	rf_op_start(domain, session, sizeof(struct rf_op), dump_apps, done, data);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told again on demand: the metadata, by us; their state, by the applications. */
#include "common/log.h"
#include "sessiond/ust/apps.h"
#include "sessiond/ust/parts.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <string.h>

void rf_ust_describe_again(struct rf_op *op, int64_t clock_offset)
{
	rf_list_for_each(node, &op->session->recording->traces) {
		struct rf_ust_trace *trace = rf_ust_trace_of(rf_container_of(node, struct rf_output_trace, node));
		int err = trace && !trace->out.failed ? rf_registry_regenerate(trace->registry, clock_offset) : 0;

		if (!err)
			continue;
		rf_error("cannot make the metadata of uid %u anew: %s", trace->uid, strerror(-err));
		rf_op_fail(op, err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_UST_META_FAIL);
	}
}

static void app_dumped(struct rf_app_program *program, int status)
{
	(void)status; /* an application that failed is left out, the others go on */
	rf_op_release(program->data);
}

static void dump_app(struct rf_op *op, struct rf_app_session *as)
{
	struct rf_app_program *program = rf_app_program_new(op->recorder->ust->notifier, app_dumped, op);

	if (!program) {
		rf_op_fail(op, LTTNG_ERR_NOMEM);
		return;
	}
	rf_app_program_add(program, RF_STEP_STATEDUMP, as);
	rf_op_hold(op);
	if (!rf_apps_submit(op->recorder->ust, as->app, program))
		rf_op_release(op);
}

void rf_ust_dump_state(struct rf_op *op)
{
	rf_list_for_each(node, &op->session->recording->app_sessions) {
		struct rf_app_session *as = rf_container_of(node, struct rf_app_session, session_node);

		if (!as->app->gone && !as->released && as->started)
			dump_app(op, as);
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What applications offer. */
#include "sessiond/recording/op.h"
#include "sessiond/ust/apps.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

/* One application's part of a listing. */
struct app_listing {
	struct rf_list node;
	struct rf_op *op;
	struct rf_listing listing;
};

struct list_op {
	struct rf_op op;
	uid_t uid;
	bool with_fields;
	rf_ust_list_fn listed;
	struct rf_list parts;
};

static void app_listed(struct rf_app_program *program, int status)
{
	struct app_listing *part = program->data;

	(void)status; /* what an application said before it failed is shown */
	rf_op_release(part->op);
}

static void list_app(struct list_op *lo, struct rf_app *app)
{
	struct app_listing *part = calloc(1, sizeof(*part));
	struct rf_app_program *program = part ? rf_app_program_new(lo->op.recorder->ust->notifier, app_listed, part)
					      : NULL;
	struct rf_step *step = program ? rf_app_program_add(program, RF_STEP_LIST, NULL) : NULL;

	if (!step) {
		if (program)
			rf_app_program_free(program);
		free(part);
		rf_op_fail(&lo->op, LTTNG_ERR_NOMEM);
		return;
	}
	part->op = &lo->op;
	part->listing.with_fields = lo->with_fields;
	step->listing = &part->listing;
	rf_list_append(&lo->parts, &part->node);
	rf_op_hold(&lo->op);
	rf_apps_submit(lo->op.recorder->ust, app, program);
}

static void list_apps(struct rf_op *op)
{
	struct list_op *lo = rf_container_of(op, struct list_op, op);

	rf_list_for_each(node, &op->recorder->ust->apps) {
		struct rf_app *app = rf_container_of(node, struct rf_app, node);

		if (app->ready && rf_ust_may_trace(lo->uid, app->facts.uid))
			list_app(lo, app);
	}
}

static void finish_list(struct rf_op *op)
{
	struct list_op *lo = rf_container_of(op, struct list_op, op);
	size_t count = 0;
	size_t at = 0;

	rf_list_for_each(node, &lo->parts)
		count += rf_container_of(node, struct app_listing, node)->listing.count;

	struct rf_ust_tracepoint *entries = calloc(count + 1, sizeof(*entries));

	if (!entries)
		rf_op_fail(op, LTTNG_ERR_NOMEM);
	rf_list_for_each_safe(node, tmp, &lo->parts) {
		struct app_listing *part = rf_container_of(node, struct app_listing, node);

		if (entries && part->listing.count)
			memcpy(entries + at, part->listing.entries, part->listing.count * sizeof(*entries));
		at += part->listing.count;
		free(part->listing.entries);
		free(part);
	}
	lo->listed(op->data, op->code, entries, entries ? count : 0);
	free(entries);
}

static void never_done(void *data, int code)
{
	(void)data;
	(void)code;
}

void rf_ust_list(struct rf_recorder *recorder, uid_t uid, bool with_fields, rf_ust_list_fn done, void *data)
{
	struct rf_op *op = rf_op_start(recorder, NULL, sizeof(struct list_op), list_apps, never_done, data);
	struct list_op *lo = op ? rf_container_of(op, struct list_op, op) : NULL;

	if (!lo) {
		done(data, LTTNG_ERR_NOMEM, NULL, 0);
		return;
	}
	lo->uid = uid;
	lo->with_fields = with_fields;
	lo->listed = done;
	rf_list_init(&lo->parts);
	op->finish = finish_list;
}

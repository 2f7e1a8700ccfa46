/* SPDX-License-Identifier: GPL-2.0-only */
/* The questions of domain.h: statistics of a session, and what applications offer. */
#include "sessiond/ust/apps.h"
#include "sessiond/ust/op.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

/* A consumer that does not say so by then: the last known figures are shown. */
#define STATISTICS_WAIT (300 * RF_MS)

struct row {
	uint32_t channel;
	uint64_t discarded;
	uint64_t lost;
	uint64_t written; /* bytes */
};

struct statistics_op {
	struct rf_op op;
	bool complete; /* every consumer answered */
	struct row *rows;
	size_t count;
};

static struct row *row_of(struct statistics_op *so, uint32_t channel)
{
	for (size_t i = 0; i < so->count; i++)
		if (so->rows[i].channel == channel)
			return &so->rows[i];
	return NULL;
}

static void statistics_came(void *data, int status, struct rf_reader *body)
{
	struct statistics_op *so = data;
	struct rf_consumer_statistics answer;

	if (status < 0 || !rf_consumer_statistics_decode(body, &answer)) {
		so->complete = false;
		rf_op_release(&so->op);
		return;
	}

	struct rf_reader r;

	rf_reader_init(&r, answer.rows.data, answer.rows.len, RF_HOST_ORDER);
	while (rf_reader_left(&r)) {
		uint32_t channel = rf_read_u32(&r);
		uint64_t discarded = rf_read_u64(&r);
		uint64_t lost = rf_read_u64(&r);
		uint64_t written = rf_read_u64(&r);
		struct row *row = rf_reader_ok(&r) ? row_of(so, channel) : NULL;

		if (row) {
			row->discarded += discarded;
			row->lost += lost;
			row->written += written;
		}
	}
	rf_op_release(&so->op);
}

static void gather_statistics(struct rf_op *op)
{
	struct statistics_op *so = rf_container_of(op, struct statistics_op, op);
	struct rf_session *session = op->session;
	size_t channels = 0;

	rf_list_for_each(node, &session->channels)
		channels++;
	so->rows = calloc(channels + 1, sizeof(*so->rows));
	if (!so->rows || !session->ust)
		return;
	rf_list_for_each(node, &session->channels)
		so->rows[so->count++].channel = rf_container_of(node, struct rf_channel, node)->id;
	so->complete = true;
	rf_list_for_each(node, &session->ust->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		rf_op_hold(op);
		if (rf_consumer_request(sc->consumer, RF_CONSUMER_STATISTICS, session->id, STATISTICS_WAIT,
			    statistics_came, so) < 0) {
			so->complete = false;
			rf_op_release(op);
		}
	}
}

static void finish_statistics(struct rf_op *op)
{
	struct statistics_op *so = rf_container_of(op, struct statistics_op, op);

	rf_list_for_each(node, &op->session->channels) {
		struct rf_channel *channel = rf_container_of(node, struct rf_channel, node);
		const struct row *row = row_of(so, channel->id);

		/* An incomplete answer never takes back what was known. */
		if (row && (so->complete || row->discarded > channel->discarded_events))
			channel->discarded_events = row->discarded;
		if (row && (so->complete || row->lost > channel->lost_packets))
			channel->lost_packets = row->lost;
	}
	uint64_t written = 0;

	for (size_t i = 0; i < so->count; i++)
		written += so->rows[i].written;
	if (so->complete || written > op->session->written)
		op->session->written = written;
	free(so->rows);
	op->done(op->data, op->code);
}

void rf_ust_statistics(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data)
{
	struct rf_op *op = rf_op_start(domain, session, sizeof(struct statistics_op), gather_statistics, done, data);

	if (op)
		op->finish = finish_statistics;
}

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
	struct rf_app_program *program = part ? rf_app_program_new(lo->op.domain->notifier, app_listed, part) : NULL;
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
	rf_apps_submit(lo->op.domain, app, program);
}

static void list_apps(struct rf_op *op)
{
	struct list_op *lo = rf_container_of(op, struct list_op, op);

	rf_list_for_each(node, &op->domain->apps) {
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

void rf_ust_list(struct rf_ust_domain *domain, uid_t uid, bool with_fields, rf_ust_list_fn done, void *data)
{
	struct rf_op *op = rf_op_start(domain, NULL, sizeof(struct list_op), list_apps, never_done, data);
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

/* SPDX-License-Identifier: GPL-2.0-only */
/* What consumers count of a session. */
#include "sessiond/recording/op.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>

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

static size_t count_channels(const struct rf_list *channels)
{
	size_t count = 0;

	rf_list_for_each(node, channels)
		count++;
	return count;
}

static void add_rows(struct statistics_op *so, const struct rf_list *channels)
{
	rf_list_for_each(node, channels)
		so->rows[so->count++].channel = rf_container_of(node, struct rf_channel, node)->id;
}

static void gather_statistics(struct rf_op *op)
{
	struct statistics_op *so = rf_container_of(op, struct statistics_op, op);
	struct rf_session *session = op->session;

	so->rows = calloc(count_channels(&session->ust.channels) + count_channels(&session->kernel.channels) + 1,
		sizeof(*so->rows));
	if (!so->rows || !session->recording)
		return;
	add_rows(so, &session->ust.channels);
	add_rows(so, &session->kernel.channels);
	so->complete = true;
	rf_list_for_each(node, &session->recording->consumers) {
		struct rf_session_consumer *sc = rf_container_of(node, struct rf_session_consumer, node);

		rf_op_hold(op);
		if (rf_consumer_request(sc->consumer, RF_CONSUMER_STATISTICS, session->id, STATISTICS_WAIT,
			    statistics_came, so) < 0) {
			so->complete = false;
			rf_op_release(op);
		}
	}
}

static void tell_channels(struct statistics_op *so, const struct rf_list *channels)
{
	rf_list_for_each(node, channels) {
		struct rf_channel *channel = rf_container_of(node, struct rf_channel, node);
		const struct row *row = row_of(so, channel->id);

		/* An incomplete answer never takes back what was known. */
		if (row && (so->complete || row->discarded > channel->discarded_events))
			channel->discarded_events = row->discarded;
		if (row && (so->complete || row->lost > channel->lost_packets))
			channel->lost_packets = row->lost;
	}
}

static void finish_statistics(struct rf_op *op)
{
	struct statistics_op *so = rf_container_of(op, struct statistics_op, op);

	tell_channels(so, &op->session->ust.channels);
	tell_channels(so, &op->session->kernel.channels);

	uint64_t written = 0;

	for (size_t i = 0; i < so->count; i++)
		written += so->rows[i].written;
	if (so->complete || written > op->session->written)
		op->session->written = written;
	free(so->rows);
	op->done(op->data, op->code);
}

void rf_recording_statistics(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data)
{
	struct rf_op *op = rf_op_start(recorder, session, sizeof(struct statistics_op), gather_statistics, done, data);

	if (op)
		op->finish = finish_statistics;
}

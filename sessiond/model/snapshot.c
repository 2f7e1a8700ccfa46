/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/snapshot.h"

#include "sessiond/model/session.h"

/* The packets after the Nth of each stream, up to where the next channel has no more. */
struct layers {
	uint64_t size;  /* bytes of one packet of every stream that has more than N; stops at UINT64_MAX */
	uint64_t until; /* that many packets has the channel with the fewest of these; 0: there is none */
};

static void add_layers(struct layers *layers, const struct rf_session_domain *domain, uint64_t n, uint64_t streams)
{
	rf_list_for_each(node, &domain->channels) {
		const struct rf_channel_attr *attr = &rf_container_of(node, struct rf_channel, node)->attr;
		uint64_t size;

		if (attr->subbuf_count <= n)
			continue;
		if (!layers->until || attr->subbuf_count < layers->until)
			layers->until = attr->subbuf_count;
		if (__builtin_mul_overflow(attr->subbuf_size, streams, &size) ||
			__builtin_add_overflow(layers->size, size, &layers->size))
			layers->size = UINT64_MAX;
	}
}

uint32_t rf_snapshot_packets(
	const struct rf_session *session, uint64_t max_size, const struct rf_snapshot_streams *streams)
{
	uint64_t left = max_size, n = 0;

	/* A round for each number of sub-buffers that channels have: never one for each of the packets. */
	while (max_size) {
		struct layers layers = {.size = 0};

		add_layers(&layers, &session->ust, n, streams->ust);
		add_layers(&layers, &session->kernel, n, streams->kernel);

		uint64_t fit = layers.size ? left / layers.size : UINT64_MAX;

		if (!layers.until)
			return UINT32_MAX;
		if (fit < layers.until - n)
			return n + fit < UINT32_MAX ? (uint32_t)(n + fit) : UINT32_MAX;
		left -= (layers.until - n) * layers.size;
		n = layers.until;
	}
	return UINT32_MAX;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/bindings.h"

#include "common/tsan.h"

#include <errno.h>
#include <stdlib.h>
#include <urcu.h>
#include <urcu/rculfhash.h>

#define BUCKETS_MIN 64

struct rf_bindings {
	struct cds_lfht *table;
};

struct binding {
	struct cds_lfht_node node;
	struct rcu_head rcu;
	uint64_t app;
	uint32_t handle;
	uint32_t number;
	struct rf_registry *registry;
};

struct key {
	uint64_t app;
	uint32_t handle;
};

/* Ids count up: a multiplication spreads them well enough. */
static unsigned long hash(uint64_t app, uint32_t handle)
{
	uint64_t h = (app * 0x9E3779B97F4A7C15ull) ^ ((uint64_t)handle * 0xC2B2AE3D27D4EB4Full);

	return (unsigned long)(h ^ (h >> 29));
}

static int match(struct cds_lfht_node *node, const void *wanted)
{
	const struct binding *b = caa_container_of(node, struct binding, node);
	const struct key *key = wanted;

	RF_TSAN_ACQUIRE(b);
	return b->app == key->app && b->handle == key->handle;
}

struct rf_bindings *rf_bindings_create(void)
{
	struct rf_bindings *bindings = calloc(1, sizeof(*bindings));

	if (!bindings)
		return NULL;
	bindings->table = cds_lfht_new(BUCKETS_MIN, BUCKETS_MIN, 0, CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, NULL);
	if (!bindings->table) {
		free(bindings);
		return NULL;
	}
	return bindings;
}

static void free_binding(struct rcu_head *head)
{
	struct binding *b = caa_container_of(head, struct binding, rcu);

	RF_TSAN_ACQUIRE(b);
	rf_registry_unref(b->registry);
	free(b);
}

void rf_bindings_destroy(struct rf_bindings *bindings)
{
	struct cds_lfht_iter it;
	struct binding *b;

	rcu_read_lock();
	cds_lfht_for_each_entry(bindings->table, &it, b, node) {
		if (!cds_lfht_del(bindings->table, &b->node))
			call_rcu(&b->rcu, free_binding);
	}
	rcu_read_unlock();
	rcu_barrier();
	cds_lfht_destroy(bindings->table, NULL);
	free(bindings);
}

int rf_bindings_add(
	struct rf_bindings *bindings, uint64_t app, uint32_t handle, struct rf_registry *registry, uint32_t number)
{
	const struct key key = {.app = app, .handle = handle};
	struct binding *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->app = app;
	b->handle = handle;
	b->number = number;
	b->registry = rf_registry_ref(registry);
	cds_lfht_node_init(&b->node);
	RF_TSAN_RELEASE(b);
	rcu_read_lock();

	bool added = cds_lfht_add_unique(bindings->table, hash(app, handle), match, &key, &b->node) == &b->node;

	rcu_read_unlock();
	if (added)
		return 0;
	rf_registry_unref(b->registry);
	free(b);
	return -EEXIST;
}

void rf_bindings_remove(struct rf_bindings *bindings, uint64_t app, uint32_t handle)
{
	const struct key key = {.app = app, .handle = handle};
	struct cds_lfht_iter it;

	rcu_read_lock();
	cds_lfht_lookup(bindings->table, hash(app, handle), match, &key, &it);

	struct cds_lfht_node *node = cds_lfht_iter_get_node(&it);

	/* Its registry may be dropped by whoever frees it: all that we did with it is to be seen there. */
	if (node)
		RF_TSAN_RELEASE(caa_container_of(node, struct binding, node));
	if (node && !cds_lfht_del(bindings->table, node))
		call_rcu(&caa_container_of(node, struct binding, node)->rcu, free_binding);
	rcu_read_unlock();
}

struct rf_registry *rf_bindings_find(struct rf_bindings *bindings, uint64_t app, uint32_t handle, uint32_t *number)
{
	const struct key key = {.app = app, .handle = handle};
	struct rf_registry *registry = NULL;
	struct cds_lfht_iter it;

	rcu_read_lock();
	cds_lfht_lookup(bindings->table, hash(app, handle), match, &key, &it);

	struct cds_lfht_node *node = cds_lfht_iter_get_node(&it);

	if (node) {
		struct binding *b = caa_container_of(node, struct binding, node);

		RF_TSAN_ACQUIRE(b);
		*number = b->number;
		registry = rf_registry_ref(b->registry);
		RF_TSAN_RELEASE(b);
	}
	rcu_read_unlock();
	return registry;
}

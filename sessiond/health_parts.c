/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/health_parts.h"

#include <errno.h>

#define BIT(number) (UINT64_C(1) << (number))
#define PART_APPS BIT(1)
#define PART_KERNEL BIT(3)
#define PART_CONSUMERS BIT(4)
#define PART_NOTIFY BIT(6)
#define PARTS_MAIN (BIT(0) | BIT(2) | PART_CONSUMERS | BIT(7) | BIT(8) | BIT(9) | BIT(10) | BIT(11))
#define CONSUMER_PARTS (BIT(RF_CONSUMER_PARTS) - 1)

static void consumer_settled(struct rf_health_consumers *consumers)
{
	if (--consumers->waiting == 0)
		rf_health_back(&consumers->probe, consumers->bad);
}

static void consumer_answered(void *data, int status, struct rf_reader *body)
{
	struct rf_health_consumers *consumers = data;
	struct rf_consumer_id mask = {.id = CONSUMER_PARTS};

	/* One that ended meanwhile is no part of the answer; a death shows in the session daemon's health. */
	if (status == -EPIPE)
		mask.id = 0;
	else if (status < 0 || !rf_consumer_id_decode(body, &mask))
		mask.id = CONSUMER_PARTS;
	consumers->bad |= mask.id & CONSUMER_PARTS;
	consumer_settled(consumers);
}

static void ask_consumers(struct rf_health_consumers *consumers)
{
	bool any = false;

	consumers->bad = 0;
	consumers->waiting = 1; /* ours, until all are asked */
	rf_list_for_each_safe(node, tmp, &consumers->parts->consumers->list) {
		struct rf_consumer *consumer = rf_container_of(node, struct rf_consumer, node);
		struct rf_writer nothing;

		if (consumer->kernel != consumers->kernel)
			continue;
		any = true;
		rf_frame_body(&nothing);
		if (rf_requests_send(&consumer->requests, RF_CONSUMER_HEALTH, &nothing, NULL, 0,
			    RF_HEALTH_CONSUMER_WAIT, consumer_answered, consumers) < 0)
			consumers->bad = CONSUMER_PARTS;
		else
			consumers->waiting++;
	}
	if (any)
		consumer_settled(consumers);
	else
		rf_health_back_from_nobody(&consumers->probe);
}

/* The main loop's turn. */
static void asked(struct rf_mail *mail, void *data)
{
	struct rf_health_parts *parts = data;

	if (mail == &parts->applications.probe.mail)
		ask_consumers(&parts->applications);
	else if (mail == &parts->kernels.probe.mail)
		ask_consumers(&parts->kernels);
	else
		rf_health_back(&parts->main, parts->consumers->lost ? PART_CONSUMERS : 0);
}

static void send_to_main(struct rf_health_probe *probe)
{
	rf_mailbox_post(&rf_container_of(probe, struct rf_health_parts, main)->mailbox, &probe->mail);
}

static void send_to_consumers(struct rf_health_probe *probe)
{
	rf_mailbox_post(&rf_container_of(probe, struct rf_health_consumers, probe)->parts->mailbox, &probe->mail);
}

static void send_to_pool(struct rf_health_probe *probe)
{
	const struct rf_health_parts *parts = rf_container_of(probe, struct rf_health_parts, pool_probe);

	rf_health_back(probe, rf_pool_stuck(parts->pool) ? PART_APPS : 0);
}

/* Commands of the kernel thread may block for as long as the kernel needs: only one that never ends is a fault. */
static void send_to_kernel(struct rf_health_probe *probe)
{
	const struct rf_health_parts *parts = rf_container_of(probe, struct rf_health_parts, kernel_probe);

	rf_health_back(probe, parts->kernel && rf_kernel_stuck(parts->kernel) ? PART_KERNEL : 0);
}

static void notify_answered(void *data)
{
	rf_health_back(data, 0);
}

static void send_to_notify(struct rf_health_probe *probe)
{
	rf_notifier_ask(rf_container_of(probe, struct rf_health_parts, notify)->notifier, notify_answered, probe);
}

int rf_health_parts_init(struct rf_health_parts *parts, struct rf_loop *loop, struct rf_consumers *consumers,
	struct rf_pool *pool, struct rf_notifier *notifier, struct rf_kernel_domain *kernel)
{
	*parts = (struct rf_health_parts){
		.consumers = consumers,
		.pool = pool,
		.notifier = notifier,
		.kernel = kernel,
		.main = {.bits = PARTS_MAIN, .send = send_to_main},
		.pool_probe = {.bits = PART_APPS, .send = send_to_pool},
		.notify = {.bits = PART_NOTIFY, .send = send_to_notify},
		.kernel_probe = {.bits = PART_KERNEL, .send = send_to_kernel},
		.applications = {.probe = {.bits = CONSUMER_PARTS, .send = send_to_consumers}, .parts = parts},
		.kernels = {.probe = {.bits = CONSUMER_PARTS, .send = send_to_consumers},
			.parts = parts,
			.kernel = true},
	};
	return rf_mailbox_init(&parts->mailbox, loop, asked, parts);
}

void rf_health_parts_fini(struct rf_health_parts *parts)
{
	rf_mailbox_fini(&parts->mailbox);
}

int rf_health_serve_sessiond(struct rf_health *health, int sock, struct rf_health_parts *parts)
{
	struct rf_health_probe *const probes[] = {
		&parts->main, &parts->pool_probe, &parts->notify, &parts->kernel_probe};

	return rf_health_serve(health, sock, probes, sizeof(probes) / sizeof(probes[0]));
}

int rf_health_serve_consumers(struct rf_health *health, int sock, struct rf_health_parts *parts)
{
	struct rf_health_probe *const probes[] = {&parts->applications.probe};

	return rf_health_serve(health, sock, probes, 1);
}

int rf_health_serve_kernel_consumer(struct rf_health *health, int sock, struct rf_health_parts *parts)
{
	struct rf_health_probe *const probes[] = {&parts->kernels.probe};

	return rf_health_serve(health, sock, probes, 1);
}

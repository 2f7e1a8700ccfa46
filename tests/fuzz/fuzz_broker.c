/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the broker decodes of the session daemon's requests about the kernel and of a consumer's for rings, and the text
 * of the policy file. Nothing is carried out: there is no kernel worker here.
 */
#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/module_helper.h"
#include "policy/broker/policy_file.h"
#include "policy/broker/requests.h"
#include "policy/broker/tracefs.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	uint32_t type;
	enum rf_peer_role role;
} requests[] = {
	{RF_BROKER_KERNEL_OPEN, RF_PEER_KERNEL},
	{RF_BROKER_MAKE_INSTANCE, RF_PEER_KERNEL},
	{RF_BROKER_REMOVE_INSTANCE, RF_PEER_KERNEL},
	{RF_BROKER_OPEN_EVENTS, RF_PEER_KERNEL},
	{RF_BROKER_TRACK, RF_PEER_KERNEL},
	{RF_BROKER_ADD_PROBE, RF_PEER_KERNEL},
	{RF_BROKER_REMOVE_PROBE, RF_PEER_KERNEL},
	{RF_BROKER_READ_STATE, RF_PEER_KERNEL},
	{RF_BROKER_OPEN_RINGS, RF_PEER_CONSUMER},
};
#define REQUESTS (sizeof(requests) / sizeof(requests[0]))

static void request(unsigned int number, unsigned int fd_count, const uint8_t *data, size_t size)
{
	static struct rf_broker broker;
	struct rf_peer peer = {.broker = &broker, .role = requests[number].role};
	struct rf_frame frame = {.type = requests[number].type, .serial = 1, .fd_count = fd_count};

	rf_list_init(&broker.consumers);
	rf_reader_init(&frame.body, data, size, RF_HOST_ORDER);
	if (rf_request_find(frame.type, peer.role)->handle(&peer, &frame) >= 0)
		abort();
}

static void events(const uint8_t *data, size_t size)
{
	const struct rf_blob blob = {.data = data, .len = size};
	const char *names[RF_OPEN_EVENTS_MAX];
	unsigned int count;

	if (!rf_tracefs_event_names(&blob, names, &count))
		return;
	for (unsigned int i = 0; i < count; i++)
		if (names[i] < (const char *)data || !strchr(names[i], '/') || strstr(names[i], "/../") ||
			strchr(names[i], ' '))
			abort();
}

static void names(bool symbol, const char *text)
{
	if (symbol ? rf_tracefs_symbol_ok(text) && strpbrk(text, " /\n+")
		   : rf_module_names_ok(text) && strpbrk(text, "/\n;$"))
		abort();
}

static void policy(char *text, size_t size)
{
	struct rf_policy_text read = {.path = "fuzz"};
	FILE *file = size ? fmemopen(text, size, "r") : NULL;

	if (!file)
		return;
	rf_policy_text_read(&read, file);
	rf_policy_text_free(&read);
	fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int which;
	char *text;

	rf_log_init("fuzz", RF_LOG_ERROR);
	if (size < 2)
		return 0;
	which = data[0] % (REQUESTS + 4);
	if (which < REQUESTS) {
		request(which, data[1] % 3, data + 2, size - 2);
		return 0;
	}
	if (which == REQUESTS) {
		events(data + 1, size - 1);
		return 0;
	}
	text = strndup((const char *)data + 1, size - 1);
	if (which == REQUESTS + 1)
		policy(text, strlen(text));
	else
		names(which == REQUESTS + 2, text);
	free(text);
	return 0;
}

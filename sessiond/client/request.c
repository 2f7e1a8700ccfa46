/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/request.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rf_reader envelope_at(const struct rf_request *request, size_t at, size_t len)
{
	struct rf_reader whole;

	rf_reader_init(&whole, request->envelope, RF_ENVELOPE_SIZE, RF_HOST_ORDER);
	rf_read_skip(&whole, at);
	return rf_read_sub(&whole, len);
}

void rf_request_read_envelope(struct rf_request *request)
{
	struct rf_reader r = envelope_at(request, 0, RF_ENVELOPE_SIZE);

	request->number = rf_read_u32(&r);
	if (!rf_read_str_field(&r, request->session_name, sizeof(request->session_name)))
		request->session_name[0] = '\0';

	r = envelope_at(request, RF_ENVELOPE_DOMAIN, RF_ENVELOPE_ARGS - RF_ENVELOPE_DOMAIN);
	request->domain = rf_read_u32(&r);
	request->buffers = rf_read_u32(&r);
	r = envelope_at(request, RF_ENVELOPE_DOMAIN_ATTR, sizeof(uint32_t));
	request->echo = rf_read_u32(&r);
	r = envelope_at(request, RF_ENVELOPE_FD_COUNT, sizeof(uint32_t));
	request->fd_count = rf_read_u32(&r);
}

struct rf_reader rf_request_args(const struct rf_request *request)
{
	return envelope_at(request, RF_ENVELOPE_ARGS, RF_ENVELOPE_ARGS_SIZE);
}

struct rf_reader rf_request_payload(const struct rf_request *request)
{
	struct rf_reader r;

	rf_reader_init(&r, request->payload, request->payload_len, RF_HOST_ORDER);
	return r;
}

int rf_request_take_fd(struct rf_request *request)
{
	bool has_fd = request->has_fd;

	request->has_fd = false;
	return has_fd ? request->fd : -1;
}

void rf_request_clear(struct rf_request *request)
{
	if (request->has_fd)
		close(request->fd);
	free(request->envelope);
	free(request->payload);
	*request = (struct rf_request){.number = 0};
}

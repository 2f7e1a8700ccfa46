/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/snapshot_codec.h"

#include "common/names.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

#define FILE_SCHEME "file://"

bool rf_snapshot_read(struct rf_reader *r, struct rf_snapshot_request *request)
{
	request->id = rf_read_u32(r);
	request->max_size = rf_read_u64(r);
	rf_read_str_field(r, request->name, sizeof(request->name));
	rf_read_str_field(r, request->control_url, sizeof(request->control_url));
	rf_read_str_field(r, request->data_url, sizeof(request->data_url));
	return rf_reader_ok(r);
}

void rf_snapshot_write(struct rf_writer *w, const struct rf_snapshot_output *output)
{
	rf_write_u32(w, output->id);
	rf_write_u64(w, output->max_size);
	rf_write_str_field(w, output->name, RF_SESSION_NAME_FIELD);
	rf_write_str_field(w, output->path, RF_PATH_SIZE);
	rf_write_zeros(w, RF_PATH_SIZE);
}

/* One that says of two ports at once where control and data go, and one that says it of one. */
static const struct scheme {
	const char *prefix;
	bool both;
} network_schemes[] = {
	{"net://", true},
	{"net4://", true},
	{"net6://", true},
	{"tcp://", false},
	{"tcp4://", false},
	{"tcp6://", false},
};

static const struct scheme *network_scheme(const char *url)
{
	for (size_t i = 0; i < sizeof(network_schemes) / sizeof(network_schemes[0]); i++) {
		if (!strncmp(url, network_schemes[i].prefix, strlen(network_schemes[i].prefix)))
			return &network_schemes[i];
	}
	return NULL;
}

int rf_snapshot_path(const struct rf_snapshot_request *request, char path[RF_PATH_SIZE])
{
	const char *url = request->control_url;
	const struct scheme *scheme = network_scheme(url);

	if (scheme && !scheme->both && !network_scheme(request->data_url))
		return LTTNG_ERR_INVALID;
	if (scheme)
		return LTTNG_ERR_NOT_SUPPORTED;
	if (!strncmp(url, FILE_SCHEME, strlen(FILE_SCHEME)))
		url += strlen(FILE_SCHEME);
	if (!rf_output_path_ok(url))
		return LTTNG_ERR_INVALID;
	snprintf(path, RF_PATH_SIZE, "%s", url);
	return LTTNG_OK;
}

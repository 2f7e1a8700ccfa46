/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/session_codec.h"

#include <string.h>

#define URI_IPV4 1u
#define URI_IPV6 2u
#define URI_PATH 3u
#define URI_STREAM_DATA 1u
#define LOCATION_LOCAL 1
#define LOCATION_HEAD 14u

struct uri {
	uint32_t destination_type;
	uint32_t type;
	uint32_t stream;
	uint32_t protocol;
	uint16_t port;
	char subdir[RF_PATH_SIZE];
	char destination[RF_PATH_SIZE];
};

static void uri_read(struct rf_reader *r, struct uri *uri)
{
	uri->destination_type = rf_read_u32(r);
	uri->type = rf_read_u32(r);
	uri->stream = rf_read_u32(r);
	uri->protocol = rf_read_u32(r);
	uri->port = rf_read_u16(r);
	rf_read_str_field(r, uri->subdir, sizeof(uri->subdir));
	rf_read_str_field(r, uri->destination, sizeof(uri->destination));
}

enum rf_uri_kind rf_uri_read(struct rf_reader *r, char path[RF_PATH_SIZE])
{
	struct uri uri;

	uri_read(r, &uri);
	if (!rf_reader_ok(r))
		return RF_URI_MALFORMED;
	if (uri.destination_type != URI_PATH)
		return uri.destination_type == URI_IPV4 || uri.destination_type == URI_IPV6 ? RF_URI_NETWORK
											    : RF_URI_UNKNOWN;
	memcpy(path, uri.destination, RF_PATH_SIZE);
	return RF_URI_PATH;
}

static void local_uri_write(struct rf_writer *w, const char *path)
{
	rf_write_u32(w, URI_PATH);
	rf_write_zeros(w, 3 * sizeof(uint32_t) + sizeof(uint16_t) + RF_PATH_SIZE);
	rf_write_str_field(w, path, RF_PATH_SIZE);
}

static bool uris_read(struct rf_reader *r, struct rf_session_descriptor *d)
{
	struct uri uri;

	for (unsigned int i = 0; i < d->uri_count; i++) {
		uri_read(r, &uri);
		if (!rf_reader_ok(r) || (d->output == RF_DESCRIPTOR_LOCAL) != (uri.destination_type == URI_PATH))
			return false;
		if (d->output == RF_DESCRIPTOR_LOCAL)
			memcpy(d->path, uri.destination, sizeof(d->path));
		else if (uri.destination_type < URI_IPV4 || uri.destination_type > URI_IPV6 ||
			uri.stream != (i ? URI_STREAM_DATA : 0))
			return false;
	}
	return true;
}

static bool consistent(const struct rf_session_descriptor *d)
{
	if (d->type < RF_SESSION_REGULAR || d->type > RF_SESSION_LIVE)
		return false;
	if (d->type == RF_SESSION_LIVE && (d->output == RF_DESCRIPTOR_LOCAL || !d->live_interval))
		return false;
	switch (d->output) {
	case RF_DESCRIPTOR_NONE:
		return d->uri_count == 0;
	case RF_DESCRIPTOR_LOCAL:
		return d->uri_count <= 1;
	case RF_DESCRIPTOR_NETWORK:
		return d->uri_count == 0 || d->uri_count == 2;
	default:
		return false;
	}
}

bool rf_session_descriptor_read(struct rf_reader *r, struct rf_session_descriptor *d)
{
	*d = (struct rf_session_descriptor){.type = rf_read_u8(r)};
	d->output = rf_read_u8(r);

	uint32_t name_len = rf_read_u32(r);

	d->uri_count = rf_read_u8(r);
	if (d->type == RF_SESSION_LIVE)
		d->live_interval = rf_read_u64(r);
	if (!rf_reader_ok(r) || !consistent(d) || name_len == 1 || name_len > sizeof(d->name))
		return false;
	if (name_len) {
		const char *name = rf_read_cstr(r, name_len);

		if (!name)
			return false;
		memcpy(d->name, name, name_len);
	}
	return uris_read(r, d) && rf_reader_done(r);
}

void rf_session_descriptor_write(
	struct rf_writer *w, const struct rf_session_descriptor *d, const struct rf_session *session)
{
	const char *path = session->snapshot.there ? session->snapshot.path : session->path;

	rf_write_u8(w, d->type);
	rf_write_u8(w, d->output);
	rf_write_u32(w, (uint32_t)strlen(session->name) + 1);
	rf_write_u8(w, path[0] ? 1 : 0);
	rf_write_cstr(w, session->name);
	if (path[0])
		local_uri_write(w, path);
}

void rf_session_record_write(struct rf_writer *w, const struct rf_session *session)
{
	rf_write_str_field(w, session->name, RF_SESSION_NAME_FIELD);
	rf_write_str_field(w, session->path, RF_PATH_SIZE);
	rf_write_zeros(w, 1);
	rf_write_i32(w, session->active);
	rf_write_u32(w, session->snapshot_mode);
	rf_write_u32(w, 0); /* live interval */
	rf_write_zeros(w, 4);
	rf_write_zeros(w, 8); /* a pointer in the client's memory */
}

void rf_session_time_write(struct rf_writer *w, const struct rf_session *session)
{
	rf_write_u64(w, (uint64_t)session->created);
	rf_write_u8(w, 1);
}

void rf_archive_location_write(struct rf_writer *w, const char *path)
{
	rf_write_i8(w, LOCATION_LOCAL);
	rf_write_u32(w, (uint32_t)strlen(path) + 1);
	rf_write_zeros(w, LOCATION_HEAD - sizeof(int8_t) - sizeof(uint32_t));
	rf_write_cstr(w, path);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/channel_codec.h"

#include "common/names.h"

#include <string.h>

bool rf_channel_read(struct rf_reader *r, struct rf_channel_request *request)
{
	struct rf_channel_attr *attr = &request->attr;

	*request = (struct rf_channel_request){.overwrite = 0};

	uint32_t name_len = rf_read_u32(r);

	rf_read_skip(r, 1); /* enabled: said by the command */
	request->overwrite = rf_read_i8(r);
	attr->subbuf_size = rf_read_u64(r);
	attr->subbuf_count = rf_read_u64(r);
	attr->switch_interval = rf_read_u32(r);
	attr->read_interval = rf_read_u32(r);
	attr->output = rf_read_u8(r);
	attr->tracefile_size = rf_read_u64(r);
	attr->tracefile_count = rf_read_u64(r);
	rf_read_skip(r, 4);                    /* live timer: the session decides; the command line sends all ones */
	rf_read_skip(r, 2 * sizeof(uint64_t)); /* statistics */
	attr->monitor_interval = rf_read_u64(r);
	attr->blocking_timeout = rf_read_i64(r);

	const char *name = name_len <= RF_NAME_MAX + 1 ? rf_read_cstr(r, name_len) : NULL;

	if (!name || !rf_reader_done(r) || request->overwrite < -1 || request->overwrite > 1)
		return false;
	memcpy(request->name, name, name_len);
	return true;
}

void rf_channel_write(struct rf_writer *w, const struct rf_channel *channel)
{
	const struct rf_channel_attr *attr = &channel->attr;

	rf_write_u32(w, (uint32_t)strlen(channel->name) + 1);
	rf_write_u8(w, channel->enabled);
	rf_write_i8(w, attr->overwrite);
	rf_write_u64(w, attr->subbuf_size);
	rf_write_u64(w, attr->subbuf_count);
	rf_write_u32(w, attr->switch_interval);
	rf_write_u32(w, attr->read_interval);
	rf_write_u8(w, attr->output);
	rf_write_u64(w, attr->tracefile_size);
	rf_write_u64(w, attr->tracefile_count);
	rf_write_u32(w, 0); /* live timer */
	rf_write_u64(w, attr->overwrite ? 0 : channel->discarded_events);
	rf_write_u64(w, attr->overwrite ? channel->lost_packets : 0);
	rf_write_u64(w, attr->monitor_interval);
	rf_write_i64(w, attr->blocking_timeout);
	rf_write_cstr(w, channel->name);
}

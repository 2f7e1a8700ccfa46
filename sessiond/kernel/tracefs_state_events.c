/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_state_events.h"

#include <stddef.h>

#define COMM_SIZE 16u
#define MODE_UNKNOWN 5

#define BODY(FIELDS) "\tfields := struct {\n" FIELDS "\t};\n"
#define INTEGER(BITS, SIGNED, BASE, NAME)                                                                              \
	"\t\tinteger { size = " #BITS "; align = 8; signed = " #SIGNED "; encoding = none; base = " #BASE "; } _" NAME \
	";\n"
#define I32(NAME) INTEGER(32, 1, 10, NAME)
#define U32(NAME) INTEGER(32, 0, 10, NAME)
#define U16(NAME) INTEGER(16, 0, 10, NAME)
#define U8(NAME) INTEGER(8, 0, 10, NAME)
#define STRING(NAME) "\t\tstring _" NAME ";\n"
#define COMM(NAME) "\t\tinteger { size = 8; align = 8; signed = 0; encoding = UTF8; base = 10; } _" NAME "[16];\n"

static const struct {
	const char *name;
	const char *body;
} events[RF_STATE_EVENTS] = {
	[RF_STATE_EVENT_START] = {"lttng_statedump_start", BODY("")},
	[RF_STATE_EVENT_END] = {"lttng_statedump_end", BODY("")},
	[RF_STATE_EVENT_PROCESS] = {"lttng_statedump_process_state",
		BODY(I32("tid") I32("pid") I32("ppid") COMM("name") I32("type") I32("mode") I32("submode") I32("status")
				U32("cpu") INTEGER(64, 0, 16, "file_table_address"))},
	[RF_STATE_EVENT_INTERRUPT] = {"lttng_statedump_interrupt", BODY(U32("irq") STRING("name") STRING("action"))},
	[RF_STATE_EVENT_INTERFACE] = {"lttng_statedump_network_interface", BODY(STRING("name") U32("address_ipv4"))},
	[RF_STATE_EVENT_BLOCK_DEVICE] = {"lttng_statedump_block_device", BODY(U32("dev") STRING("diskname"))},
	[RF_STATE_EVENT_CPU] = {"lttng_statedump_cpu_topology",
		BODY(STRING("architecture") U16("cpu_id") STRING("vendor") U8("family") U8("model") STRING("model_name")
				U16("physical_id") U16("core_id") U16("cores"))},
};

const char *rf_state_event_name(enum rf_state_event event)
{
	return events[event].name;
}

const char *rf_state_event_body(enum rf_state_event event)
{
	return events[event].body;
}

static bool write_process(struct rf_reader *body, struct rf_writer *w, enum rf_state_event *event)
{
	struct rf_state_process p;

	if (!rf_state_process_decode(body, &p))
		return false;
	*event = RF_STATE_EVENT_PROCESS;
	p.name[COMM_SIZE - 1] = '\0';
	rf_write_i32(w, p.tid);
	rf_write_i32(w, p.pid);
	rf_write_i32(w, p.ppid);
	rf_write_bytes(w, p.name, COMM_SIZE);
	rf_write_i32(w, p.kernel_thread != 0);
	rf_write_i32(w, MODE_UNKNOWN);
	rf_write_i32(w, 0);
	rf_write_i32(w, p.status);
	rf_write_u32(w, p.cpu);
	rf_write_u64(w, 0);
	return true;
}

static bool write_interrupt(struct rf_reader *body, struct rf_writer *w, enum rf_state_event *event)
{
	struct rf_state_interrupt i;

	if (!rf_state_interrupt_decode(body, &i))
		return false;
	*event = RF_STATE_EVENT_INTERRUPT;
	rf_write_u32(w, i.irq);
	rf_write_cstr(w, i.name);
	rf_write_cstr(w, i.action);
	return true;
}

static bool write_interface(struct rf_reader *body, struct rf_writer *w, enum rf_state_event *event)
{
	struct rf_state_interface i;

	if (!rf_state_interface_decode(body, &i))
		return false;
	*event = RF_STATE_EVENT_INTERFACE;
	rf_write_cstr(w, i.name);
	rf_write_u32(w, i.address);
	return true;
}

static bool write_block_device(struct rf_reader *body, struct rf_writer *w, enum rf_state_event *event)
{
	struct rf_state_block_device b;

	if (!rf_state_block_device_decode(body, &b))
		return false;
	*event = RF_STATE_EVENT_BLOCK_DEVICE;
	rf_write_u32(w, b.dev);
	rf_write_cstr(w, b.name);
	return true;
}

static bool write_cpu(struct rf_reader *body, struct rf_writer *w, enum rf_state_event *event)
{
	struct rf_state_cpu c;

	if (!rf_state_cpu_decode(body, &c))
		return false;
	*event = RF_STATE_EVENT_CPU;
	rf_write_cstr(w, c.architecture);
	rf_write_u16(w, c.cpu);
	rf_write_cstr(w, c.vendor);
	rf_write_u8(w, c.family);
	rf_write_u8(w, c.model);
	rf_write_cstr(w, c.model_name);
	rf_write_u16(w, c.physical);
	rf_write_u16(w, c.core);
	rf_write_u16(w, c.cores);
	return true;
}

typedef bool (*write_fn)(struct rf_reader *body, struct rf_writer *w, enum rf_state_event *event);

static const write_fn writers[] = {
	[RF_STATE_PROCESS] = write_process,
	[RF_STATE_INTERRUPT] = write_interrupt,
	[RF_STATE_INTERFACE] = write_interface,
	[RF_STATE_BLOCK_DEVICE] = write_block_device,
	[RF_STATE_CPU] = write_cpu,
};

bool rf_state_event_write(uint32_t kind, struct rf_reader *body, struct rf_writer *fields, enum rf_state_event *event)
{
	if (kind >= sizeof(writers) / sizeof(writers[0]) || !writers[kind])
		return false;
	return writers[kind](body, fields, event) && rf_writer_ok(fields);
}

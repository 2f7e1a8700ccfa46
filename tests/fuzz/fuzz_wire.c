/* SPDX-License-Identifier: GPL-2.0-only */
/* The codec: a program of reads taken from the input runs over the rest of it. */
#include "common/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one_read(struct rf_reader *r, uint8_t op, size_t len)
{
	char field[512];

	switch (op % 10) {
	case 0:
		rf_read_u8(r);
		break;
	case 1:
		rf_read_u16(r);
		break;
	case 2:
		rf_read_u32(r);
		break;
	case 3:
		rf_read_u64(r);
		break;
	case 4:
		rf_read_bytes(r, field, len);
		break;
	case 5: {
		const uint8_t *view = rf_read_view(r, len);

		if (view && len && view[len - 1] == 1)
			field[0] = 1;
		break;
	}
	case 6:
		if (rf_read_str_field(r, field, len) && strlen(field) >= len)
			abort();
		break;
	case 7: {
		const char *text = rf_read_cstr(r, len);

		if (text && strlen(text) != len - 1)
			abort();
		break;
	}
	case 8: {
		struct rf_reader sub = rf_read_sub(r, len);

		if (rf_reader_left(&sub) > len)
			abort();
		break;
	}
	default:
		rf_read_skip(r, len * 4096);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;

	size_t program = data[0] % size;
	struct rf_reader r;

	rf_reader_init(&r, data + program, size - program, (enum rf_byte_order)(data[1] % 3));
	for (size_t i = 2; i + 1 < program; i += 2) {
		bool was_ok = rf_reader_ok(&r);

		one_read(&r, data[i], data[i + 1]);
		if ((!was_ok && rf_reader_ok(&r)) || r.at > r.size)
			abort();
	}
	return 0;
}

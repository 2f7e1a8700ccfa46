/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/wire.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(wire, reads_what_was_written_in_every_order)
{
	for (int order = RF_HOST_ORDER; order <= RF_BIG_ENDIAN; order++) {
		uint8_t buffer[64];
		struct rf_writer w;
		struct rf_reader r;

		rf_writer_init_fixed(&w, buffer, sizeof(buffer), (enum rf_byte_order)order);
		rf_write_u8(&w, 0x12);
		rf_write_u16(&w, 0x3456);
		rf_write_u32(&w, 0x789abcde);
		rf_write_u64(&w, 0x0102030405060708ull);
		rf_write_i32(&w, -5);
		cr_assert(rf_writer_ok(&w));
		rf_reader_init(&r, buffer, w.at, (enum rf_byte_order)order);
		cr_assert_eq(rf_read_u8(&r), 0x12);
		cr_assert_eq(rf_read_u16(&r), 0x3456);
		cr_assert_eq(rf_read_u32(&r), 0x789abcde);
		cr_assert_eq(rf_read_u64(&r), 0x0102030405060708ull);
		cr_assert_eq(rf_read_i32(&r), -5);
		cr_assert(rf_reader_done(&r));
	}
}

Test(wire, big_endian_is_big_endian)
{
	uint8_t buffer[4];
	struct rf_writer w;

	rf_writer_init_fixed(&w, buffer, sizeof(buffer), RF_BIG_ENDIAN);
	rf_write_u32(&w, 0xC1F1DCC1);
	cr_assert_arr_eq(buffer, ((uint8_t[]){0xc1, 0xf1, 0xdc, 0xc1}), 4);
}

Test(wire, a_failed_reader_stays_failed_and_gives_zeroes)
{
	const uint8_t bytes[] = {1, 2, 3};
	struct rf_reader r;

	rf_reader_init(&r, bytes, sizeof(bytes), RF_HOST_ORDER);
	cr_assert_eq(rf_read_u32(&r), 0);
	cr_assert_not(rf_reader_ok(&r));
	cr_assert_eq(rf_read_u8(&r), 0);
	cr_assert_eq(rf_reader_left(&r), 0);
	cr_assert_null(rf_read_view(&r, 0));
}

Test(wire, lengths_near_the_top_of_size_t_do_not_wrap)
{
	const uint8_t bytes[8] = {0};
	struct rf_reader r;

	rf_reader_init(&r, bytes, sizeof(bytes), RF_HOST_ORDER);
	rf_read_u8(&r);
	cr_assert_null(rf_read_view(&r, SIZE_MAX));
	cr_assert_not(rf_reader_ok(&r));
}

Test(wire, string_fields_need_their_nul)
{
	char out[4];
	struct rf_reader r;

	rf_reader_init(&r, "abcd", 4, RF_HOST_ORDER);
	cr_assert_not(rf_read_str_field(&r, out, sizeof(out)));
	rf_reader_init(&r, "a\0zz", 4, RF_HOST_ORDER);
	cr_assert(rf_read_str_field(&r, out, sizeof(out)));
	cr_assert_arr_eq(out, "a\0\0", 4, "bytes after the NUL are not passed on");
}

Test(wire, variable_strings_have_one_nul_at_the_end)
{
	struct rf_reader r;

	rf_reader_init(&r, "abc", 4, RF_HOST_ORDER);
	cr_assert_str_eq(rf_read_cstr(&r, 4), "abc");
	rf_reader_init(&r, "a\0c", 4, RF_HOST_ORDER);
	cr_assert_null(rf_read_cstr(&r, 4));
	rf_reader_init(&r, "abcd", 4, RF_HOST_ORDER);
	cr_assert_null(rf_read_cstr(&r, 4));
	rf_reader_init(&r, "abcd", 4, RF_HOST_ORDER);
	cr_assert_null(rf_read_cstr(&r, 0));
}

Test(wire, a_sub_reader_ends_where_it_should)
{
	const uint8_t bytes[] = {1, 2, 3, 4};
	struct rf_reader r;

	rf_reader_init(&r, bytes, sizeof(bytes), RF_HOST_ORDER);

	struct rf_reader sub = rf_read_sub(&r, 3);

	cr_assert_eq(rf_reader_left(&sub), 3);
	rf_read_skip(&sub, 4);
	cr_assert_not(rf_reader_ok(&sub));
	cr_assert_eq(rf_read_u8(&r), 4);
	sub = rf_read_sub(&r, 1);
	cr_assert_not(rf_reader_ok(&sub));
	cr_assert_not(rf_reader_ok(&r));
}

Test(wire, growing_writers_stop_at_their_limit)
{
	struct rf_writer w;
	size_t len;

	rf_writer_init_growing(&w, 1000, RF_HOST_ORDER);
	rf_write_zeros(&w, 999);
	rf_write_u8(&w, 7);
	cr_assert(rf_writer_ok(&w));
	rf_write_u8(&w, 8);
	cr_assert_not(rf_writer_ok(&w));
	rf_writer_free(&w);

	rf_writer_init_growing(&w, 1000, RF_HOST_ORDER);
	rf_write_cstr(&w, "hello");

	char *taken = (char *)rf_writer_take(&w, &len);

	cr_assert_eq(len, 6);
	cr_assert_str_eq(taken, "hello");
	free(taken);
}

Test(wire, patching_a_length_stays_inside)
{
	uint8_t buffer[8];
	struct rf_writer w;

	rf_writer_init_fixed(&w, buffer, sizeof(buffer), RF_LITTLE_ENDIAN);
	rf_write_u32(&w, 0);
	rf_write_u32_at(&w, 0, 0x01020304);
	cr_assert(rf_writer_ok(&w));
	cr_assert_eq(buffer[0], 4);
	rf_write_u32_at(&w, 1, 1);
	cr_assert_not(rf_writer_ok(&w));
}

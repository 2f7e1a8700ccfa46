/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets as the tracer leaves them, and files to write to. For one test program each: static. */
#ifndef RF_TESTS_CONSUMER_OUTPUT_H
#define RF_TESTS_CONSUMER_OUTPUT_H

#include "consumerd/packet.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const struct rf_packet_origin origin = {
	.uuid = {1, 2, 3}, .stream_class = 5, .instance = 1, .cpu = 1, .abi_bits = 64};

/* A packet of SIZE bytes as the tracer would leave it. BODY has at least SIZE bytes. */
__attribute__((unused)) static struct rf_packet make_packet(uint64_t sequence, size_t size, const uint8_t *body)
{
	struct rf_packet packet = {.origin = &origin, .header_len = RF_CTF_PACKET_HEADER};
	struct rf_writer w;

	rf_writer_init_fixed(&w, packet.header, sizeof(packet.header), RF_HOST_ORDER);
	rf_write_u32(&w, RF_CTF_PACKET_MAGIC);
	rf_write_bytes(&w, origin.uuid, sizeof(origin.uuid));
	rf_write_u32(&w, origin.stream_class);
	rf_write_u64(&w, origin.instance);
	rf_write_u64(&w, 1000 + sequence);
	rf_write_u64(&w, 1001 + sequence);
	rf_write_u64(&w, 700);
	rf_write_u64(&w, size * 8);
	rf_write_u64(&w, sequence);
	rf_write_u64(&w, 2 * sequence);
	rf_write_u32(&w, origin.cpu);
	cr_assert(rf_writer_ok(&w));
	packet.body = body;
	packet.body_len = size - packet.header_len;
	return packet;
}

__attribute__((unused)) static off_t size_of(int fd)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_size;
}

/* Nothing is written beyond SIZE: what a full disk is like. */
__attribute__((unused)) static void limit_files(rlim_t size)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

__attribute__((unused)) static int memory_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	cr_assert(fd >= 0);
	return fd;
}

#endif

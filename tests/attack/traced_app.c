/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A traced application, the tracer's own tracef() its only event.
 *
 *   traced_app COUNT            records COUNT events
 *   traced_app COUNT vandal     records COUNT events, then turns on its ring buffers: tries to cut them and to seal
 * them against the reader, punches holes, and writes garbage into them while it goes on recording. Exits 1 when a
 * buffer could be cut or sealed, or when there was none.
 *   traced_app COUNT cutter     records COUNT events, then cuts its ring buffers, which must be files, to nothing and
 * to odd sizes, makes them long again and writes garbage into them, until it is killed traced_app COUNT wait records
 * COUNT events, says so, and waits until it is killed
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lttng/tracef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFERS_MAX 256
#define ROUNDS 300
#define ENDLESS INT_MAX

struct buffer {
	uint8_t *bytes;
	size_t size;
};

static struct buffer buffers[BUFFERS_MAX];
static size_t buffer_count;
static int failures;

static uint32_t random_word(void)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void must_fail(const char *what, int result)
{
	if (result == -1 && errno == EPERM)
		return;
	printf("%s: %s\n", what, result == -1 ? strerror(errno) : "succeeded");
	failures++;
}

static void attack_descriptor(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size < 8192)
		return;
	must_fail("cutting a buffer to nothing", ftruncate(fd, 0));
	must_fail("cutting a buffer by a page", ftruncate(fd, st.st_size - 4096));
	must_fail("growing a buffer", ftruncate(fd, st.st_size + 4096));
	must_fail("sealing a buffer against writes", fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));

	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED || buffer_count == BUFFERS_MAX)
		return;
	buffers[buffer_count].bytes = map;
	buffers[buffer_count++].size = (size_t)st.st_size;
}

static void for_each_buffer(const char *where, void (*attack)(int fd))
{
	for (int fd = 3; fd < 1024; fd++) {
		char link[64];
		char target[256] = "";

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		if (readlink(link, target, sizeof(target) - 1) > 0 && strstr(target, where))
			attack(fd);
	}
}

static unsigned long cuts;

/* By calls alone: this process would die of touching what it has cut. */
static void cut_file(int fd)
{
	static const off_t sizes[] = {0, 1, 4095, 4096, 12345, 65537, 1 << 20};
	uint8_t garbage[512];
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (uint8_t)random_word();
	if (ftruncate(fd, sizes[random_word() % (sizeof(sizes) / sizeof(sizes[0]))]) == 0)
		cuts++;
	if (pwrite(fd, garbage, sizeof(garbage), random_word() % 16384) < 0)
		printf("writing: %s\n", strerror(errno));
}

static void cut_for_ever(void)
{
	/* The first round is told of: whether there is anything to cut. */
	for (unsigned long round = 0;; round++) {
		for_each_buffer("/shm/", cut_file);
		if (!round)
			printf("cut %lu\n", cuts);
		fflush(stdout);
		usleep(1000);
	}
}

/* Most of it into the first pages, where the positions and the tables of sub-buffers are. */
static void scribble(const struct buffer *buffer, int round)
{
	size_t span = round % 3 ? 16384 : buffer->size;

	if (span > buffer->size)
		span = buffer->size;
	for (int i = 0; i < 400; i++) {
		size_t at = random_word() % (span - sizeof(uint32_t));
		uint32_t word = i % 4 ? random_word() : i % 8 ? UINT32_MAX : 0;

		memcpy(buffer->bytes + at, &word, sizeof(word));
	}
}

static void turn_on_buffers(int rounds)
{
	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < buffer_count; i++)
			scribble(&buffers[i], round);
		if (rounds != ENDLESS)
			usleep(2000);
	}
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	const char *then = argc > 2 ? argv[2] : "";

	for (unsigned long i = 0; i < count; i++)
		lttng_ust_tracef("event %lu of %lu, long enough to fill a buffer before too long", i, count);
	if (!*then)
		return EXIT_SUCCESS;
	if (!strcmp(then, "wait")) {
		printf("waiting\n");
		fflush(stdout);
		for (;;)
			pause();
	}
	if (!strcmp(then, "cutter"))
		cut_for_ever();
	for_each_buffer("memfd:", attack_descriptor);
	for_each_buffer("/dev/shm/", attack_descriptor);
	printf("%zu buffers\n", buffer_count);
	fflush(stdout);
	turn_on_buffers(strcmp(then, "endless-vandal") != 0 ? ROUNDS : ENDLESS);
	/* The tracer's own end would look into what we have made of the buffers. */
	_exit(failures || !buffer_count);
}

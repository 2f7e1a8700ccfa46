/* SPDX-License-Identifier: GPL-2.0-only */
/* The attacks of an evil child on the broker: names, counts, frames and descriptors that no honest child sends. */
#include "tests/attack/evil_requests.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RAW_MAX 70000

/* Sends bytes that no honest sender makes, and waits for what comes of it. */
static int send_raw(const void *bytes, size_t len)
{
	struct rf_frame frame;

	if (send(RF_BROKER_FD, bytes, len, MSG_NOSIGNAL) < 0)
		return -errno;
	return evil_reply(RF_BROKER_FD, 1, &frame);
}

struct header {
	uint32_t type;
	uint32_t serial;
	int32_t status;
	uint32_t length;
};

static int send_frame(uint32_t type, uint32_t length, const void *body, size_t body_len)
{
	static uint8_t bytes[RAW_MAX];
	const struct header header = {.type = type, .serial = 1, .length = length};

	memcpy(bytes, &header, sizeof(header));
	if (body_len)
		memcpy(bytes + sizeof(header), body, body_len);
	return send_raw(bytes, sizeof(header) + body_len);
}

/* Names. */
static int name_slash(void)
{
	return evil_open_streams(1, 0, 1, "index/x");
}
static int name_above(void)
{
	return evil_open_streams(1, 0, 1, "../../../../../../above");
}
static int name_absolute(void)
{
	return evil_open_streams(1, 0, 1, EVIL_DIR "/alice/absolute");
}
static int name_dots(void)
{
	return evil_open_streams(1, 0, 1, "..");
}
static int name_empty(void)
{
	return evil_open_streams(1, 0, 1, "");
}
static int name_nul(void)
{
	struct rf_writer w = evil_streams_body(1, 0, 1, "a?b");

	w.base[w.at - 2] = '\0';
	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}

/* Counts. */
static int cpus_too_many(void)
{
	return evil_open_streams(1, 0, RF_OPEN_STREAMS_MAX + 1, "channel");
}
static int cpus_all(void)
{
	return evil_open_streams(1, 0, UINT32_MAX, "channel");
}
static int cpus_none(void)
{
	return evil_open_streams(1, 0, 0, "channel");
}
static int cpu_wraps(void)
{
	return evil_open_streams(1, UINT32_MAX, 2, "channel");
}

/* Frames. */
static int frame_cut(void)
{
	return send_raw("\x14\0\0\0\x01\0\0\0", 8);
}
static int frame_empty(void)
{
	return send_raw("", 0);
}
static int frame_short_of_length(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 1000, "\1\0\0\0", 4);
}
static int frame_beyond_length(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 4, "\1\0\0\0\1\0\0\0", 8);
}
static int body_cut(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 2, "\1\0", 2);
}
static int body_longer(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 8, "\1\0\0\0\1\0\0\0", 8);
}
static int text_beyond_body(void)
{
	struct rf_writer w = evil_streams_body(1, 0, 1, "channel");

	/* The length of the name, in front of its seven bytes. */
	memset(w.base + w.at - 9, 0xff, 2);
	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}
static int frame_huge(void)
{
	static uint8_t nothing[RF_FRAME_MAX_BODY + 1000];

	return send_frame(RF_BROKER_OPEN_METADATA, sizeof(nothing), nothing, sizeof(nothing));
}
static int type_unknown(void)
{
	return send_frame(999, 0, NULL, 0);
}
static int type_of_reply(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA | RF_FRAME_REPLY, 4, "\1\0\0\0", 4);
}
static int type_of_broker(void)
{
	return send_frame(RF_BROKER_SHUTDOWN, 0, NULL, 0);
}

static int many_descriptors(void)
{
	enum { MANY = 200 };
	const struct header header = {.type = RF_BROKER_OPEN_METADATA, .serial = 1};
	struct iovec part = {(void *)(uintptr_t)&header, sizeof(header)};
	union {
		char bytes[CMSG_SPACE(MANY * sizeof(int))];
		struct cmsghdr align;
	} room = {.bytes = {0}};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof(room.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	struct rf_frame frame;
	int fds[MANY];

	for (int i = 0; i < MANY; i++)
		fds[i] = STDERR_FILENO;
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(rights), fds, sizeof(fds));
	if (sendmsg(RF_BROKER_FD, &message, MSG_NOSIGNAL) < 0)
		return -errno;
	return evil_reply(RF_BROKER_FD, 1, &frame);
}

/* Asks for more and more descriptors and takes none: the broker must not run out of them. */
static int never_reads(void)
{
	struct pollfd hang_up = {.fd = RF_BROKER_FD, .events = 0};
	struct rf_writer w = evil_streams_body(1, 0, RF_OPEN_STREAMS_MAX, "flood");
	int err = 0;

	/* Twice what the broker's table of descriptors holds. */
	for (int sent = 0; sent < 1000 && (!err || err == -EAGAIN);) {
		err = rf_frame_send(RF_BROKER_FD, RF_BROKER_OPEN_STREAMS, 7, 0, w.base, w.at, NULL, 0);
		if (err == -EAGAIN)
			usleep(100);
		else
			sent++;
	}
	/* Nothing is read, but the end of the connection shows. */
	return err < 0 || poll(&hang_up, 1, 3000) > 0 ? -ENOTCONN : 0;
}

static int spawn_without_link(void)
{
	return evil_spawn(9, EVIL_ALICE, -1);
}

static const struct attack attacks[] = {
	BY_CONSUMER("consumer-name-slash", name_slash),
	BY_CONSUMER("consumer-name-above", name_above),
	BY_CONSUMER("consumer-name-absolute", name_absolute),
	BY_CONSUMER("consumer-name-dots", name_dots),
	BY_CONSUMER("consumer-name-empty", name_empty),
	BY_CONSUMER("consumer-name-nul", name_nul),
	BY_CONSUMER("consumer-cpus-too-many", cpus_too_many),
	BY_CONSUMER("consumer-cpus-all", cpus_all),
	BY_CONSUMER("consumer-cpus-none", cpus_none),
	BY_CONSUMER("consumer-cpu-wraps", cpu_wraps),
	BY_CONSUMER("consumer-frame-cut", frame_cut),
	BY_CONSUMER("consumer-frame-empty", frame_empty),
	BY_CONSUMER("consumer-frame-short", frame_short_of_length),
	BY_CONSUMER("consumer-frame-beyond", frame_beyond_length),
	BY_CONSUMER("consumer-frame-huge", frame_huge),
	BY_CONSUMER("consumer-body-cut", body_cut),
	BY_CONSUMER("consumer-body-longer", body_longer),
	BY_CONSUMER("consumer-text-beyond-body", text_beyond_body),
	BY_CONSUMER("consumer-type-unknown", type_unknown),
	BY_CONSUMER("consumer-type-reply", type_of_reply),
	BY_CONSUMER("consumer-type-broker", type_of_broker),
	BY_CONSUMER("consumer-descriptors", many_descriptors),
	BY_CONSUMER("consumer-never-reads", never_reads),
	BY_SESSIOND("sessiond-spawn-without-link", spawn_without_link),
	BY_SESSIOND("sessiond-frame-cut", frame_cut),
	BY_SESSIOND("sessiond-frame-huge", frame_huge),
	BY_SESSIOND("sessiond-type-unknown", type_unknown),
	BY_SESSIOND("sessiond-descriptors", many_descriptors),
};
const struct attack_table evil_forms = {attacks, sizeof(attacks) / sizeof(attacks[0])};

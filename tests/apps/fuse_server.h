/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system in user space with one file, `program`, by the raw protocol of /dev/fuse. Once the file has been opened
 * it can stop answering whatever it is told to: that is how its owner keeps others waiting.
 */
#ifndef RF_TESTS_FUSE_SERVER_H
#define RF_TESTS_FUSE_SERVER_H

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FUSE_PROGRAM_NODE 2u
#define FUSE_SILENT(opcode) (UINT64_C(1) << (opcode))
#define FUSE_ANSWERS_ALL UINT64_C(0)
#define FUSE_ANSWERS_NOTHING UINT64_MAX

struct fuse_served {
	int dev;
	uint64_t silent; /* once the file was opened: requests that are not answered, by number */
	bool opened;
	const char *content;
	size_t size;
};

/* Mounts one on DIR, of UID. EVERYBODY: others may go there, too. What is to be served, or a negative errno. */
static inline int fuse_mount_on(const char *dir, uid_t uid, bool everybody)
{
	int dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	if (dev < 0)
		return -errno;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u%s", dev, uid, uid,
		everybody ? ",allow_other" : "");
	if (mount("rf-fuse", dir, "fuse", MS_NOSUID | MS_NODEV, options) == 0)
		return dev;

	int err = -errno;

	close(dev);
	return err;
}

static inline void fuse_answer(const struct fuse_served *fs, uint64_t unique, int error, const void *body, size_t len)
{
	struct fuse_out_header header = {.len = (uint32_t)(sizeof(header) + len), .error = error, .unique = unique};
	struct iovec parts[] = {{&header, sizeof(header)}, {(void *)body, len}};

	/* Who asked may have been killed meanwhile. */
	if (writev(fs->dev, parts, len ? 2 : 1) < 0 && errno != ENOENT)
		exit(EXIT_FAILURE);
}

static inline struct fuse_attr fuse_attributes(const struct fuse_served *fs, uint64_t node)
{
	bool file = node == FUSE_PROGRAM_NODE;

	return (struct fuse_attr){.ino = node,
		.size = file ? fs->size : 0,
		.mode = file ? S_IFREG | 0755 : S_IFDIR | 0755,
		.nlink = 1,
		.blksize = 4096};
}

static inline void fuse_read(const struct fuse_served *fs, uint64_t unique, const struct fuse_read_in *in)
{
	size_t left = in->offset < fs->size ? fs->size - in->offset : 0;

	fuse_answer(fs, unique, 0, fs->content + fs->size - left, left < in->size ? left : in->size);
}

static inline void fuse_serve_one(struct fuse_served *fs, const struct fuse_in_header *request)
{
	const struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_readahead = 65536, .max_write = 65536};
	const struct fuse_open_out opened = {.fh = 1};
	const struct fuse_statfs_out statfs = {.st = {.bsize = 4096, .frsize = 4096, .namelen = 255}};
	struct fuse_entry_out entry = {.nodeid = FUSE_PROGRAM_NODE, .generation = 1};
	struct fuse_attr_out attributes = {.attr_valid = 0};

	switch (request->opcode) {
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	case FUSE_INIT:
		fuse_answer(fs, request->unique, 0, &init, sizeof(init));
		return;
	case FUSE_LOOKUP:
		entry.attr = fuse_attributes(fs, FUSE_PROGRAM_NODE);
		fuse_answer(fs, request->unique, 0, &entry, sizeof(entry));
		return;
	case FUSE_GETATTR:
		attributes.attr = fuse_attributes(fs, request->nodeid);
		fuse_answer(fs, request->unique, 0, &attributes, sizeof(attributes));
		return;
	case FUSE_OPEN:
		fuse_answer(fs, request->unique, 0, &opened, sizeof(opened));
		fs->opened = true;
		return;
	case FUSE_READ:
		fuse_read(fs, request->unique, (const struct fuse_read_in *)(request + 1));
		return;
	case FUSE_STATFS:
		fuse_answer(fs, request->unique, 0, &statfs, sizeof(statfs));
		return;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		fuse_answer(fs, request->unique, 0, NULL, 0);
		return;
	default:
		fuse_answer(fs, request->unique, -ENOSYS, NULL, 0);
	}
}

/* Until it is unmounted. Once this process has ended, whoever waits is told so by the kernel. */
static inline void fuse_serve(struct fuse_served *fs)
{
	static union {
		char bytes[FUSE_MIN_READ_BUFFER + 65536];
		struct fuse_in_header header;
	} request;

	for (;;) {
		ssize_t got = read(fs->dev, request.bytes, sizeof(request.bytes));

		if (got < 0 && errno != EINTR && errno != EAGAIN && errno != ENOENT)
			return;
		if (got < (ssize_t)sizeof(request.header))
			continue;
		if (!fs->opened || request.header.opcode >= 64 || !(fs->silent & FUSE_SILENT(request.header.opcode)))
			fuse_serve_one(fs, &request.header);
	}
}

#endif

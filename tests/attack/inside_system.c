/* SPDX-License-Identifier: GPL-2.0-only */
/* Attempts to get more out of the kernel: code, sockets, name spaces, its rarer and larger interfaces. */
#include "tests/attack/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define PAGE 4096

static int outcome(long result)
{
	return result < 0 ? -errno : 0;
}

static int socket_inet(void)
{
	return outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static int socket_unix(void)
{
	return outcome(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int socket_netlink(void)
{
	return outcome(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int connect_unix(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_path("listener"));
	return outcome(connect(scene.stray_socket, (struct sockaddr *)&address, sizeof(address)));
}

static int bind_unix(void)
{
	/* The kernel chooses an abstract name. */
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	return outcome(bind(scene.stray_socket, (struct sockaddr *)&address, sizeof(address.sun_family)));
}

/* A datagram socket needs no connect() to reach any address that the file system lets it write to. */
static int datagram_pair(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_path("datagrams"));
	return outcome(sendto(ends[0], "x", 1, 0, (struct sockaddr *)&address, sizeof(address)));
}

static int map_code(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -errno : 0;
}

static int protect_code(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -errno : outcome(mprotect(page, PAGE, PROT_READ | PROT_EXEC));
}

static int protect_code_with_key(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? -errno : outcome(syscall(SYS_pkey_mprotect, page, PAGE, PROT_READ | PROT_EXEC, -1));
}

/* Makes every readable mapping an executable one. */
static int readable_is_code(void)
{
	return outcome(personality(READ_IMPLIES_EXEC));
}

static int shared_memory_code(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, 0700);

	return id < 0 || shmat(id, NULL, SHM_EXEC) == (void *)-1 ? -errno : 0;
}

static int io_uring(void)
{
	struct io_uring_params params;

	memset(&params, 0, sizeof(params));
	return outcome(syscall(SYS_io_uring_setup, 1, &params));
}

static int bpf_map(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 4;
	attr.max_entries = 1;
	return outcome(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static int perf_event(void)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_SOFTWARE;
	attr.size = sizeof(attr);
	attr.config = PERF_COUNT_SW_DUMMY;
	return outcome(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int userfaultfd_open(void)
{
	return outcome(syscall(SYS_userfaultfd, O_CLOEXEC));
}

static int key_ring(void)
{
	/* KEYCTL_GET_KEYRING_ID of the process's session, made when there is none. */
	return outcome(syscall(SYS_keyctl, 0, -3, 1));
}

static int load_module(void)
{
	/* Permission comes before anything else is looked at: ENOEXEC says that it was given. */
	if (syscall(SYS_init_module, "", 0, "") < 0 && errno != ENOEXEC)
		return -errno;
	return 0;
}

static int mount_something(void)
{
	return outcome(mount("none", scratch_path("mount-here"), "tmpfs", 0, NULL));
}

static int change_root(void)
{
	return outcome(chroot(scene.scratch));
}

static int new_user_namespace(void)
{
	return outcome(unshare(CLONE_NEWUSER));
}

static int new_mount_namespace(void)
{
	return outcome(unshare(CLONE_NEWNS));
}

static int kernel_name(void)
{
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	return outcome(sethostname(name, strlen(name)));
}

static int open_by_handle(void)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} where = {.handle = {.handle_bytes = MAX_HANDLE_SZ}};
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, scene.scratch, &where.handle, &mount_id, 0) < 0)
		return -errno;

	int here = open(scene.scratch, O_RDONLY | O_DIRECTORY);

	return here < 0 ? -errno : outcome(open_by_handle_at(here, &where.handle, O_RDONLY));
}

static int become_root(void)
{
	return outcome(setuid(0));
}

static int become_somebody(void)
{
	return outcome(setresuid(BOB_UID, BOB_UID, BOB_UID));
}

static int join_groups(void)
{
	const gid_t groups[] = {0, 4};

	return outcome(setgroups(2, groups));
}

/* A terminal that standard error happens to be is not ours to type into, and sockets' owners can be told to signals. */
static int device_control(void)
{
	pid_t self = getpid();

	return outcome(ioctl(scene.stray_socket, FIOASYNC, &(int){1}))
		?: outcome(ioctl(scene.stray_socket, 0x8902, &self));
}

const struct attempt system_attempts[] = {
	{"socket-inet", "seccomp", IN_ALL, socket_inet},
	{"socket-unix", "seccomp", IN_ALL, socket_unix},
	{"socket-netlink", "seccomp", IN_ALL, socket_netlink},
	{"connect", "seccomp", IN_ALL, connect_unix},
	{"bind", "seccomp", IN_ALL, bind_unix},
	{"datagram-to-path", "seccomp", IN_ALL, datagram_pair},
	{"mmap-code", "seccomp", IN_ALL, map_code},
	{"mprotect-code", "seccomp", IN_ALL, protect_code},
	{"pkey-mprotect-code", "seccomp", IN_ALL, protect_code_with_key},
	{"personality", "seccomp", IN_ALL, readable_is_code},
	{"shm-code", "seccomp", IN_ALL, shared_memory_code},
	{"ioctl", "seccomp", IN_ALL, device_control},
	{"io-uring", "seccomp", IN_ALL, io_uring},
	{"userfaultfd", "kernel", IN_ALL, userfaultfd_open},
	{"bpf", "kernel", IN_ALL, bpf_map},
	{"perf-event", "kernel", IN_ALL, perf_event},
	{"keyctl", "seccomp", IN_ALL, key_ring},
	{"load-module", "caps", IN_ALL, load_module},
	{"mount", "caps", IN_ALL | BY_PATHS, mount_something},
	{"chroot", "caps", IN_ALL, change_root},
	{"user-namespace", "seccomp", IN_ALL, new_user_namespace},
	{"mount-namespace", "caps", IN_ALL, new_mount_namespace},
	{"sethostname", "caps", IN_ALL, kernel_name},
	{"open-by-handle", "caps", IN_ALL | BY_PATHS, open_by_handle},
	{"setuid-0", "identity", IN_ACCOUNT, become_root},
	{"setresuid", "identity", IN_ALL, become_somebody},
	{"setgroups", "identity", IN_ALL, join_groups},
};
const size_t system_attempt_count = sizeof(system_attempts) / sizeof(system_attempts[0]);

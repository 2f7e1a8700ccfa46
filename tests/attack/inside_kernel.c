/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attempts of those who have to do with the kernel's tracers: its consumer, with what it has not and other consumers
 * have, and the kernel worker, which goes to files of an instance with its own functions.
 */
#include "common/modules_abi.h"
#include "policy/broker/tracefs.h"
#include "tests/attack/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int outcome(long result)
{
	return result < 0 ? -errno : 0;
}

/* It got to a driver, which does not know it here. */
static int control(unsigned long number)
{
	return ioctl(scene.stray_socket, number, 0) < 0 && errno != ENOTTY ? -errno : 0;
}

/* Of the tracer's own device, by which everything is had. */
static int control_tracer(void)
{
	return control(RF_MODULES_SESSION);
}

static int control_channel(void)
{
	return control(RF_MODULES_STREAM);
}

static int control_of_other_driver(void)
{
	/* TIOCSTI: types into a terminal. */
	return control(0x5412);
}

static int memory_file(void)
{
	return outcome(memfd_create("attack", MFD_CLOEXEC));
}

static int make_timer(void)
{
	timer_t timer;

	return outcome(timer_create(CLOCK_MONOTONIC, NULL, &timer));
}

static int make_pipe(void)
{
	int ends[2];

	return outcome(pipe2(ends, O_CLOEXEC));
}

static int make_sockets(void)
{
	int ends[2];

	return outcome(syscall(SYS_socketpair, 1, 5, 0, ends));
}

static int signal_self(void)
{
	return outcome(kill(getpid(), 0));
}

static int instance(void)
{
	return open(scratch_path("tracefs/instance"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int opened(int fd)
{
	return fd < 0 ? fd : 0;
}

static int tracefs_above(void)
{
	return opened(rf_tracefs_open(instance(), "../set_event", O_WRONLY));
}

static int tracefs_absolute(void)
{
	return opened(rf_tracefs_open(instance(), scratch_path("tracefs/set_event"), O_WRONLY));
}

static int tracefs_through_link(void)
{
	return opened(rf_tracefs_open(instance(), "trap", O_WRONLY));
}

static int tracefs_dir_through_link(void)
{
	return opened(rf_tracefs_open(instance(), "events/set_event", O_WRONLY));
}

/* Those that make nothing of that kind. */
#define IN_QUIET (IN_KERNEL_CONSUMER | IN_KERNEL_WORKER | IN_STATE | IN_PROGRAM)

const struct attempt kernel_attempts[] = {
	{"ioctl-of-tracer", "seccomp", IN_CONSUMER | IN_QUIET, control_tracer},
	{"ioctl-of-channel", "seccomp", IN_CONSUMER | IN_QUIET, control_channel},
	{"ioctl-of-other-driver", "seccomp", IN_ALL, control_of_other_driver},
	{"memfd", "seccomp", IN_QUIET, memory_file},
	{"timer", "seccomp", IN_QUIET, make_timer},
	{"pipe", "seccomp", IN_QUIET, make_pipe},
	{"socketpair", "seccomp", IN_CONSUMER | IN_QUIET, make_sockets},
	{"kill-self", "seccomp", IN_QUIET, signal_self},
	{"tracefs-above", "links", IN_KERNEL_WORKER, tracefs_above},
	{"tracefs-absolute", "links", IN_KERNEL_WORKER, tracefs_absolute},
	{"tracefs-through-link", "links", IN_KERNEL_WORKER, tracefs_through_link},
	{"tracefs-dir-through-link", "links", IN_KERNEL_WORKER, tracefs_dir_through_link},
};
const size_t kernel_attempt_count = sizeof(kernel_attempts) / sizeof(kernel_attempts[0]);

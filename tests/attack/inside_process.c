/* SPDX-License-Identifier: GPL-2.0-only */
/* Attempts to run other code, and to reach into other processes. */
#include "tests/attack/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int outcome(long result)
{
	return result < 0 ? -errno : 0;
}

static int run_program(void)
{
	char *argv[] = {(char *)(uintptr_t)scene.self, "--succeed", NULL};
	char *envp[] = {NULL};

	execve(scene.self, argv, envp);
	return -errno;
}

static int run_program_at(void)
{
	char *argv[] = {(char *)(uintptr_t)scene.self, "--succeed", NULL};
	char *envp[] = {NULL};
	int program = open(scene.self, O_PATH | O_CLOEXEC);

	if (program < 0)
		return -errno;
	execveat(program, "", argv, envp, AT_EMPTY_PATH);
	return -errno;
}

/* A copy of this program that belongs to root and has the set-user-id bit; it says whether that worked. */
static int run_setuid_program(void)
{
	const char *program = scene.setuid_self;
	char *argv[] = {(char *)(uintptr_t)program, "--succeed-as-root", NULL};
	char *envp[] = {NULL};

	execve(program, argv, envp);
	return -errno;
}

static int fork_process(void)
{
	long child = syscall(SYS_fork);

	if (child == 0)
		_exit(0);
	return outcome(child);
}

static int vfork_process(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	return outcome(child);
}

static int clone_process(void)
{
	long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (child == 0)
		_exit(0);
	return outcome(child);
}

static int clone3_process(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child == 0)
		_exit(0);
	return outcome(child);
}

static void *nothing(void *data)
{
	return data;
}

static int start_thread(void)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, nothing, NULL);
}

static int attach(pid_t victim)
{
	if (ptrace(PTRACE_ATTACH, victim, NULL, NULL) < 0)
		return -errno;
	ptrace(PTRACE_DETACH, victim, NULL, NULL);
	return 0;
}

static int ptrace_open_victim(void)
{
	return attach(scene.open_victim);
}

static int ptrace_shut_victim(void)
{
	return attach(scene.shut_victim);
}

static int read_memory(pid_t victim)
{
	char byte;
	struct iovec here = {&byte, 1};
	/* The victim is a copy of this process: the same thing lies at the same place. */
	struct iovec there = {&scene, 1};

	return outcome(process_vm_readv(victim, &here, 1, &there, 1, 0));
}

static int read_open_victim(void)
{
	return read_memory(scene.open_victim);
}

static int read_shut_victim(void)
{
	return read_memory(scene.shut_victim);
}

static int take_descriptor(pid_t victim)
{
	long process = syscall(SYS_pidfd_open, victim, 0);

	return process < 0 ? -errno : outcome(syscall(SYS_pidfd_getfd, process, 0, 0));
}

static int descriptor_of_open_victim(void)
{
	return take_descriptor(scene.open_victim);
}

static int descriptor_of_shut_victim(void)
{
	return take_descriptor(scene.shut_victim);
}

static int signal_victim(void)
{
	return outcome(kill(scene.shut_victim, 0));
}

static int signal_thread(void)
{
	return outcome(syscall(SYS_tgkill, scene.shut_victim, scene.shut_victim, 0));
}

static int queue_signal(void)
{
	siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};

	return outcome(syscall(SYS_rt_sigqueueinfo, scene.shut_victim, SIGUSR1, &info));
}

static int signal_broker(void)
{
	return outcome(kill(scene.broker, 0));
}

/* The kernel signals the owner of a descriptor, and any process of the same uid can be named as the owner. */
static int signal_by_descriptor(void)
{
	int err = outcome(fcntl(scene.stray_datagram, F_SETOWN, scene.shut_victim));

	err = err ? err : outcome(fcntl(scene.stray_datagram, F_SETSIG, SIGUSR1));
	return err ? err : outcome(fcntl(scene.stray_datagram, F_SETFL, O_ASYNC));
}

/* A process whose processor time is limited to nothing dies of it. */
static int limit_victim(void)
{
	const struct rlimit none = {0};

	return outcome(prlimit(scene.shut_victim, RLIMIT_CORE, &none, NULL));
}

static int pin_victim(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return outcome(sched_setaffinity(scene.shut_victim, sizeof(one), &one));
}

static int raise_priority(void)
{
	return outcome(setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - 1));
}

/* Above everything else on the machine, the kernel's consumer with its priority included. */
static int be_realtime(void)
{
	const struct sched_param lowest = {.sched_priority = 1};

	return outcome(sched_setscheduler(0, SCHED_FIFO, &lowest));
}

static int open_for_good(const char *path, int flags)
{
	return outcome(open(path, flags | O_CLOEXEC));
}

static int own_memory_file(void)
{
	return open_for_good("/proc/self/mem", O_RDWR);
}

static int victims_memory_file(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)scene.shut_victim);
	return open_for_good(path, O_RDWR);
}

const struct attempt process_attempts[] = {
	{"exec", "seccomp", IN_ALL | BY_PATHS, run_program},
	{"execveat", "seccomp", IN_ALL | BY_PATHS, run_program_at},
	{"exec-setuid", "privs", IN_ACCOUNT, run_setuid_program},
	{"fork", "seccomp", IN_ALL, fork_process},
	{"vfork", "seccomp", IN_ALL, vfork_process},
	{"clone", "seccomp", IN_ALL, clone_process},
	{"clone3", "seccomp", IN_ALL, clone3_process},
	{"thread", "seccomp", IN_ALL, start_thread},
	{"ptrace", "seccomp", IN_ALL | BY_PATHS, ptrace_open_victim},
	{"ptrace-undumpable", "caps", IN_ALL | BY_PATHS, ptrace_shut_victim},
	{"process-vm-readv", "seccomp", IN_ALL | BY_PATHS, read_open_victim},
	{"process-vm-readv-undumpable", "caps", IN_ALL | BY_PATHS, read_shut_victim},
	{"pidfd-getfd", "seccomp", IN_ALL | BY_PATHS, descriptor_of_open_victim},
	{"pidfd-getfd-undumpable", "caps", IN_ALL | BY_PATHS, descriptor_of_shut_victim},
	{"kill", "seccomp", IN_ALL | BY_SCOPES, signal_victim},
	{"tgkill", "seccomp", IN_ALL | BY_SCOPES, signal_thread},
	{"sigqueue", "seccomp", IN_ALL | BY_SCOPES, queue_signal},
	{"kill-broker", "identity", IN_ACCOUNT | BY_SCOPES, signal_broker},
	{"kill-broker", "seccomp", IN_KERNEL_WORKER | BY_SCOPES, signal_broker},
	{"fcntl-setown", "seccomp", IN_ALL, signal_by_descriptor},
	{"prlimit", "seccomp", IN_ALL, limit_victim},
	{"sched-setaffinity", "seccomp", IN_ALL, pin_victim},
	{"raise-priority", "caps", IN_ALL, raise_priority},
	{"realtime", "caps", IN_ALL, be_realtime},
	{"proc-self-mem", "identity", IN_DAEMON | IN_STATE | BY_PATHS, own_memory_file},
	{"proc-victim-mem", "caps", IN_ALL | BY_PATHS, victims_memory_file},
};
const size_t process_attempt_count = sizeof(process_attempts) / sizeof(process_attempts[0]);

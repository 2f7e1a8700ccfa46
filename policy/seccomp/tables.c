/* SPDX-License-Identifier: GPL-2.0-only */
/* The allow-lists. A new call needs a reason beside it. */
#include "policy/seccomp/sandbox.h"

#include "common/modules_abi.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define ANY(name, why)                                                                                                 \
	{                                                                                                              \
		.call = #name, .reason = why                                                                           \
	}
#define WHEN(name, kind, number, what, why)                                                                            \
	{                                                                                                              \
		.call = #name, .reason = why, .test = kind, .argument = number, .value = what                          \
	}
#define TABLE(name)                                                                                                    \
	static const struct rf_call_table name = {name##_rules, sizeof(name##_rules) / sizeof(name##_rules[0])}

/* What any of our programs does once it runs. */
static const struct rf_call_rule running_rules[] = {
	ANY(read, "sockets, eventfds, pipes"),
	ANY(write, "sockets, eventfds, files it was given, stderr"),
	ANY(close, "end of every descriptor"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_DUPFD, "duplicates"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_DUPFD_CLOEXEC, "duplicates"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_GETFD, "close-on-exec"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_SETFD, "close-on-exec"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_GETFL, "blocking mode"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_SETFL, "blocking mode; an owner, who would be signalled, cannot be set"),
	ANY(fstat, "what a descriptor is"),
	ANY(newfstatat, "fstat() of newer C libraries; paths are useless without open"),
	ANY(lseek, "stdio on descriptors it has"),
	ANY(poll, "waits of libraries"),
	ANY(ppoll, "waits of libraries"),
	ANY(epoll_wait, "event loop"),
	ANY(epoll_pwait, "event loop"),
	ANY(epoll_ctl, "event loop"),
	ANY(epoll_create1, "event loop"),
	ANY(eventfd2, "wake-ups between threads"),
	ANY(recvmsg, "frames with descriptors"),
	ANY(sendmsg, "frames with descriptors"),
	ANY(recvfrom, "sockets it has"),
	ANY(sendto, "sockets it has"),
	ANY(shutdown, "ends a socket under a blocked call"),
	ANY(getsockopt, "peer credentials"),
	ANY(setsockopt, "time-outs"),
	ANY(getpid, "log lines"),
	ANY(gettid, "threads library"),
	WHEN(tgkill, RF_ARG_OWN_PID, 0, 0, "abort() and thread library, own process only"),
	ANY(futex, "mutexes and conditions"),
	ANY(sched_yield, "lock-free queues"),
	ANY(sched_getaffinity, "processor count of libraries"),
	ANY(getcpu, "per-CPU structures of liburcu"),
	ANY(membarrier, "liburcu's fast readers"),
	ANY(rseq, "threads library"),
	ANY(set_robust_list, "threads library"),
	ANY(restart_syscall, "the kernel's own, after a signal"),
	ANY(clock_gettime, "when the vDSO cannot"),
	ANY(clock_nanosleep, "back-off in liburcu"),
	ANY(nanosleep, "back-off in liburcu"),
	ANY(gettimeofday, "when the vDSO cannot"),
	ANY(time, "when the vDSO cannot"),
	ANY(getrandom, "trace UUIDs, hash seeds"),
	ANY(brk, "heap"),
	WHEN(mmap, RF_ARG_NO_BITS, 2, PROT_EXEC, "heap and buffers, never code"),
	WHEN(mprotect, RF_ARG_NO_BITS, 2, PROT_EXEC, "heap growth, never code"),
	ANY(munmap, "heap and buffers"),
	ANY(mremap, "heap"),
	ANY(madvise, "heap"),
	ANY(rt_sigaction, "signal set-up of libraries"),
	ANY(rt_sigprocmask, "signal set-up of libraries"),
	ANY(rt_sigreturn, "return from a handler"),
	ANY(rt_sigpending, "liblttng-ust-ctl around pipe writes"),
	ANY(rt_sigtimedwait, "liblttng-ust-ctl around pipe writes"),
	ANY(sigaltstack, "alternate stacks of the C library"),
	WHEN(prlimit64, RF_ARG_EQUAL, 0, 0, "own limits, never those of another process of the account"),
	WHEN(prctl, RF_ARG_EQUAL, 0, PR_SET_NAME, "threads that are still starting name themselves"),
	ANY(exit, "end of a thread"),
	ANY(exit_group, "end of the process"),
};
TABLE(running);

static const struct rf_call_rule sessiond_rules[] = {
	ANY(accept4, "clients and applications"),
	WHEN(socketpair, RF_ARG_CONNECTED_UNIX, 0, AF_UNIX, "control links and buffer hand-over to consumers"),
	ANY(dup, "liblttng-ust-ctl duplicates buffers' descriptors"),
	ANY(dup3, "liblttng-ust-ctl duplicates buffers' descriptors"),
	ANY(pipe2, "liblttng-ust-ctl"),
	ANY(memfd_create, "texts of saved sessions, on their way to the broker"),
	ANY(pread64, "programs of clients that get probes, for where in them a function is"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_ADD_SEALS, "nobody changes such a text while the broker reads it"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, FIONREAD, "bytes that wait in a socket"),
	WHEN(ioctl, RF_ARG_IOCTL_OF, 1, RF_MODULES_IOCTL_TYPE, "lttng-modules, through what /proc/lttng gave"),
};
TABLE(sessiond);

static const struct rf_call_rule consumer_rules[] = {
	ANY(memfd_create, "ring buffers"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_ADD_SEALS, "nobody changes the size of a ring buffer"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_GET_SEALS, "size of a ring buffer"),
	ANY(ftruncate, "size of a new ring buffer; takes back a packet that a full disk cut"),
	ANY(pwrite64, "files it was given"),
	ANY(pwritev, "files it was given"),
	ANY(writev, "files it was given"),
	ANY(fsync, "liblttng-ust-ctl on a new ring buffer"),
	ANY(fdatasync, "files it was given"),
	ANY(fallocate, "files it was given"),
	ANY(sync_file_range, "write-out hints"),
	ANY(fadvise64, "write-out hints"),
	ANY(pipe2, "wake-up pipes of ring buffers"),
	ANY(dup, "descriptors of ring buffers"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, FIONREAD, "bytes that wait in the control socket"),
	ANY(timer_create, "switch and read timers"),
	ANY(timer_settime, "switch and read timers"),
	ANY(timer_delete, "switch and read timers"),
	ANY(timer_gettime, "switch and read timers"),
	ANY(timer_getoverrun, "switch and read timers"),
	WHEN(kill, RF_ARG_OWN_PID, 0, 0, "liblttng-ust-ctl wakes its own timer thread"),
	ANY(get_mempolicy, "liblttng-ust-ctl places ring buffers"),
	ANY(set_mempolicy, "liblttng-ust-ctl places ring buffers"),
	ANY(mbind, "liblttng-ust-ctl places ring buffers"),
};
TABLE(consumer);

/* That of the kernel: it makes no ring, and reads what the broker opened for it. */
static const struct rf_call_rule kernel_consumer_rules[] = {
	ANY(pread64, "statistics of the kernel's rings"),
	ANY(pwrite64, "files it was given"),
	ANY(pwritev, "files it was given"),
	ANY(ftruncate, "takes back a packet that a full disk cut"),
	ANY(fallocate, "files it was given"),
	ANY(sync_file_range, "write-out hints"),
	ANY(fadvise64, "write-out hints"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, FIONREAD, "bytes that wait in the control socket"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_SNAPSHOT, "a module's ring: which packets are there"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_SAMPLE, "a module's ring: where writers are"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_CONSUMED, "a module's ring: the one position taken down"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_PRODUCED, "a module's ring: the other"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_GET, "a module's ring: the packet at a position"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_PUT, "a module's ring: the packet stays"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_GET_NEXT, "a module's ring: the next packet"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_PUT_NEXT, "a module's ring: the packet is done with"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_PADDED_SIZE, "a module's ring: size of a packet"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_MAX_SIZE, "a module's ring: size of a sub-buffer"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_MAP_LENGTH, "a module's ring: size of its memory"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_MAP_OFFSET, "a module's ring: where a packet is in its memory"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_FLUSH, "a module's ring: ends the packet being written"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_FLUSH_EMPTY, "a module's ring: the same, even an empty one"),
	WHEN(ioctl, RF_ARG_EQUAL, 1, RF_MODULES_INSTANCE_ID, "a module's ring: its processor"),
};
TABLE(kernel_consumer);

/* From execve() to the child's own filter: the loader, libraries' constructors, threads. */
static const struct rf_call_rule starting_rules[] = {
	ANY(execve, "the broker starts session daemon and consumers"),
	ANY(open, "loader and configuration"),
	ANY(openat, "loader, libraries, /proc/self, time zone"),
	ANY(access, "loader"),
	ANY(faccessat, "loader"),
	ANY(faccessat2, "loader"),
	ANY(stat, "loader"),
	ANY(lstat, "loader"),
	ANY(statx, "loader"),
	ANY(readlink, "own path"),
	ANY(readlinkat, "own path"),
	ANY(pread64, "loader"),
	ANY(getdents64, "processor and node lists of libraries"),
	ANY(mmap, "loading code"),
	ANY(mprotect, "loading code"),
	ANY(arch_prctl, "thread pointer"),
	ANY(set_tid_address, "threads library"),
	WHEN(clone, RF_ARG_NO_BITS, 0,
		CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
			CLONE_NEWCGROUP,
		"processes of the broker, threads of its children, never a name space"),
	ANY(tgkill, "abort() of children, whose process id is not the broker's"),
	ANY(seccomp, "own filters of children"),
	ANY(prctl, "identity and names of children"),
	ANY(uname, "libraries"),
	ANY(sysinfo, "libraries"),
	ANY(getuid, "libraries"),
	ANY(geteuid, "libraries"),
	ANY(getgid, "libraries"),
	ANY(getegid, "libraries"),
	ANY(getresuid, "libraries"),
	ANY(getresgid, "libraries"),
	ANY(getppid, "children check that the broker still lives"),
	ANY(signalfd4, "signals as events"),
	ANY(dup2, "descriptors of children"),
	ANY(dup3, "descriptors of children"),
	ANY(getcwd, "libraries"),
	ANY(getrlimit, "libraries"),
	ANY(rt_sigsuspend, "libraries"),
};
TABLE(starting);

static const struct rf_call_rule broker_rules[] = {
	ANY(wait4, "reaps children"),
	ANY(waitid, "reaps children"),
	ANY(kill, "ends children"),
	ANY(tgkill, "abort() in children: this list holds for them, too, and they have other pids"),
	ANY(setresuid, "children and run-as workers drop their identity"),
	ANY(setresgid, "children and run-as workers drop their identity"),
	ANY(setgroups, "children and run-as workers drop their identity"),
	ANY(setuid, "children drop their identity"),
	ANY(setgid, "children drop their identity"),
	ANY(getgroups, "identity of run-as workers"),
	ANY(capget, "capabilities of children"),
	ANY(capset, "capabilities of children"),
	ANY(setsid, "own session"),
	ANY(setrlimit, "no core files of children"),
	ANY(setpriority, "the consumer of the kernel, before it is that"),
	ANY(umask, "modes of trace files"),
	ANY(unlink, "sockets and pid file at the end"),
	ANY(unlinkat, "sockets and pid file at the end"),
	ANY(rmdir, "consumer directories at the end"),
	ANY(close_range, "children inherit nothing"),
	WHEN(socket, RF_ARG_EQUAL, 0, AF_UNIX, "account look-ups, readiness message"),
	ANY(connect, "account look-ups, readiness message"),
	WHEN(socketpair, RF_ARG_CONNECTED_UNIX, 0, AF_UNIX, "links to children"),
	ANY(openat2, "run-as workers, beneath the trace tree"),
	ANY(mkdirat, "run-as workers"),
	ANY(ftruncate, "run-as workers re-use and trim files"),
	ANY(fchmod, "run-as workers"),
	ANY(fchown, "run-as workers"),
	ANY(fstatfs, "account look-ups"),
	ANY(landlock_create_ruleset, "which files a child may open, before its own filter"),
	ANY(landlock_add_rule, "which files a child may open, before its own filter"),
	ANY(landlock_restrict_self, "which files a child may open, before its own filter"),
};
TABLE(broker);

static const struct rf_call_rule worker_rules[] = {
	ANY(openat, "walks to the trace tree as its owner; a new session file"),
	ANY(openat2, "files beneath the trace tree"),
	ANY(mkdirat, "directories of the trace tree"),
	ANY(readlinkat, "links on the way to the trace tree"),
	ANY(renameat, "a session file that may be overwritten; file systems that do not know renameat2's flag"),
	ANY(renameat2, "chunks on their way to archives/; a session file that must be new"),
	ANY(unlinkat,
		"files of a cleared chunk, buffer files, directories that are empty then; drafts of session files"),
	ANY(linkat, "a session file that must be new, where the file system does not know renameat2's flag"),
	ANY(fsync, "a session file is whole before it gets its name"),
	WHEN(fcntl, RF_ARG_EQUAL, 1, F_GET_SEALS, "the text of a session file can no longer be changed"),
	ANY(ftruncate, "re-used and torn files"),
	ANY(fchmod, "modes independent of the umask"),
	ANY(pread64, "indexes of torn files, the text of a session file"),
	ANY(getdents64, "directories with torn files"),
	ANY(dup, "directory streams"),
	ANY(getppid, "the broker still lives"),
};
TABLE(worker);

/* liblttng-ctl reads files and talks to the session daemon; it writes nothing. */
static const struct rf_call_rule autoload_rules[] = {
	WHEN(openat, RF_ARG_NO_BITS, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC,
		"session files and their schema, to read"),
	WHEN(open, RF_ARG_NO_BITS, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, "session files and their schema, to read"),
	ANY(stat, "session files and their schema"),
	ANY(lstat, "session files and their schema"),
	ANY(access, "the session daemon's socket"),
	ANY(getdents64, "directories with session files"),
	ANY(getuid, "which session daemon is the user's"),
	ANY(geteuid, "credentials in requests"),
	ANY(getgid, "credentials in requests"),
	ANY(getegid, "credentials in requests"),
	ANY(getgroups, "which session daemon is the user's"),
	WHEN(socket, RF_ARG_EQUAL, 0, AF_UNIX, "the session daemon, account look-ups"),
	ANY(connect, "the session daemon, account look-ups"),
};
TABLE(autoload);

/* What it opens is named by the broker and by itself; what it writes, the kernel reads. */
static const struct rf_call_rule kernel_rules[] = {
	ANY(openat2, "files beneath a directory of tracefs"),
	ANY(openat, "/proc/lttng, the threads of a process"),
	ANY(mkdirat, "an instance"),
	ANY(unlinkat, "an instance that is not used any more"),
	ANY(getdents64, "threads of a process, instances that were left behind"),
	ANY(getppid, "the broker still lives"),
	ANY(fstatfs, "a program that gets probes is not on a file system in user space"),
};
TABLE(kernel);

/* It reads, and writes to its pipe. */
static const struct rf_call_rule state_rules[] = {
	WHEN(openat, RF_ARG_NO_BITS, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, "/proc and /sys, to read"),
	ANY(getdents64, "directories of processes and devices"),
};
TABLE(state);

/* It takes one descriptor out of a socket and puts it into another. */
static const struct rf_call_rule program_rules[] = {
	ANY(fstatfs, "a client's program is not on a file system in user space"),
	ANY(statx, "it is a regular file; which mount it is of"),
};
TABLE(program);

#ifdef RF_SANITIZED
/* Sanitised builds are for tests: their run-times do more. */
static const struct rf_call_rule sanitizer_rules[] = {
	ANY(open, "run-time maps /proc/self"),
	ANY(openat, "run-time maps /proc/self"),
	ANY(readlink, "run-time names itself"),
	ANY(ioctl, "a report asks whether it goes to a terminal"),
	ANY(mmap, "shadow memory"),
	ANY(mprotect, "shadow memory"),
	ANY(clone, "leak check at exit"),
	ANY(prctl, "leak check at exit"),
	ANY(ptrace, "leak check at exit"),
	ANY(wait4, "leak check at exit"),
	ANY(getppid, "leak check at exit"),
	ANY(gettid, "run-time"),
	ANY(sched_getaffinity, "run-time"),
	ANY(getdents64, "leak check at exit"),
	ANY(pipe2, "checks of readable memory"),
	ANY(pipe, "checks of readable memory"),
	ANY(getrusage, "run-time"),
	ANY(sysinfo, "run-time"),
	ANY(uname, "run-time"),
	ANY(dup2, "run-time"),
	ANY(stat, "run-time"),
	ANY(personality, "run-time"),
	ANY(geteuid, "run-time"),
	ANY(getuid, "run-time"),
};
TABLE(sanitizer);
#define SANITIZER &sanitizer,
#else
#define SANITIZER
#endif

static const struct rf_call_table *const broker_tables[] = {&running, &starting, &broker, &worker, &sessiond, &consumer,
	&kernel_consumer, &autoload, &kernel, &state, &program, SANITIZER NULL};
static const struct rf_call_table *const worker_tables[] = {&running, &worker, SANITIZER NULL};
static const struct rf_call_table *const sessiond_tables[] = {&running, &sessiond, SANITIZER NULL};
static const struct rf_call_table *const consumer_tables[] = {&running, &consumer, SANITIZER NULL};
static const struct rf_call_table *const kernel_consumer_tables[] = {&running, &kernel_consumer, SANITIZER NULL};
static const struct rf_call_table *const state_tables[] = {&running, &state, SANITIZER NULL};
static const struct rf_call_table *const program_tables[] = {&running, &program, SANITIZER NULL};
static const struct rf_call_table *const kernel_tables[] = {&running, &kernel, SANITIZER NULL};
static const struct rf_call_table *const autoload_tables[] = {&running, &autoload, SANITIZER NULL};

const struct rf_call_table *const *rf_sandbox_tables(enum rf_role role)
{
	static const struct rf_call_table *const *const tables[] = {
		[RF_ROLE_BROKER] = broker_tables,
		[RF_ROLE_WORKER] = worker_tables,
		[RF_ROLE_SESSIOND] = sessiond_tables,
		[RF_ROLE_CONSUMER] = consumer_tables,
		[RF_ROLE_KERNEL_CONSUMER] = kernel_consumer_tables,
		[RF_ROLE_AUTOLOAD] = autoload_tables,
		[RF_ROLE_KERNEL] = kernel_tables,
		[RF_ROLE_STATE] = state_tables,
		[RF_ROLE_PROGRAM] = program_tables,
	};

	return tables[role];
}

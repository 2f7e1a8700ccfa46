/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/sigbus.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE ((uintptr_t)4096)

/* Whoever holds the lock touches no ring: the handler can wait for it. */
static atomic_flag lock = ATOMIC_FLAG_INIT;
static struct rf_list guards = {&guards, &guards};

static void take_lock(void)
{
	while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
		;
}

static void drop_lock(void)
{
	atomic_flag_clear_explicit(&lock, memory_order_release);
}

void rf_guard_begin(struct rf_guard *guard, const struct rf_pristine *pristine)
{
	guard->pristine = pristine;
	atomic_init(&guard->cut, false);
	take_lock();
	rf_list_append(&guards, &guard->node);
	drop_lock();
}

void rf_guard_end(struct rf_guard *guard)
{
	if (!guard->pristine)
		return;
	take_lock();
	rf_list_remove(&guard->node);
	drop_lock();
	guard->pristine = NULL;
}

/* In the handler: only system calls and copying. False: not a guarded ring, or it cannot be done. */
static bool replace_ring(const uint8_t *address)
{
	bool replaced = false;

	take_lock();
	rf_list_for_each(node, &guards) {
		struct rf_guard *guard = rf_container_of(node, struct rf_guard, node);
		const struct rf_pristine *pristine = guard->pristine;

		if (address < pristine->start || address >= pristine->start + pristine->size)
			continue;
		/* Another thread may have been here since the fault. */
		replaced = atomic_load(&guard->cut) || rf_pristine_restore(pristine) == 0;
		atomic_store(&guard->cut, true);
		break;
	}
	drop_lock();
	return replaced;
}

static void on_sigbus(int signo, siginfo_t *info, void *context)
{
	int saved = errno;
	void *page = (char *)info->si_addr - ((uintptr_t)info->si_addr & (PAGE - 1));

	(void)context;
	/* Anything but a missing page of a mapping is a bug or broken hardware: die of it. */
	if (info->si_code == BUS_ADRERR && replace_ring(info->si_addr)) {
		errno = saved;
		return;
	}
	if (info->si_code != BUS_ADRERR ||
		mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		signal(signo, SIG_DFL);
	errno = saved;
}

int rf_sigbus_install(void)
{
	struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	sigemptyset(&action.sa_mask);
	return sigaction(SIGBUS, &action, NULL) < 0 ? -errno : 0;
}

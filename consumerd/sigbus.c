/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/sigbus.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE ((uintptr_t)4096)

static void on_sigbus(int signo, siginfo_t *info, void *context)
{
	int saved = errno;
	void *page = (char *)info->si_addr - ((uintptr_t)info->si_addr & (PAGE - 1));

	(void)context;
	/* Anything but a missing page of a mapping is a bug or broken hardware: die of it. */
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

/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/catch_up.h"

#include "common/deadline.h"

#include <sys/ioctl.h>

void rf_catch_up_init(struct rf_catch_up *catch_up, int sock)
{
	*catch_up = (struct rf_catch_up){.sock = sock};
	pthread_mutex_init(&catch_up->lock, NULL);
	rf_deadline_cond_init(&catch_up->served);
}

void rf_catch_up_fini(struct rf_catch_up *catch_up)
{
	pthread_cond_destroy(&catch_up->served);
	pthread_mutex_destroy(&catch_up->lock);
}

static void tell(struct rf_catch_up *catch_up)
{
	if (!atomic_load(&catch_up->waiters))
		return;
	pthread_mutex_lock(&catch_up->lock);
	pthread_cond_broadcast(&catch_up->served);
	pthread_mutex_unlock(&catch_up->lock);
}

void rf_catch_up_begin(struct rf_catch_up *catch_up)
{
	atomic_store(&catch_up->serving, true);
}

void rf_catch_up_end(struct rf_catch_up *catch_up)
{
	atomic_store(&catch_up->serving, false);
	atomic_store(&catch_up->late, false);
	tell(catch_up);
}

void rf_catch_up_stop(struct rf_catch_up *catch_up)
{
	atomic_store(&catch_up->off, true);
	tell(catch_up);
}

/*
 * The socket is asked first: a frame that left it before was taken after `serving` was set, so either this sees the
 * frame in the socket or the flag, or the frame is done.
 */
static bool caught_up(struct rf_catch_up *catch_up)
{
	int queued = 0;

	if (atomic_load(&catch_up->off))
		return true;
	if (ioctl(catch_up->sock, FIONREAD, &queued) == 0 && queued > 0)
		return false;
	return !atomic_load(&catch_up->serving);
}

/* False: in vain. */
static bool wait_for(struct rf_catch_up *catch_up, unsigned int ms)
{
	uint64_t until = rf_now() + ms * RF_MS;
	bool good = true;

	atomic_fetch_add(&catch_up->waiters, 1);
	pthread_mutex_lock(&catch_up->lock);
	while (good && !caught_up(catch_up))
		good = rf_deadline_wait(&catch_up->served, &catch_up->lock, until) == 0;
	pthread_mutex_unlock(&catch_up->lock);
	atomic_fetch_sub(&catch_up->waiters, 1);
	return good;
}

void rf_catch_up_wait(struct rf_catch_up *catch_up)
{
	if (atomic_load(&catch_up->late) || caught_up(catch_up) || wait_for(catch_up, RF_CATCH_UP_MAX_MS))
		return;
	atomic_store(&catch_up->late, true);
	/* It may have got through just now, and not come by again for long. */
	if (caught_up(catch_up))
		atomic_store(&catch_up->late, false);
}

void rf_catch_up_wait_long(struct rf_catch_up *catch_up)
{
	if (!caught_up(catch_up))
		(void)wait_for(catch_up, RF_CATCH_UP_LOSS_MS);
}

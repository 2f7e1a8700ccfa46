/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metadata before data. The session daemon queues the description of an event on the control link before the
 * application may record that event. So before a data thread writes a packet, everything that is in the control socket
 * at that moment must have been served: then a consumer that is killed never leaves a packet that nothing describes.
 *
 * Data threads look whether the socket is empty and the control thread idle (one system call), and wait for the control
 * thread otherwise, at most RF_CATCH_UP_MAX_MS: recording goes on also when the control thread is held up.
 */
#ifndef RF_CONSUMERD_CATCH_UP_H
#define RF_CONSUMERD_CATCH_UP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define RF_CATCH_UP_MAX_MS 20
/* For a record whose description is under way, and which would be lost without it. */
#define RF_CATCH_UP_LOSS_MS 2000

struct rf_catch_up {
	int sock;            /* the control link's */
	atomic_bool serving; /* the control thread took frames that it has not finished */
	atomic_bool off;
	atomic_bool late; /* somebody waited in vain: nobody else does until the control thread is through */
	atomic_uint waiters;
	pthread_mutex_t lock;
	pthread_cond_t served;
};

void rf_catch_up_init(struct rf_catch_up *catch_up, int sock);
void rf_catch_up_fini(struct rf_catch_up *catch_up);
/* Control thread: around the serving of frames. */
void rf_catch_up_begin(struct rf_catch_up *catch_up);
void rf_catch_up_end(struct rf_catch_up *catch_up);
/* Control thread: nothing comes any more (before the socket is closed). */
void rf_catch_up_stop(struct rf_catch_up *catch_up);
/* Data threads. */
void rf_catch_up_wait(struct rf_catch_up *catch_up);
/* The same as long as RF_CATCH_UP_LOSS_MS, also if somebody waited in vain. */
void rf_catch_up_wait_long(struct rf_catch_up *catch_up);

#endif

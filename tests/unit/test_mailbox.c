/* SPDX-License-Identifier: GPL-2.0-only */
/* Mail from several threads: everything arrives, and each thread's in order. */
#include "sessiond/mailbox.h"

#include <criterion/criterion.h>
#include <pthread.h>

#define THREADS 4
#define MAILS 5000

struct letter {
	struct rf_mail mail;
	unsigned int sender;
	unsigned int serial;
};

static struct letter letters[THREADS][MAILS];
static unsigned int next_serial[THREADS];
static unsigned int received;
static struct rf_mailbox mailbox;
static struct rf_loop *loop;

static void receive(struct rf_mail *mail, void *data)
{
	struct letter *l = rf_container_of(mail, struct letter, mail);

	cr_assert_eq(data, &received);
	cr_assert_eq(l->serial, next_serial[l->sender]++);
	if (++received == THREADS * MAILS)
		rf_loop_stop(loop);
}

static void *sender(void *data)
{
	unsigned int n = (unsigned int)(uintptr_t)data;

	for (unsigned int i = 0; i < MAILS; i++) {
		letters[n][i].sender = n;
		letters[n][i].serial = i;
		rf_mailbox_post(&mailbox, &letters[n][i].mail);
	}
	return NULL;
}

Test(mailbox, everything_arrives_in_order, .timeout = 60)
{
	pthread_t threads[THREADS];

	loop = rf_loop_create();
	cr_assert_eq(rf_mailbox_init(&mailbox, loop, receive, &received), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, sender, (void *)i), 0);
	cr_assert_eq(rf_loop_run(loop), 0);
	cr_assert_eq(received, THREADS * MAILS);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	rf_mailbox_fini(&mailbox);
	rf_loop_destroy(loop);
}

Test(mailbox, what_is_left_is_delivered_at_the_end, .timeout = 60)
{
	loop = rf_loop_create();
	cr_assert_eq(rf_mailbox_init(&mailbox, loop, receive, &received), 0);
	sender(NULL);
	cr_assert_eq(received, 0);
	rf_mailbox_fini(&mailbox);
	cr_assert_eq(received, MAILS);
	rf_loop_destroy(loop);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/registration.h"

#include "common/log.h"
#include "common/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ABI_MAJOR_MIN 8u
#define ABI_MAJOR_MAX 9u
#define ACCEPTS_A_TURN 64
/* With no descriptor left, look again after this; nothing tells us when one is free. */
#define RESUME_AFTER (100 * RF_MS)

struct knock {
	struct rf_list node;
	struct rf_registration *registration;
	struct rf_watch watch;
	struct rf_timer timer;
	int fd;
	struct ucred peer;
	size_t got;
	uint8_t message[RF_REGISTRATION_SIZE];
	struct rf_app_facts facts; /* once the message is complete */
};

int rf_registration_parse(const uint8_t bytes[static RF_REGISTRATION_SIZE], struct rf_app_facts *facts, uint32_t *type)
{
	struct rf_ctf_layout *layout = &facts->layout;
	struct rf_reader r;

	memset(facts, 0, sizeof(*facts));
	rf_reader_init(&r, bytes, RF_REGISTRATION_SIZE, RF_HOST_ORDER);
	/* One machine, one byte order: a swapped magic is no application of this host. */
	if (rf_read_u32(&r) != RF_REGISTRATION_MAGIC)
		return -EPROTO;
	facts->major = rf_read_u32(&r);
	facts->minor = rf_read_u32(&r);
	rf_read_skip(&r, 4 * sizeof(uint32_t)); /* pid, ppid, uid, gid: the kernel knows better */
	layout->abi_bits = rf_read_u32(&r);
	layout->align8 = rf_read_u32(&r);
	layout->align16 = rf_read_u32(&r);
	layout->align32 = rf_read_u32(&r);
	layout->align64 = rf_read_u32(&r);
	layout->align_long = rf_read_u32(&r);
	*type = rf_read_u32(&r);
	rf_read_bytes(&r, facts->name, LTTNG_UST_ABI_PROCNAME_LEN);
	layout->big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	const uint32_t aligns[] = {
		layout->align8, layout->align16, layout->align32, layout->align64, layout->align_long};

	for (size_t i = 0; i < sizeof(aligns) / sizeof(aligns[0]); i++)
		if (!aligns[i] || aligns[i] > 64 || (aligns[i] & (aligns[i] - 1)))
			return -EPROTO;
	if (!rf_reader_ok(&r) || *type > RF_REGISTRATION_NOTIFY)
		return -EPROTO;
	return 0;
}

static void knock_end(struct knock *k, bool close_fd)
{
	struct rf_registration *registration = k->registration;

	rf_list_remove(&k->node);
	rf_timer_cancel(&k->timer);
	rf_watch_remove(&k->watch);
	if (close_fd)
		close(k->fd);
	registration->count--;
	free(k);
}

static void knock_timed_out(struct rf_timer *timer)
{
	struct knock *k = rf_container_of(timer, struct knock, timer);

	rf_info("connection of pid %d, uid %u closed: it did not register in time", k->peer.pid, k->peer.uid);
	knock_end(k, true);
}

static struct knock *find_partner(struct rf_registration *registration, pid_t pid, uid_t uid)
{
	rf_list_for_each(node, &registration->waiting) {
		struct knock *k = rf_container_of(node, struct knock, node);

		if (k->peer.pid == pid && k->peer.uid == uid)
			return k;
	}
	return NULL;
}

static void refuse(struct knock *k, const char *why)
{
	unsigned int untold;
	char name[64];

	if (rf_complaint_worth_a_line(&k->registration->complaints, k->peer.uid, &untold))
		rf_warning(
			"application %s, pid %d of uid %u, refused: %s (%u-bit, ABI %u.%u; %u more of that uid before)",
			rf_log_safe(name, sizeof(name), k->facts.name), k->peer.pid, k->peer.uid, why,
			k->facts.layout.abi_bits, k->facts.major, k->facts.minor, untold);

	/* Its other connection, if it has one, is of no use. */
	struct knock *partner = find_partner(k->registration, k->peer.pid, k->peer.uid);

	if (partner && partner != k)
		knock_end(partner, true);
	knock_end(k, true);
}

/* NULL when the facts are of an application that we can trace. */
static const char *why_not(const struct knock *k)
{
	if (k->facts.major < ABI_MAJOR_MIN)
		return "its lttng-ust is too old for this daemon";
	if (k->facts.major > ABI_MAJOR_MAX)
		return "its lttng-ust is too new for this daemon";
	if (k->facts.layout.abi_bits != 64)
		return "it is a 32-bit program, and no consumer for those is configured";
	if (k->peer.pid <= 0)
		return "it lives in a pid namespace that this daemon cannot see";
	return NULL;
}

static void message_complete(struct knock *k)
{
	struct rf_registration *registration = k->registration;
	uint32_t type;

	const char *why;

	if (rf_registration_parse(k->message, &k->facts, &type) < 0) {
		refuse(k, "it sent no valid registration message");
		return;
	}
	k->facts.pid = k->peer.pid;
	k->facts.uid = k->peer.uid;
	k->facts.gid = k->peer.gid;
	why = why_not(k);
	if (why) {
		refuse(k, why);
		return;
	}
	if (type == RF_REGISTRATION_COMMAND) {
		/* Keeps its timer: the second connection must come, too. Only a hang-up is of interest until then. */
		rf_list_remove(&k->node);
		rf_list_append(&registration->waiting, &k->node);
		rf_watch_change(&k->watch, EPOLLRDHUP);
		return;
	}

	struct knock *command = find_partner(registration, k->peer.pid, k->peer.uid);

	if (!command) {
		knock_end(k, true);
		return;
	}

	const struct rf_app_facts facts = command->facts;
	int command_sock = command->fd;
	int notify_sock = k->fd;

	knock_end(command, false);
	knock_end(k, false);
	registration->registered(registration->data, &facts, command_sock, notify_sock);
}

static void knock_ready(struct rf_watch *watch, uint32_t events)
{
	struct knock *k = rf_container_of(watch, struct knock, watch);

	(void)events;
	if (k->got == sizeof(k->message)) {
		/* A waiting command connection: this is its hang-up. */
		knock_end(k, true);
		return;
	}

	ssize_t got = recv(k->fd, k->message + k->got, sizeof(k->message) - k->got, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		knock_end(k, true);
		return;
	}
	k->got += (size_t)got;
	if (k->got == sizeof(k->message))
		message_complete(k);
}

static unsigned int count_of_uid(const struct rf_list *list, uid_t uid)
{
	unsigned int count = 0;

	rf_list_for_each(node, list)
		count += rf_container_of(node, struct knock, node)->peer.uid == uid;
	return count;
}

/* A uid's own bound counts when there are many at all, so that the count is not walked for every application. */
static bool over_bound(const struct rf_registration *registration, uid_t uid)
{
	if (registration->count < RF_REGISTRATION_PER_UID)
		return false;
	return registration->count >= RF_REGISTRATION_MAX ||
		count_of_uid(&registration->knocking, uid) + count_of_uid(&registration->waiting, uid) >=
		RF_REGISTRATION_PER_UID;
}

static void admit(struct rf_registration *registration, int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct knock *k;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 || over_bound(registration, peer.uid)) {
		close(fd);
		return;
	}
	k = calloc(1, sizeof(*k));
	if (!k || rf_watch_add(registration->loop, &k->watch, fd, EPOLLIN | EPOLLRDHUP, knock_ready) < 0) {
		free(k);
		close(fd);
		return;
	}
	k->registration = registration;
	k->fd = fd;
	k->peer = peer;
	registration->count++;
	rf_list_append(&registration->knocking, &k->node);
	rf_timer_arm(registration->loop, &k->timer, RF_REGISTRATION_TIMEOUT, knock_timed_out);
}

static void resume_accepting(struct rf_timer *timer)
{
	struct rf_registration *registration = rf_container_of(timer, struct rf_registration, resume);

	rf_watch_change(&registration->watch, EPOLLIN);
}

static void accept_ready(struct rf_watch *watch, uint32_t events)
{
	struct rf_registration *registration = rf_container_of(watch, struct rf_registration, watch);

	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = accept4(registration->sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			admit(registration, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			rf_error("cannot accept applications: %s; raise the limit of open files", strerror(errno));
			rf_watch_change(watch, 0);
			rf_timer_arm(registration->loop, &registration->resume, RESUME_AFTER, resume_accepting);
		}
		if (errno != EINTR && errno != ECONNABORTED)
			return;
	}
}

int rf_registration_init(
	struct rf_registration *registration, struct rf_loop *loop, int sock, rf_registered_fn registered, void *data)
{
	*registration = (struct rf_registration){.loop = loop, .sock = sock, .registered = registered, .data = data};
	rf_list_init(&registration->knocking);
	rf_list_init(&registration->waiting);
	return rf_watch_add(loop, &registration->watch, sock, EPOLLIN, accept_ready);
}

static void end_all(struct rf_list *list)
{
	rf_list_for_each_safe(node, tmp, list)
		knock_end(rf_container_of(node, struct knock, node), true);
}

void rf_registration_fini(struct rf_registration *registration)
{
	rf_watch_remove(&registration->watch);
	rf_timer_cancel(&registration->resume);
	end_all(&registration->knocking);
	end_all(&registration->waiting);
	close(registration->sock);
}

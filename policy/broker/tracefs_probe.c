/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/tracefs_probe.h"

#include "policy/broker/programs.h"
#include "policy/broker/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBES_OF_INSTANCE_MAX 1024u
#define LIST_MAX (4u * 1024 * 1024) /* bytes of the text that lists all */
#define EVENT_SIZE 32u

static const char kernel_list[] = "kprobe_events";
static const char user_list[] = "uprobe_events";
static const char *const lists[] = {kernel_list, user_list};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

struct probe {
	struct rf_list node;
	uint32_t id;
	enum rf_probe_kind kind;
	unsigned int events;
};

static const char *list_of(enum rf_probe_kind kind)
{
	return kind == RF_PROBE_USER ? user_list : kernel_list;
}

/* Of the event NUMBER of PROBE. */
static void name_event(const struct probe *probe, unsigned int number, char name[EVENT_SIZE])
{
	if (probe->kind == RF_PROBE_FUNCTION)
		snprintf(name, EVENT_SIZE, "p%u_%s", probe->id, number ? "exit" : "entry");
	else if (probe->events > 1)
		snprintf(name, EVENT_SIZE, "p%u_%u", probe->id, number);
	else
		snprintf(name, EVENT_SIZE, "p%u", probe->id);
}

static int remove_event(int root, const char *list, const char *group, const char *event)
{
	char line[192];
	int err;

	snprintf(line, sizeof(line), "-:%s/%s\n", group, event);
	err = rf_tracefs_append(root, list, line);
	return err == -ENOENT ? 0 : err;
}

/* The first that cannot go stays with all after it. */
static int remove_events(int root, const struct rf_tracefs_instance *instance, struct probe *probe, unsigned int made)
{
	for (unsigned int i = 0; i < made; i++) {
		char event[EVENT_SIZE];
		int err;

		name_event(probe, i, event);
		err = remove_event(root, list_of(probe->kind), instance->group, event);
		if (err < 0)
			return err;
	}
	return 0;
}

/* Where in the kernel: a symbol and an offset, or an address. */
static void kernel_place(const struct rf_broker_add_probe *request, char *place, size_t size)
{
	if (!request->symbol[0])
		snprintf(place, size, "0x%" PRIx64, request->address + request->offset);
	else if (request->offset)
		snprintf(place, size, "%s+0x%" PRIx64, request->symbol, request->offset);
	else
		snprintf(place, size, "%s", request->symbol);
}

static int define_kernel(
	int root, const char *group, const char *event, const struct rf_broker_add_probe *request, unsigned int number)
{
	bool entry = request->kind == RF_PROBE_FUNCTION && number == 0;
	char place[320];
	char line[512];
	int err = -EINVAL;

	kernel_place(request, place, sizeof(place));
	if (request->kind == RF_PROBE_FUNCTION && number == 1) {
		snprintf(line, sizeof(line), "r:%s/%s %s\n", group, event, place);
		return rf_tracefs_append(root, kernel_list, line);
	}
	/* Who called: on the stack, where the machine has it there. */
	if (entry) {
		snprintf(line, sizeof(line), "p:%s/%s %s parent_ip=+0($stack):x64\n", group, event, place);
		err = rf_tracefs_append(root, kernel_list, line);
	}
	if (err != -EINVAL)
		return err;
	snprintf(line, sizeof(line), "p:%s/%s %s\n", group, event, place);
	return rf_tracefs_append(root, kernel_list, line);
}

static uint64_t place_at(const struct rf_blob *places, unsigned int number)
{
	uint64_t offset;

	memcpy(&offset, places->data + number * sizeof(offset), sizeof(offset));
	return offset;
}

/* By descriptor: the very file that was opened, whatever its path names by now. */
static int define_user(
	int root, const char *group, const char *event, const struct rf_blob *places, unsigned int number, int fd)
{
	char line[256];

	snprintf(line, sizeof(line), "p:%s/%s /proc/self/fd/%d:0x%" PRIx64 "\n", group, event, fd,
		place_at(places, number));
	return rf_tracefs_append(root, user_list, line);
}

static int check_program(int fd, const struct rf_blob *places)
{
	int flags = fcntl(fd, F_GETFL);
	int err = flags < 0 ? -EBADF : rf_program_check(fd);
	struct stat st;

	/* The kernel reads it when the event is defined, and nothing would end us before it has. */
	if (err < 0)
		return err;
	if (fstat(fd, &st) < 0)
		return -EBADF;
	/* Who may not read it has no business in it. */
	if (!S_ISREG(st.st_mode) || (flags & O_PATH) || (flags & O_ACCMODE) == O_WRONLY)
		return -EACCES;
	for (unsigned int i = 0; i < places->len / sizeof(uint64_t); i++)
		if (place_at(places, i) >= (uint64_t)st.st_size)
			return -EINVAL;
	return 0;
}

static unsigned int count_events(const struct rf_broker_add_probe *request)
{
	if (request->kind == RF_PROBE_USER)
		return (unsigned int)(request->places.len / sizeof(uint64_t));
	return request->kind == RF_PROBE_FUNCTION ? 2 : 1;
}

static struct probe *find(const struct rf_tracefs_instance *instance, uint32_t id)
{
	rf_list_for_each(node, &instance->probes) {
		struct probe *probe = rf_container_of(node, struct probe, node);

		if (probe->id == id)
			return probe;
	}
	return NULL;
}

static bool has_list(int root, const char *list)
{
	int fd = rf_tracefs_open(root, list, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int define(int root, const struct rf_tracefs_instance *instance, struct probe *probe,
	const struct rf_broker_add_probe *request, int fd)
{
	int err = 0;
	unsigned int made = 0;

	while (!err && made < probe->events) {
		char event[EVENT_SIZE];

		name_event(probe, made, event);
		err = request->kind == RF_PROBE_USER
			? define_user(root, instance->group, event, &request->places, made, fd)
			: define_kernel(root, instance->group, event, request, made);
		if (!err)
			made++;
	}
	if (err < 0)
		remove_events(root, instance, probe, made);
	return err;
}

int rf_probe_add(int root, struct rf_tracefs_instance *instance, const struct rf_broker_add_probe *request, int fd)
{
	struct probe *probe;
	int err = request->kind == RF_PROBE_USER ? check_program(fd, &request->places) : 0;

	if (err < 0)
		return err;
	if (!has_list(root, list_of((enum rf_probe_kind)request->kind)))
		return -EOPNOTSUPP;
	if (find(instance, request->probe))
		return -EEXIST;
	if (instance->probe_count >= PROBES_OF_INSTANCE_MAX)
		return -EDQUOT;
	probe = calloc(1, sizeof(*probe));
	if (!probe)
		return -ENOMEM;
	probe->id = request->probe;
	probe->kind = (enum rf_probe_kind)request->kind;
	probe->events = count_events(request);
	err = define(root, instance, probe, request, fd);
	if (err < 0) {
		free(probe);
		return err;
	}
	rf_list_append(&instance->probes, &probe->node);
	instance->probe_count++;
	return 0;
}

static void forget(struct rf_tracefs_instance *instance, struct probe *probe)
{
	rf_list_remove(&probe->node);
	instance->probe_count--;
	free(probe);
}

int rf_probe_remove(int root, struct rf_tracefs_instance *instance, uint32_t id)
{
	struct probe *probe = find(instance, id);
	int err;

	if (!probe)
		return -ENOENT;
	err = remove_events(root, instance, probe, probe->events);
	if (!err)
		forget(instance, probe);
	return err;
}

void rf_probes_remove_all(int root, struct rf_tracefs_instance *instance)
{
	rf_list_for_each(node, &instance->probes) {
		struct probe *probe = rf_container_of(node, struct probe, node);

		remove_events(root, instance, probe, probe->events);
	}
}

void rf_probes_forget(struct rf_tracefs_instance *instance)
{
	rf_list_for_each_safe(node, tmp, &instance->probes)
		forget(instance, rf_container_of(node, struct probe, node));
}

uint32_t rf_probe_features(int root)
{
	return (has_list(root, kernel_list) ? RF_TRACEFS_KPROBES : 0) |
		(has_list(root, user_list) ? RF_TRACEFS_UPROBES : 0);
}

/* `p:GROUP/EVENT where`, `r4:GROUP/EVENT where`: cuts LINE into group and event. */
static bool parse_line(char *line, char **group, char **event)
{
	char *colon = strchr(line, ':');
	char *slash = colon ? strchr(colon, '/') : NULL;
	char *space = slash ? strchr(slash, ' ') : NULL;

	if (!space || strncmp(colon + 1, RF_PROBE_PREFIX, strlen(RF_PROBE_PREFIX)) != 0)
		return false;
	*slash = *space = '\0';
	*group = colon + 1;
	*event = slash + 1;
	return rf_tracefs_name_ok(*group, strlen(*group)) && rf_tracefs_name_ok(*event, strlen(*event));
}

static void each_event(int root, const char *list,
	void (*found)(void *data, const char *list, const char *group, const char *event), void *data)
{
	char *text = rf_tracefs_text(root, list, LIST_MAX);
	char *rest = NULL;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
		char *group;
		char *event;

		if (parse_line(line, &group, &event))
			found(data, list, group, event);
	}
	free(text);
}

struct removal {
	int root;
	const char *group;
	bool all;
};

static void remove_if_in(void *data, const char *list, const char *group, const char *event)
{
	struct removal *removal = data;

	if (!strcmp(group, removal->group) && remove_event(removal->root, list, group, event) < 0)
		removal->all = false;
}

bool rf_probe_remove_group(int root, const char *group)
{
	struct removal removal = {.root = root, .group = group, .all = true};

	for (size_t i = 0; i < LISTS; i++)
		each_event(root, lists[i], remove_if_in, &removal);
	return removal.all;
}

struct groups {
	void (*found)(void *data, const char *group);
	void *data;
};

static void pass_group(void *data, const char *list, const char *group, const char *event)
{
	const struct groups *groups = data;

	(void)list;
	(void)event;
	groups->found(groups->data, group);
}

void rf_probe_each_group(int root, void (*found)(void *data, const char *group), void *data)
{
	struct groups groups = {.found = found, .data = data};

	for (size_t i = 0; i < LISTS; i++)
		each_event(root, lists[i], pass_group, &groups);
}

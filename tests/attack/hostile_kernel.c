/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hostile_kernel SOCKET ATTACK SESSION: requests about the kernel, by a user who may not trace it, and by one who may
 * and means harm.
 */
#include "tests/attack/hostile_request.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define DONE 10
#define NOT_PERMITTED 32
#define PAYLOAD_LEN_AT 256u /* in the arguments, after the name of a channel */
#define PAYLOAD_MAX 262144u
#define SLOW 5000 /* ms that one request may take, on a slow machine, too */

static struct hostile_envelope *kernel_envelope(uint32_t command, const char *session)
{
	struct hostile_envelope *e = hostile_envelope(command, session);

	hostile_put32(e->bytes + RF_ENVELOPE_DOMAIN, RF_DOMAIN_KERNEL);
	hostile_put32(e->bytes + RF_ENVELOPE_DOMAIN + 4, RF_CLIENT_GLOBAL);
	return e;
}

/* --- by whom it is not allowed to --------------------------------------------------------------------------------- */

/* Where a command's payload length is in its arguments; those without have none. */
static const struct {
	uint32_t command;
	uint32_t length_at;
} with_domain[] = {
	{RF_CMD_ADD_CONTEXT, 256},
	{RF_CMD_DISABLE_CHANNEL, 0},
	{RF_CMD_DISABLE_EVENT, 256},
	{RF_CMD_LIST_SYSCALLS, 0},
	{RF_CMD_ENABLE_CHANNEL, 0},
	{RF_CMD_ENABLE_EVENT, 256},
	{RF_CMD_LIST_CHANNELS, 0},
	{RF_CMD_LIST_EVENTS, 0},
	{RF_CMD_LIST_TRACEPOINTS, 0},
	{RF_CMD_LIST_FIELDS, 0},
	{RF_CMD_SET_URI, 0},
	{RF_CMD_TRACKER_ADD, 16},
	{RF_CMD_TRACKER_REMOVE, 16},
	{RF_CMD_TRACKER_GET_POLICY, 0},
	{RF_CMD_TRACKER_SET_POLICY, 0},
	{RF_CMD_TRACKER_GET_SET, 0},
};
#define WITH_DOMAIN (sizeof(with_domain) / sizeof(with_domain[0]))

static bool not_permitted(const char *session)
{
	static const uint8_t payload[8];
	bool good = true;

	for (size_t i = 0; i < 2 * WITH_DOMAIN; i++) {
		uint32_t command = with_domain[i / 2].command;
		struct hostile_envelope *e = kernel_envelope(command, session);
		bool takes = with_domain[i / 2].length_at || command == RF_CMD_ENABLE_CHANNEL;
		size_t len = takes ? sizeof(payload) : 0;

		/* Every second time what only root's own client would say of itself. */
		if (i % 2)
			memset(e->bytes + RF_ENVELOPE_DOMAIN_ATTR, 0, 8);
		hostile_put32(e->bytes + RF_ENVELOPE_ARGS + with_domain[i / 2].length_at, (uint32_t)len);

		long code = hostile_ask(e, payload, len, -1);

		if (code == NOT_PERMITTED)
			continue;
		printf("command %u: code %ld\n", command, code);
		good = false;
	}
	return good;
}

/* --- events ------------------------------------------------------------------------------------------------------- */

enum type {
	TYPE_TRACEPOINT = 0,
	TYPE_PROBE = 1,
	TYPE_FUNCTION = 2,
	TYPE_SYSCALL = 5,
	TYPE_USER_PROBE = 6,
};

struct payload {
	uint8_t bytes[PAYLOAD_MAX];
	size_t len;
};
static struct payload payload;

static void put(const void *bytes, size_t len)
{
	memcpy(payload.bytes + payload.len, bytes, len);
	payload.len += len;
}

static void put_number(uint64_t value, size_t len)
{
	put(&value, len);
}

/* Lengths as they are said to be. */
struct lengths {
	uint32_t name;
	uint32_t exclusions;
	uint32_t filter;
	uint32_t program;
	uint32_t location;
	uint32_t probe;
	uint32_t function;
};

static void begin_event(int8_t type, const struct lengths *len)
{
	payload.len = 0;
	put_number((uint8_t)type, 1);
	put_number(0, 1);          /* kind of log level */
	put_number(UINT32_MAX, 4); /* log level */
	put_number(1, 1);          /* enabled */
	put_number(0, 4);          /* pid */
	put_number(0, 4);          /* flags */
	put(len, sizeof(*len));
}

static bool slow;

static long send_event(const char *session, int fd)
{
	struct hostile_envelope *e = kernel_envelope(RF_CMD_ENABLE_EVENT, session);
	uint64_t begin = hostile_now_ms();
	long code;

	hostile_put32(e->bytes + RF_ENVELOPE_ARGS + PAYLOAD_LEN_AT, (uint32_t)payload.len);
	hostile_put32(e->bytes + RF_ENVELOPE_FD_COUNT, fd >= 0);
	code = hostile_ask(e, payload.bytes, payload.len, fd);
	slow |= hostile_now_ms() - begin > SLOW;
	if (hostile_now_ms() - begin > SLOW)
		printf("it took %lu ms: ", (unsigned long)(hostile_now_ms() - begin));
	return code;
}

static unsigned int refusals;

/* CODE is what came of WHAT. */
static bool refused(const char *what, long code)
{
	refusals++;
	if (code > 0 && code != DONE)
		return true;
	printf("%s: code %ld\n", what, code);
	return false;
}

static bool none_was_slow(void)
{
	printf("%u refused\n", refusals);
	return !slow;
}

#define NAME "sched_switch"
static const char program_name[] = "main";
static const char program_path[] = "/bin/true";

static void begin_user_probe(uint32_t location)
{
	const struct lengths len = {.name = sizeof("p"), .location = location};

	begin_event(TYPE_USER_PROBE, &len);
	put("p", sizeof("p"));
}

/* A function of a program. KIND 0 and LOOKUP 1 are right. */
static void user_probe_as(uint8_t kind, uint8_t lookup, uint32_t name_len, uint32_t path_len)
{
	begin_user_probe(2 + 2 * sizeof(uint32_t) + sizeof(program_name) + sizeof(program_path));
	put_number(kind, 1);
	put_number(name_len, 4);
	put_number(path_len, 4);
	put(program_name, sizeof(program_name));
	put(program_path, sizeof(program_path));
	put_number(lookup, 1);
}

static void user_probe(void)
{
	user_probe_as(0, 1, sizeof(program_name), sizeof(program_path));
}

static long user_probe_of(const char *session, int fd)
{
	long code;

	user_probe();
	code = fd < 0 ? ENDED : send_event(session, fd);
	if (fd >= 0)
		close(fd);
	else
		printf("%s: ", strerror(errno));
	return code;
}

static bool user_probes(const char *session)
{
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool good = true;
	int ends[2];

	if (self < 0 || pipe(ends) < 0)
		return false;
	user_probe();
	good &= refused("no program", send_event(session, -1));
	for (uint32_t cut = 1; cut < payload.len; cut += 3) {
		user_probe();
		payload.len -= cut;
		good &= refused("a payload that was cut", send_event(session, self));
	}
	user_probe();
	put_number(0, 4);
	good &= refused("a payload that goes on", send_event(session, self));
	begin_user_probe(UINT32_MAX);
	good &= refused("a location without end", send_event(session, self));
	begin_user_probe(1);
	put_number(0, 1);
	good &= refused("a location of a byte", send_event(session, self));
	user_probe_as(7, 1, sizeof(program_name), sizeof(program_path));
	good &= refused("another kind", send_event(session, self));
	user_probe_as(0, 0, sizeof(program_name), sizeof(program_path));
	good &= refused("another look-up", send_event(session, self));
	user_probe_as(0, 1, UINT32_MAX, sizeof(program_path));
	good &= refused("a name without end", send_event(session, self));
	user_probe_as(0, 1, sizeof(program_name), 65536);
	good &= refused("a path of 64 KiB", send_event(session, self));
	user_probe_as(0, 1, sizeof(program_name) - 1, sizeof(program_path) + 1);
	good &= refused("names without NUL", send_event(session, self));
	user_probe();
	/* Else all of the above may be refused for something else. */
	if (send_event(session, self) != DONE) {
		printf("an honest one is refused\n");
		good = false;
	}
	close(self);
	good &= refused("a directory", user_probe_of(session, open("/", O_RDONLY | O_DIRECTORY)));
	good &= refused("a device without end", user_probe_of(session, open("/dev/zero", O_RDONLY)));
	good &= refused("a pipe", user_probe_of(session, ends[0]));
	good &= refused("a socket", user_probe_of(session, socket(AF_UNIX, SOCK_STREAM, 0)));
	good &= refused("a file that may not be read", user_probe_of(session, open("/bin/true", O_PATH)));
	good &= refused("an empty file", user_probe_of(session, memfd_create("empty", 0)));
	good &= refused("a file of /proc", user_probe_of(session, open("/proc/self/maps", O_RDONLY)));
	good &= refused("no ELF file", user_probe_of(session, open("/etc/passwd", O_RDONLY)));
	close(ends[1]);
	return none_was_slow() && good;
}

/* --- programs that cost time and memory --------------------------------------------------------------------------- */

static int write_program(const Elf64_Ehdr *header, const Elf64_Shdr *sections, size_t count, off_t size)
{
	int fd = memfd_create("bomb", 0);

	if (fd < 0 || ftruncate(fd, size) < 0 || pwrite(fd, header, sizeof(*header), 0) != (ssize_t)sizeof(*header) ||
		pwrite(fd, sections, count * sizeof(*sections), (off_t)header->e_shoff) < 0)
		return -1;
	return fd;
}

static Elf64_Ehdr program_header(uint16_t sections)
{
	return (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_shoff = 4096,
		.e_shnum = sections,
		.e_shstrndx = 1,
	};
}

/* SIZE: of the symbols and of their names each. */
static int symbol_bomb(uint64_t size)
{
	const Elf64_Ehdr header = program_header(4);
	const Elf64_Shdr sections[] = {{.sh_type = SHT_NULL},
		{.sh_type = SHT_STRTAB, .sh_offset = 65536, .sh_size = size},
		{.sh_type = SHT_SYMTAB,
			.sh_offset = 65536,
			.sh_size = size,
			.sh_link = 1,
			.sh_entsize = sizeof(Elf64_Sym)},
		{.sh_type = SHT_DYNSYM,
			.sh_offset = 65536,
			.sh_size = size,
			.sh_link = 1,
			.sh_entsize = sizeof(Elf64_Sym)}};

	return write_program(&header, sections, 4, (off_t)(size < (1ull << 40) ? size : 1ull << 40) + 65536);
}

/* COUNT sections, all of them tables of symbols in the same place. */
static int section_bomb(uint16_t count)
{
	static Elf64_Shdr sections[65536];
	const Elf64_Ehdr header = program_header(count);

	for (size_t i = 1; i < count; i++)
		sections[i] = (Elf64_Shdr){.sh_type = i == 1 ? SHT_STRTAB : SHT_SYMTAB,
			.sh_offset = 1 << 23,
			.sh_size = 1 << 20,
			.sh_link = 1,
			.sh_entsize = sizeof(Elf64_Sym)};
	return write_program(&header, sections, count, 1 << 24);
}

/* The first section says how many there are, and where the names of all are. */
static int count_bomb(uint64_t count)
{
	Elf64_Ehdr header = program_header(0);
	const Elf64_Shdr first = {.sh_size = count, .sh_link = UINT32_MAX};

	header.e_shstrndx = SHN_XINDEX;
	return write_program(&header, &first, 1, 1 << 24);
}

static bool elf_bombs(const char *session)
{
	bool good = true;

	good &= refused("64 MiB of symbols", user_probe_of(session, symbol_bomb(64ull << 20)));
	good &= refused("1 TiB of symbols", user_probe_of(session, symbol_bomb(1ull << 40)));
	good &= refused("symbols of all sizes", user_probe_of(session, symbol_bomb(UINT64_MAX - 65535)));
	good &= refused("65000 tables of symbols", user_probe_of(session, section_bomb(65000)));
	good &= refused("2^60 sections", user_probe_of(session, count_bomb(1ull << 60)));
	good &= refused("all sections", user_probe_of(session, count_bomb(UINT64_MAX)));
	return none_was_slow() && good;
}

/* --- names, symbols and filters ----------------------------------------------------------------------------------- */

static long event_named(const char *session, int8_t type, const char *name, size_t len)
{
	const struct lengths lengths = {.name = (uint32_t)len};

	begin_event(type, &lengths);
	put(name, len);
	return send_event(session, -1);
}

static long probe_at(const char *session, const char *symbol, size_t len, uint64_t address)
{
	const struct lengths lengths = {
		.name = sizeof("p"), .probe = (uint32_t)(2 * sizeof(uint64_t) + sizeof(uint32_t) + len)};

	begin_event(TYPE_PROBE, &lengths);
	put("p", sizeof("p"));
	put_number(address, 8);
	put_number(UINT64_MAX, 8);
	put_number(len, 4);
	put(symbol, len);
	return send_event(session, -1);
}

static bool names(const char *session)
{
	static const char *const cases[] = {
		"sched_switch\n",
		"sched_switch\nsched_waking",
		"!sched_switch",
		":mod:all",
		"../../events/sched/sched_switch",
		"sched/../sched_switch",
		"%s%n",
		" ",
	};
	static const int8_t types[] = {-128, -2, 4, 7, 127};
	static char text[65536];
	bool good = true;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		good &= refused(cases[i], event_named(session, TYPE_TRACEPOINT, cases[i], strlen(cases[i]) + 1));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		good &= refused(cases[i], event_named(session, TYPE_SYSCALL, cases[i], strlen(cases[i]) + 1));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		good &= refused(cases[i], probe_at(session, cases[i], strlen(cases[i]) + 1, 0));
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		good &= refused("another type", event_named(session, types[i], NAME, sizeof(NAME)));
	memset(text, '*', sizeof(text) - 1);
	good &= refused("a name of 64 KiB", event_named(session, TYPE_TRACEPOINT, text, sizeof(text)));
	good &= refused("a symbol of 64 KiB", probe_at(session, text, sizeof(text), 0));
	good &= refused("a name without NUL", event_named(session, TYPE_TRACEPOINT, NAME, sizeof(NAME) - 1));
	good &= refused("no symbol and no address", probe_at(session, "", 1, 0));
	return none_was_slow() && good;
}

#define PROGRAM_HEADER 48u
/* "1": load it, return. Rules with one program are one: each has another number. */
static uint8_t program_code[] = {0x41, 1, 0, 0, 0, 0, 0, 0, 0, 1};
#define PROGRAM_SIZE (PROGRAM_HEADER + (uint32_t)sizeof(program_code))

/* The filter's program has PROGRAM_LEN bytes and a header that says PROGRAM_SAYS of code. */
static long filtered(const char *session, const char *filter, size_t len, uint32_t program_len, uint32_t program_says)
{
	static uint8_t program[PROGRAM_SIZE];
	const struct lengths lengths = {.name = sizeof(NAME), .filter = (uint32_t)len, .program = program_len};

	hostile_put32(program, program_says);
	hostile_put32(program + sizeof(uint32_t), program_says);
	program_code[1]++;
	memcpy(program + PROGRAM_HEADER, program_code, sizeof(program_code));
	begin_event(TYPE_TRACEPOINT, &lengths);
	put(NAME, sizeof(NAME));
	put(filter, len);
	put(program, program_len);
	return send_event(session, -1);
}

static long filter_of(const char *session, const char *filter, size_t len)
{
	return filtered(session, filter, len, PROGRAM_SIZE, sizeof(program_code));
}

/* PART again and again, up to 64 KiB. */
static long filter_repeats(const char *session, const char *part)
{
	static char text[65536];
	size_t len = strlen(part);

	memset(text, 0, sizeof(text));
	for (size_t at = 0; at + len < sizeof(text); at += len)
		memcpy(text + at, part, len);
	return filter_of(session, text, strlen(text) + 1);
}

static bool filters(const char *session)
{
	static const char *const cases[] = {"", "prev_tid ==", "== 1", "prev_tid == 1 &&", "prev_tid == 1)",
		"prev_tid == \"", "prev_tid == 99999999999999999999999999", "prev_tid == 1\n0", "$ctx.uid == 0",
		"prev_tid[0] == 1", "prev_tid == 1; echo"};
	static const char *const repeats[] = {
		"(", "!", "-", "~", "prev_tid == 1 && ", "a.", "\"", "\\", "prev_tid == 1 || !(", "9", "\xff"};
	static uint8_t garbage[4096];
	bool good = true;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		good &= refused(cases[i], filter_of(session, cases[i], strlen(cases[i]) + 1));
	for (size_t i = 0; i < sizeof(repeats) / sizeof(repeats[0]); i++)
		good &= refused(repeats[i], filter_repeats(session, repeats[i]));
	for (unsigned int i = 0; i < 50; i++) {
		hostile_fill(garbage, sizeof(garbage));
		/* A text. */
		for (size_t n = 0; n < sizeof(garbage); n++)
			garbage[n] |= !garbage[n];
		garbage[sizeof(garbage) - 1] = '\0';
		good &= refused("garbage", filter_of(session, (char *)garbage, sizeof(garbage)));
	}
	good &= refused("no program", filtered(session, "prev_tid == 1", 14, 0, 0));
	good &= refused("a program without end", filtered(session, "prev_tid == 1", 14, PROGRAM_HEADER, UINT32_MAX));
	good &= refused("a program that was cut", filtered(session, "prev_tid == 1", 14, 20, 8));
	/* Else all of the above may be refused for something else. */
	if (filter_of(session, "prev_tid == 1", sizeof("prev_tid == 1")) != DONE) {
		printf("an honest one is refused\n");
		good = false;
	}
	return none_was_slow() && good;
}

/* --- everything else ---------------------------------------------------------------------------------------------- */

/* What it is told may be done in part: that it goes on is all. */
static bool garbage(const char *session)
{
	static const uint32_t commands[] = {RF_CMD_ADD_CONTEXT, RF_CMD_DISABLE_CHANNEL, RF_CMD_DISABLE_EVENT,
		RF_CMD_ENABLE_CHANNEL, RF_CMD_ENABLE_EVENT, RF_CMD_TRACKER_ADD, RF_CMD_TRACKER_REMOVE,
		RF_CMD_TRACKER_GET_POLICY, RF_CMD_TRACKER_SET_POLICY, RF_CMD_TRACKER_GET_SET, RF_CMD_LIST_EVENTS};
	static uint8_t bytes[1024];
	const size_t count = sizeof(commands) / sizeof(commands[0]);

	for (uint32_t i = 0; i < 30 * count; i++) {
		uint32_t command = commands[i % count];
		struct hostile_envelope *e = kernel_envelope(command, session);
		bool tracker = command == RF_CMD_TRACKER_ADD || command == RF_CMD_TRACKER_REMOVE;
		uint32_t len = i % 11 * 10;

		hostile_fill(bytes, sizeof(bytes));
		hostile_fill(e->bytes + RF_ENVELOPE_ARGS, i % 2 ? RF_ENVELOPE_ARGS_SIZE : 256);
		if (i % 3 == 0) /* numbers of kinds that there are, lengths that fit */
			memset(bytes, (int)(i % 5), 60);
		if (tracker || command == RF_CMD_TRACKER_GET_POLICY || command == RF_CMD_TRACKER_GET_SET)
			hostile_put32(e->bytes + RF_ENVELOPE_ARGS, i % 8);
		hostile_put32(e->bytes + RF_ENVELOPE_ARGS +
				(tracker                                           ? 16
						: command == RF_CMD_ENABLE_CHANNEL ? 0
										   : 256),
			len);
		if (hostile_ask(e, bytes, len, -1) == SAID_NOTHING) {
			printf("command %u: no answer\n", command);
			return false;
		}
	}
	return true;
}

static const struct hostile_attack attacks[] = {
	{"not-permitted", not_permitted},
	{"user-probes", user_probes},
	{"elf-bombs", elf_bombs},
	{"names", names},
	{"filters", filters},
	{"garbage", garbage},
};

int main(int argc, char **argv)
{
	return hostile_main(argc, argv, attacks, sizeof(attacks) / sizeof(attacks[0]));
}

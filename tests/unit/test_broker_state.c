/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine's state as the broker has it read: the parsers, and the records of this machine. */
#include "policy/broker/state_reader.h"

#include "policy/broker/state_reads.h"
#include "tests/unit/kernel_bench.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(broker_state, threads)
{
	struct rf_state_process process;

	cr_assert(rf_state_parse_stat("42 (a) b (c) S 7 42 42 0 -1 1077936384 1 2 3 4 5 6 7 8 20 0 1 0 100 200 300 "
				      "18446744073709551615 1 2 3 4 5 6 7 8 9 10 0 0 17 3 0 0 0 0 0\n",
		&process));
	cr_expect_eq(process.tid, 42);
	cr_expect_eq(process.ppid, 7);
	cr_expect_str_eq(process.name, "a) b (c");
	cr_expect_eq(process.priority, 20);
	cr_expect_eq(process.status, RF_PROCESS_WAIT);
	cr_expect_eq(process.kernel_thread, 0);
	cr_expect_eq(process.cpu, 3);
	cr_assert(rf_state_parse_stat("9 (r) S 7 0 0 0 -1 0 0 0 0 0 0 0 0 0 -51 0 1\n", &process));
	cr_expect_eq(process.priority, -51);
	cr_assert(rf_state_parse_stat("2 (kthreadd) R 0 0 0 0 -1 2129984 0\n", &process));
	cr_expect_eq(process.kernel_thread, 1);
	cr_expect_eq(process.status, RF_PROCESS_WAIT_CPU);
	cr_expect_eq(process.cpu, 0);
	cr_assert(rf_state_parse_stat("3 (kworker/u8:2-ext4) I 2 0 0 0 -1 2129984 0\n", &process));
	cr_expect_str_eq(process.name, "kworker/u8:2");
	cr_assert(rf_state_parse_stat("3 (kworker/R-ext4) I 2 0 0 0 -1 2129984 0\n", &process));
	cr_expect_str_eq(process.name, "kworker/R-ext4");
	cr_assert(rf_state_parse_stat("3 (kworker/1:2-mine) I 2 0 0 0 -1 0 0\n", &process));
	cr_expect_str_eq(process.name, "kworker/1:2-mine", "somebody calls himself so");
	cr_expect_not(rf_state_parse_stat("", &process));
	cr_expect_not(rf_state_parse_stat("42 (", &process));
	cr_expect_not(rf_state_parse_stat("42 )(", &process));
	cr_expect_not(rf_state_parse_stat("42 (a)", &process));
	cr_expect_not(rf_state_parse_stat("42 (a) ", &process));
	cr_expect_not(rf_state_parse_stat("0 (a) S 1", &process));
}

Test(broker_state, interrupts)
{
	struct rf_state_interrupt interrupt;

	cr_assert(rf_state_parse_interrupt("  4:   0   123   IO-APIC   4-edge      ttyS0, x y\n", 2, &interrupt));
	cr_expect_eq(interrupt.irq, 4);
	cr_expect_str_eq(interrupt.name, "IO-APIC");
	cr_expect_str_eq(interrupt.action, "ttyS0, x y");
	cr_expect_not(rf_state_parse_interrupt("NMI:   0   0   Non-maskable interrupts\n", 2, &interrupt));
	cr_expect_not(rf_state_parse_interrupt("  4:   0   IO-APIC   4-edge      ttyS0\n", 2, &interrupt));
	cr_expect_not(rf_state_parse_interrupt("  4:   0   0   IO-APIC   4-edge\n", 2, &interrupt));
	cr_expect_not(rf_state_parse_interrupt("  4:", 2, &interrupt));
	cr_expect_not(rf_state_parse_interrupt("", 0, &interrupt));
}

Test(broker_state, processors)
{
	struct rf_state_cpu cpu = {0};

	cr_expect(rf_state_parse_cpu("processor\t: 3\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("vendor_id\t: GenuineX\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("cpu family\t: 6\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("model\t\t: 85\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("model name\t: X (R) Y: 2 GHz\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("physical id\t: 1\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("core id\t\t: 2\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("cpu cores\t: 4\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("\n", &cpu));
	cr_expect_not(rf_state_parse_cpu("flags : a b\n", &cpu));
	cr_expect_eq(cpu.cpu, 3);
	cr_expect_str_eq(cpu.vendor, "GenuineX");
	cr_expect_eq(cpu.family, 6);
	cr_expect_eq(cpu.model, 85);
	cr_expect_str_eq(cpu.model_name, "X (R) Y: 2 GHz");
	cr_expect_eq(cpu.physical, 1);
	cr_expect_eq(cpu.core, 2);
	cr_expect_eq(cpu.cores, 4);
}

static int ask(struct kernel_bench *bench)
{
	struct rf_writer nothing = bench_body();

	return bench_ask(bench, BENCH_KERNEL, RF_BROKER_READ_STATE, &nothing, -1);
}

Test(broker_state, this_machine)
{
	struct kernel_bench *bench = bench_with(-1, RF_TRACER_CHOOSE_TRACEFS);
	uint32_t kinds[RF_STATE_CPU + 1] = {0};
	bool self = false;
	uint64_t last = 0;
	bool ended = false;
	FILE *in;
	uint8_t header[RF_STATE_HEADER];
	uint8_t body[RF_STATE_BODY_MAX];

	if (geteuid() != 0)
		cr_skip_test("not root");

	char pids[64] = "";

	cr_assert_gt(readlink("/proc/self/ns/pid", pids, sizeof(pids) - 1), 0);

	bool local = strcmp(pids, "pid:[4026531836]") != 0;

	bench->broker.consumer_identity = (struct rf_identity){.uid = 54321, .gid = 54321};
	cr_assert_eq(ask(bench), 0);
	cr_assert_eq(bench->reply.fd_count, 1);
	in = fdopen(rf_frame_take_fd(&bench->reply, 0), "r");
	while (fread(header, sizeof(header), 1, in) == 1) {
		struct rf_state_process process;
		struct rf_reader r;
		uint32_t size;
		uint32_t kind;
		uint64_t when;

		rf_reader_init(&r, header, sizeof(header), RF_HOST_ORDER);
		size = rf_read_u32(&r);
		kind = rf_read_u32(&r);
		when = rf_read_u64(&r);
		cr_assert(!ended && size <= sizeof(body) && kind >= RF_STATE_END && kind <= RF_STATE_CPU);
		cr_assert(when >= last && when <= rf_now());
		last = when;
		cr_assert(!size || fread(body, size, 1, in) == 1);
		kinds[kind]++;
		ended = kind == RF_STATE_END;
		rf_reader_init(&r, body, size, RF_HOST_ORDER);
		if (kind != RF_STATE_PROCESS)
			continue;
		cr_assert(rf_state_process_decode(&r, &process));
		self |= process.tid == getpid() && process.pid == getpid() && process.ppid == getppid();
		cr_assert_eq(process.local, local);
	}
	fclose(in);
	cr_expect(ended);
	cr_expect(self);
	cr_expect_gt(kinds[RF_STATE_PROCESS], 5);
	cr_expect_eq(kinds[RF_STATE_CPU], (uint32_t)sysconf(_SC_NPROCESSORS_ONLN));
	cr_expect_gt(kinds[RF_STATE_INTERFACE], 0);
	bench_free(bench);
}

Test(broker_state, few_at_a_time)
{
	struct kernel_bench *bench = bench_with(-1, RF_TRACER_CHOOSE_TRACEFS);
	int held[RF_STATE_READS_MAX];
	int status;
	pid_t pid;

	if (geteuid() != 0)
		cr_skip_test("not root");
	bench->broker.consumer_identity = (struct rf_identity){.uid = 54321, .gid = 54321};
	for (unsigned int i = 0; i < RF_STATE_READS_MAX; i++) {
		cr_assert_eq(ask(bench), 0);
		held[i] = rf_frame_take_fd(&bench->reply, 0);
	}
	cr_expect_eq(ask(bench), -EAGAIN);
	for (unsigned int i = 0; i < RF_STATE_READS_MAX; i++)
		close(held[i]);
	/* Whom nobody reads any more ends. */
	while (bench->broker.state_read_count && (pid = waitpid(-1, &status, 0)) > 0)
		rf_state_reads_reap(&bench->broker, pid, status);
	cr_expect_eq(bench->broker.state_read_count, 0);
	cr_expect_eq(ask(bench), 0);
	while (bench->broker.state_read_count && (pid = waitpid(-1, &status, 0)) > 0)
		rf_state_reads_reap(&bench->broker, pid, status);
	bench_free(bench);
}

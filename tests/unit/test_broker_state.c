/* SPDX-License-Identifier: GPL-2.0-only */
/* What /proc tells of the machine. */
#include "policy/broker/kernel_state.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

Test(broker_state, threads)
{
	struct rf_state_process p;

	cr_assert(rf_state_parse_thread("31 (kworker/1:1H-kb) I 2 0 0 0 -1 69238880 0 0 0 0 0 1 0 0 0 -20 1 0 44 0 0 "
					"18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 1 0 0 0 0 0\n",
		31, &p));
	cr_expect(p.tid == 31 && p.pid == 31 && p.ppid == 2 && p.kernel_thread && p.cpu == 1);
	cr_expect_str_eq(p.name, "kworker/1:1H-kb");
	/* A name that tries to be something else. */
	cr_assert(rf_state_parse_thread("12 (x) R 1 (y) S 7 0 0 0 -1 4194304 0 0 0 0 0 1 0 0 0 20 1 0 44 0 0 "
					"18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 3 0 0 0 0 0\n",
		11, &p));
	cr_expect(p.tid == 12 && p.pid == 11 && p.ppid == 7 && !p.kernel_thread && p.cpu == 3);
	cr_expect_str_eq(p.name, "x) R 1 (y");
	cr_expect_eq(p.status, RF_PROCESS_WAIT);
	cr_expect_not(rf_state_parse_thread("", 1, &p));
	cr_expect_not(rf_state_parse_thread("1 (a", 1, &p));
	cr_expect_not(rf_state_parse_thread("1 )a( R 1", 1, &p));
	cr_expect_not(rf_state_parse_thread("1 (a) R 1 2 3", 1, &p));
	cr_expect_not(rf_state_parse_thread("1 (a)", 1, &p));
}

Test(broker_state, interrupts)
{
	struct rf_state_interrupt i;

	cr_assert(rf_state_parse_interrupt("   9:          0         12   IO-APIC   9-fasteoi   acpi, other", 2, &i));
	cr_expect_eq(i.irq, 9);
	cr_expect_str_eq(i.name, "IO-APIC");
	cr_expect_str_eq(i.action, "acpi, other");
	cr_expect_not(rf_state_parse_interrupt(" NMI:          0          0   Non-maskable interrupts", 2, &i));
	cr_expect_not(rf_state_parse_interrupt("  24:          0          0   PCI-MSI 512000-edge", 2, &i), "nobody");
	cr_expect_not(rf_state_parse_interrupt("  24: 1", 2, &i));
	cr_expect_not(rf_state_parse_interrupt("", 2, &i));
}

Test(broker_state, block_devices)
{
	struct rf_state_block_device b;

	cr_assert(rf_state_parse_block_device(" 254        1  134216704 vda1", &b));
	cr_expect_eq(b.dev, 254u << 20 | 1);
	cr_expect_str_eq(b.name, "vda1");
	cr_expect_not(rf_state_parse_block_device("major minor  #blocks  name", &b));
	cr_expect_not(rf_state_parse_block_device("", &b));
}

Test(broker_state, processors)
{
	static const char *const lines[] = {"processor\t: 1", "vendor_id\t: AuthenticAMD", "cpu family\t: 25",
		"model\t\t: 17", "model name\t: AMD EPYC", "physical id\t: 1", "core id\t\t: 3", "cpu cores\t: 4"};
	struct rf_state_cpu cpu = {0};

	cr_expect_not(rf_state_parse_cpu("", &cpu), "nothing yet");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_not(rf_state_parse_cpu(lines[i], &cpu));
	cr_expect(rf_state_parse_cpu("", &cpu));
	cr_expect(cpu.cpu == 1 && cpu.family == 25 && cpu.model == 17 && cpu.physical == 1 && cpu.core == 3 &&
		cpu.cores == 4);
	cr_expect_str_eq(cpu.vendor, "AuthenticAMD");
	cr_expect_str_eq(cpu.model_name, "AMD EPYC");
}

/* The records of this machine: we are in them, and they are complete. */
Test(broker_state, this_machine)
{
	int fd = rf_kernel_state_read();
	size_t room = 16u << 20;
	uint8_t *bytes = malloc(room);
	size_t len = 0;
	ssize_t got;
	size_t counts[RF_STATE_CPU + 1] = {0};
	bool found = false;
	struct rf_reader r;

	cr_assert_geq(fd, 0);
	while ((got = read(fd, bytes + len, room - len)) > 0)
		len += (size_t)got;
	close(fd);
	rf_reader_init(&r, bytes, len, RF_HOST_ORDER);
	while (rf_reader_left(&r)) {
		uint32_t size = rf_read_u32(&r);
		uint32_t kind = rf_read_u32(&r);
		struct rf_state_process p;

		cr_expect_gt(rf_read_u64(&r), 0);
		cr_assert(size <= RF_STATE_BODY_MAX && kind && kind <= RF_STATE_CPU);

		struct rf_reader body = rf_read_sub(&r, size);

		cr_assert(rf_reader_ok(&r));
		counts[kind]++;
		if (kind == RF_STATE_PROCESS) {
			cr_assert(rf_state_process_decode(&body, &p));
			found |= p.tid == getpid() && p.ppid == getppid();
		}
	}
	cr_expect(found);
	cr_expect_eq(counts[RF_STATE_END], 1);
	cr_expect_eq(counts[RF_STATE_CPU], (size_t)sysconf(_SC_NPROCESSORS_ONLN));
	free(bytes);
}

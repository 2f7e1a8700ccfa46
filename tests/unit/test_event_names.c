/* SPDX-License-Identifier: GPL-2.0-only */
/* What clients call the events of the kernel's tracer, and which of them a rule selects. */
#include "common/names.h"
#include "sessiond/kernel/event_catalogue.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void expect_name(const char *system, const char *event, const char *expected)
{
	char name[RF_KERNEL_NAME_SIZE];

	cr_assert(rf_kernel_event_name(system, event, name), "%s:%s", system, event);
	cr_expect_str_eq(name, expected);
}

Test(event_names, table)
{
	static const char *const rows[][3] = {
		{"sched", "sched_switch", "sched_switch"},
		{"irq", "irq_handler_entry", "irq_handler_entry"},
		{"irq", "softirq_entry", "irq_softirq_entry"},
		{"timer", "hrtimer_start", "timer_hrtimer_start"},
		{"timer", "timer_start", "timer_start"},
		{"timer", "itimer_state", "timer_itimer_state"},
		{"kmem", "kmalloc", "kmem_kmalloc"},
		{"kmem", "kmem_cache_alloc", "kmem_cache_alloc"},
		{"kmem", "mm_page_alloc_extfrag", "kmem_mm_page_alloc_extfrag"},
		{"net", "netif_receive_skb", "net_if_receive_skb"},
		{"net", "netif_rx_entry", "net_if_rx_entry"},
		{"net", "napi_gro_receive_exit", "net_napi_gro_receive_exit"},
		{"net", "net_dev_queue", "net_dev_queue"},
		{"skb", "consume_skb", "skb_consume"},
		{"skb", "kfree_skb", "skb_kfree"},
		{"power", "cpu_idle", "power_cpu_idle"},
		{"power", "wakeup_source_activate", "power_wakeup_source_activate"},
		{"printk", "console", "printk_console"},
		{"writeback", "global_dirty_state", "writeback_global_dirty_state"},
		{"writeback", "writeback_wait", "writeback_wait"},
		{"compaction", "mm_compaction_begin", "compaction_begin"},
		{"vmscan", "mm_shrink_slab_start", "mm_vmscan_shrink_slab_start"},
		{"preemptirq", "irq_enable", "preemptirq_irq_enable"},
		{"irq_vectors", "local_timer_entry", "x86_irq_vectors_local_timer_entry"},
		{"irq_vectors", "vector_alloc", "vector_alloc"},
		{"exceptions", "page_fault_user", "x86_exceptions_page_fault_user"},
		{"kvm", "kvm_exit", "kvm_x86_exit"},
		{"kvm", "kvm_userspace_exit", "kvm_userspace_exit"},
		{"kvm", "kvm_try_async_get_page", "kvm_try_async_get_page"},
		{"syscalls", "sys_enter_openat", "syscall_entry_openat"},
		{"syscalls", "sys_exit_openat", "syscall_exit_openat"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_name(rows[i][0], rows[i][1], rows[i][2]);
}

Test(event_names, none_of_theirs)
{
	char name[RF_KERNEL_NAME_SIZE];
	char longest[2 * RF_KERNEL_NAME_SIZE];

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	cr_expect_not(rf_kernel_event_name("ftrace", "function", name));
	cr_expect_not(rf_kernel_event_name("sched", longest, name));
	cr_expect_not(rf_kernel_event_name("compaction", "", name));
}

Test(event_names, stars)
{
	cr_expect(rf_star_match("*", ""));
	cr_expect(rf_star_match("sched_*", "sched_switch"));
	cr_expect(rf_star_match("*_s*ch", "sched_switch"));
	cr_expect(rf_star_match("a*b*c", "a-b-b-c"));
	cr_expect(rf_star_match("a\\*", "a*"));
	cr_expect_not(rf_star_match("a\\*", "ab"));
	cr_expect_not(rf_star_match("sched_*", "xsched_switch"));
	cr_expect_not(rf_star_match("a*b*c", "a-b-b"));
	cr_expect_not(rf_star_match("", "x"));
	cr_expect_not(rf_star_match("x", ""));
}

static const char available[] =
	"sched:sched_switch\nirq:softirq_entry\nsyscalls:sys_enter_read\nsyscalls:sys_exit_read\nsyscalls:sys_enter_"
	"readv\n"
	"xfs:xfs_ilock\nftrace:function\nno colon\nbad name:x\nx:y/z\n:x\nx:\nbtrfs:btrfs_sync_fs";

static struct rf_kernel_catalogue catalogue;

static void begin(void)
{
	cr_assert_eq(rf_kernel_catalogue_parse(&catalogue, available, sizeof(available) - 1), 0);
}

static void end(void)
{
	rf_kernel_catalogue_free(&catalogue);
}

TestSuite(event_catalogue, .init = begin, .fini = end);

static void expect_selected(enum rf_event_type type, const char *pattern, const char *expected)
{
	struct rf_event_rule rule = {.type = type};
	char names[1024] = "";

	snprintf(rule.name, sizeof(rule.name), "%s", pattern);
	for (size_t i = 0; i < catalogue.count; i++) {
		if (!rf_kernel_event_selected(&rule, &catalogue.events[i]))
			continue;
		strcat(names, names[0] ? " " : "");
		strcat(names, catalogue.events[i].id);
	}
	cr_expect_str_eq(names, expected, "%s: %s", pattern, names);
}

Test(event_catalogue, lines_that_are_events)
{
	cr_assert_eq(catalogue.count, 7);
	cr_expect_str_eq(catalogue.events[6].name, "btrfs_sync_fs");
}

Test(event_catalogue, tracepoints)
{
	expect_selected(RF_EVENT_TRACEPOINT, "sched_switch", "sched:sched_switch");
	expect_selected(RF_EVENT_TRACEPOINT, "irq_*", "irq:softirq_entry");
	expect_selected(RF_EVENT_TRACEPOINT, "softirq_entry", "");
	expect_selected(RF_EVENT_TRACEPOINT, "xfs_*", "xfs:xfs_ilock");
	expect_selected(RF_EVENT_TRACEPOINT, "*", "sched:sched_switch irq:softirq_entry btrfs:btrfs_sync_fs");
	expect_selected(RF_EVENT_TRACEPOINT, "syscall_entry_read", "");
}

Test(event_catalogue, system_calls)
{
	expect_selected(RF_EVENT_SYSCALL, "read", "syscalls:sys_enter_read syscalls:sys_exit_read");
	expect_selected(RF_EVENT_SYSCALL, "*v", "syscalls:sys_enter_readv");
	expect_selected(RF_EVENT_SYSCALL, "sched_switch", "");
}

Test(event_catalogue, everything_is_what_clients_know)
{
	expect_selected(RF_EVENT_ALL, "*",
		"sched:sched_switch irq:softirq_entry syscalls:sys_enter_read syscalls:sys_exit_read "
		"syscalls:sys_enter_readv btrfs:btrfs_sync_fs");
}

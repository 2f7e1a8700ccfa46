/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/event_names.h"

#include "common/names.h"

#include <stdio.h>
#include <string.h>

#define SYSCALL_ENTRY "syscall_entry_"
#define SYSCALL_EXIT "syscall_exit_"

/* EVENT, a pattern: TAKE is taken off its front, and PUT is put there. The first that fits counts. */
struct naming {
	const char *system;
	const char *event;
	const char *take;
	const char *put;
};

static const struct naming namings[] = {
	{"syscalls", "sys_enter_*", "sys_enter_", SYSCALL_ENTRY},
	{"syscalls", "sys_exit_*", "sys_exit_", SYSCALL_EXIT},
	{"irq", "softirq_*", "", "irq_"},
	{"timer", "hrtimer_*", "", "timer_"},
	{"timer", "itimer_*", "", "timer_"},
	{"kmem", "kmalloc", "", "kmem_"},
	{"kmem", "kmalloc_node", "", "kmem_"},
	{"kmem", "kfree", "", "kmem_"},
	{"kmem", "mm_page_*", "", "kmem_"},
	{"net", "netif_*", "netif", "net_if"},
	{"net", "napi_gro_*", "", "net_"},
	{"skb", "consume_skb", "consume_skb", "skb_consume"},
	{"skb", "kfree_skb", "kfree_skb", "skb_kfree"},
	{"power", "cpu_idle", "", "power_"},
	{"power", "cpu_frequency", "", "power_"},
	{"power", "machine_suspend", "", "power_"},
	{"power", "wakeup_source_*", "", "power_"},
	{"power", "clock_*", "", "power_"},
	{"printk", "console", "", "printk_"},
	{"writeback", "balance_dirty_pages", "", "writeback_"},
	{"writeback", "global_dirty_state", "", "writeback_"},
	{"writeback", "bdi_dirty_ratelimit", "", "writeback_"},
	{"compaction", "mm_compaction_*", "mm_", ""},
	{"vmscan", "mm_shrink_slab_*", "mm_", "mm_vmscan_"},
	{"preemptirq", "*", "", "preemptirq_"},
	{"random", "*", "", "random_"},
	{"asoc", "snd_soc_*", "", "asoc_"},
	{"regmap", "regcache_sync", "", "regmap_"},
	{"irq_vectors", "*_entry", "", "x86_irq_vectors_"},
	{"irq_vectors", "*_exit", "", "x86_irq_vectors_"},
	{"exceptions", "*", "", "x86_exceptions_"},
	/* Of virtual machines on any architecture. */
	{"kvm", "kvm_userspace_exit", "", ""},
	{"kvm", "kvm_vcpu_wakeup", "", ""},
	{"kvm", "kvm_set_irq", "", ""},
	{"kvm", "kvm_ioapic_*", "", ""},
	{"kvm", "kvm_msi_set_irq", "", ""},
	{"kvm", "kvm_ack_irq", "", ""},
	{"kvm", "kvm_mmio", "", ""},
	{"kvm", "kvm_iocsr", "", ""},
	{"kvm", "kvm_fpu", "", ""},
	{"kvm", "kvm_*_async_*", "", ""},
	{"kvm", "kvm_async_*", "", ""},
	{"kvm", "kvm_halt_poll_ns*", "", ""},
	{"kvm", "kvm_dirty_ring_*", "", ""},
	{"kvm", "kvm_*_hva*", "", ""},
	{"kvm", "kvm_age_*", "", ""},
	/* And those of x86. */
	{"kvm", "kvm_*", "kvm_", "kvm_x86_"},
};

static const char *const systems_in_all[] = {
	"asoc",
	"block",
	"btrfs",
	"compaction",
	"exceptions",
	"ext4",
	"gpio",
	"i2c",
	"irq",
	"irq_vectors",
	"jbd2",
	"kmem",
	"kvm",
	"kvmmmu",
	"module",
	"napi",
	"net",
	"power",
	"preemptirq",
	"printk",
	"random",
	"rcu",
	"regmap",
	"regulator",
	"rpm",
	"sched",
	"scsi",
	"signal",
	"skb",
	"sock",
	"sunrpc",
	"timer",
	"udp",
	"v4l2",
	"vb2",
	"vmscan",
	"workqueue",
	"writeback",
};

bool rf_kernel_event_name(const char *system, const char *event, char out[static RF_KERNEL_NAME_SIZE])
{
	const char *put = "";

	if (!*event || strcmp(system, "ftrace") == 0)
		return false;
	for (size_t i = 0; i < sizeof(namings) / sizeof(namings[0]); i++) {
		const struct naming *n = &namings[i];

		if (strcmp(n->system, system) != 0 || !rf_star_match(n->event, event))
			continue;
		event += strlen(n->take);
		put = n->put;
		break;
	}
	return (size_t)snprintf(out, RF_KERNEL_NAME_SIZE, "%s%s", put, event) < RF_KERNEL_NAME_SIZE;
}

enum rf_kernel_event_kind rf_kernel_event_kind(const char *system, const char *event)
{
	if (strcmp(system, "syscalls") != 0)
		return RF_KERNEL_TRACEPOINT;
	if (strncmp(event, "sys_enter_", 10) == 0)
		return RF_KERNEL_SYSCALL_ENTRY;
	return strncmp(event, "sys_exit_", 9) == 0 ? RF_KERNEL_SYSCALL_EXIT : RF_KERNEL_TRACEPOINT;
}

const char *rf_kernel_syscall_name(const char *name)
{
	if (strncmp(name, SYSCALL_ENTRY, sizeof(SYSCALL_ENTRY) - 1) == 0)
		return name + sizeof(SYSCALL_ENTRY) - 1;
	if (strncmp(name, SYSCALL_EXIT, sizeof(SYSCALL_EXIT) - 1) == 0)
		return name + sizeof(SYSCALL_EXIT) - 1;
	return name;
}

bool rf_kernel_system_in_all(const char *system)
{
	for (size_t i = 0; i < sizeof(systems_in_all) / sizeof(systems_in_all[0]); i++)
		if (strcmp(systems_in_all[i], system) == 0)
			return true;
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/module_names.h"

#include <stddef.h>

const struct rf_control_module rf_control_modules[] = {
	{"lttng-wrapper", false},
	{"lttng-statedump", false},
	{"lttng-uprobes", false},
	{"lttng-kprobes", false},
	{"lttng-kretprobes", false},
	{"lttng-clock", false},
	{"lttng-lib-ring-buffer", true},
	{"lttng-ring-buffer-client-discard", true},
	{"lttng-ring-buffer-client-overwrite", true},
	{"lttng-ring-buffer-metadata-client", true},
	{"lttng-ring-buffer-client-mmap-discard", true},
	{"lttng-ring-buffer-client-mmap-overwrite", true},
	{"lttng-ring-buffer-metadata-mmap-client", true},
	{"lttng-ring-buffer-event_notifier-client", false},
	{"lttng-counter-client-percpu-64-modular", false},
	{"lttng-counter-client-percpu-32-modular", false},
	{NULL, false},
};

/* clang-format off */
const char *const rf_probe_modules[] = {
	"asoc", "block", "btrfs", "compaction", "ext3", "ext4", "gpio", "i2c", "irq", "jbd", "jbd2", "kmem", "kvm",
	"kvm-x86", "kvm-x86-mmu", "lock", "module", "napi", "net", "power", "preemptirq", "printk", "random", "rcu",
	"regmap", "regulator", "rpm", "sched", "scsi", "signal", "skb", "sock", "statedump", "sunrpc", "timer", "udp",
	"vmscan", "v4l2", "workqueue", "writeback", "x86-irq-vectors", "x86-exceptions", NULL,
};
/* clang-format on */

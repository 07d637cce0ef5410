// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>

#include "symbol.h"

/**
 * symbol_address() - find a function that the kernel does not export
 * @name: the symbol
 * @address: where it is put
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOENT if this kernel has no such function (it may have been
 * inlined away), or the errno of register_kprobe().
 */
int symbol_address(const char *name, unsigned long *address)
{
	struct kprobe probe = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err)
		return err;
	*address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

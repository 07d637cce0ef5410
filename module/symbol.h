/* SPDX-License-Identifier: GPL-2.0 */
/* Functions that the kernel does not export, by their names. */
#ifndef SWAPREAP_SYMBOL_H
#define SWAPREAP_SYMBOL_H

int symbol_address(const char *name, unsigned long *address);

/**
 * symbol_find() - point a static call at a function of the kernel
 * @call: the static call
 * @name: the function
 *
 * A static call is a direct call on x86, so it may land behind the ENDBR of a
 * function that IBT guards. kprobes report that place as the function's address.
 *
 * Context: Process context, may sleep.
 * Return: whether the kernel has it.
 */
#define symbol_find(call, name)						\
({									\
	unsigned long address_;						\
	bool found_ = !symbol_address(name, &address_);			\
									\
	if (found_)							\
		static_call_update(call, (void *)address_);		\
	found_;								\
})

#endif

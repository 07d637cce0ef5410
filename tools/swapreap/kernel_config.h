/* SPDX-License-Identifier: GPL-2.0 */
/* How the kernel was configured, from wherever that is kept. */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct kernel_option - an option that is asked for
 * @name: with CONFIG_
 * @set: whether it is y or m
 */
struct kernel_option {
	const char *name;
	bool set;
};

bool kernel_config_read(const char *release, struct kernel_option *options,
			size_t nr);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* What the module said to the kernel's log. */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>

bool kernel_log_each(void (*line)(const char *text, void *arg), void *arg);
char *kernel_log_reason(const char *release);
char *module_file(const char *release);

#endif

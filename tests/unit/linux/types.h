/* SPDX-License-Identifier: GPL-2.0 */
/* What module/batch.[ch] takes from the kernel's header, for the host. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

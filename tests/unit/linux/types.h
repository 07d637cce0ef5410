/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TYPES_H
#define TYPES_H

/* What module/batch.h and leaf.h take from the kernel's header, for the host. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

#endif

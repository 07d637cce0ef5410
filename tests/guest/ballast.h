/* SPDX-License-Identifier: GPL-2.0 */
/* Makes memory short: takes pages that the kernel cannot reclaim. */
#ifndef BALLAST_H
#define BALLAST_H

#include <stddef.h>

/* Call this before the others. */
void ballast_init(void);
/* Take @size bytes in ordinary pages. */
void take_memory(size_t size);
/* Return how many bytes can be taken before the kernel has to reclaim. */
size_t memory_left(void);
/* Leave @size bytes of these. Takes huge pages first, they are quicker to take. */
void take_all_but(size_t size);
/* Take ordinary pages until the value of @key in /proc/meminfo is @size bytes. */
void take_until(const char *key, size_t size);
/* The same with huge pages, as far as the kernel has any. */
void take_huge_until(const char *key, size_t size);
/* Give the ordinary pages back. Call ballast_init() before taking more. */
void ballast_drop(void);
/* Give back the huge pages, too. */
void give_all_back(void);

#endif

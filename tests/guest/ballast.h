/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that nobody can reclaim, so that little of the rest is free. */
#ifndef BALLAST_H
#define BALLAST_H

#include <stddef.h>

/* To be called before the others. */
void ballast_init(void);
/* Takes @size bytes in pages that stay until ballast_drop(). */
void take_memory(size_t size);
/* Bytes that can be taken before the kernel has to reclaim. */
size_t memory_left(void);
/* Leaves @size bytes of that. */
void take_all_but(size_t size);
/* Leaves @size bytes of what /proc/meminfo calls @key; takes no huge pages. */
void take_until(const char *key, size_t size);
/* The same in huge pages, as far as there are any. */
void take_huge_until(const char *key, size_t size);
/* Gives back what is not in huge pages; ballast_init() starts anew. */
void ballast_drop(void);
/* Gives all back. */
void give_all_back(void);

#endif

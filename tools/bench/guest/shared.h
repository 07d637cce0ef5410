/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that processes started from now on share. */
#ifndef SHARED_H
#define SHARED_H

#include <stddef.h>

void *shared_create(size_t size);
void shared_destroy(void *memory, size_t size);

#endif

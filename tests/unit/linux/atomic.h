/* SPDX-License-Identifier: GPL-2.0 */
/* What module/leaf.h takes from the kernel's header, for the host. */
#include <linux/types.h>

typedef struct {
	u64 counter;
} atomic64_t;

static inline u64 atomic64_read(const atomic64_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline u64 atomic64_fetch_or(u64 bits, atomic64_t *v)
{
	return __atomic_fetch_or(&v->counter, bits, __ATOMIC_SEQ_CST);
}

static inline u64 atomic64_xchg(atomic64_t *v, u64 bits)
{
	return __atomic_exchange_n(&v->counter, bits, __ATOMIC_SEQ_CST);
}

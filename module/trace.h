/* SPDX-License-Identifier: GPL-2.0 */
/* Trace events: a scope's begin and end, what a worker drained, and fallbacks. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM swapreap

#if !defined(SWAPREAP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SWAPREAP_TRACE_H

#include <linux/string.h>
#include <linux/time64.h>
#include <linux/tracepoint.h>

#include "stats.h"

TRACE_EVENT(scope_begin,
	TP_PROTO(int node, unsigned long entries),
	TP_ARGS(node, entries),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, entries)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->entries = entries;
	),
	TP_printk("node=%d entries=%lu", __entry->node, __entry->entries)
);

TRACE_EVENT(scope_end,
	TP_PROTO(int node, unsigned long diverted, unsigned long in_place,
		 u64 exit_ns),
	TP_ARGS(node, diverted, in_place, exit_ns),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, diverted)
		__field(unsigned long, in_place)
		__field(u64, exit_ns)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->diverted = diverted;
		__entry->in_place = in_place;
		__entry->exit_ns = exit_ns;
	),
	TP_printk("node=%d diverted=%lu in_place=%lu exit_us=%llu",
		  __entry->node, __entry->diverted, __entry->in_place,
		  __entry->exit_ns / NSEC_PER_USEC)
);

TRACE_EVENT(drain,
	TP_PROTO(int node, unsigned long pages, unsigned long runs,
		 unsigned long calls, u64 age_ns, u64 drain_ns),
	TP_ARGS(node, pages, runs, calls, age_ns, drain_ns),
	TP_STRUCT__entry(
		__field(int, node)
		__field(unsigned long, pages)
		__field(unsigned long, runs)
		__field(unsigned long, calls)
		__field(u64, age_ns)
		__field(u64, drain_ns)
	),
	TP_fast_assign(
		__entry->node = node;
		__entry->pages = pages;
		__entry->runs = runs;
		__entry->calls = calls;
		__entry->age_ns = age_ns;
		__entry->drain_ns = drain_ns;
	),
	TP_printk("node=%d pages=%lu runs=%lu calls=%lu age_us=%llu drain_us=%llu",
		  __entry->node, __entry->pages, __entry->runs, __entry->calls,
		  __entry->age_ns / NSEC_PER_USEC,
		  __entry->drain_ns / NSEC_PER_USEC)
);

TRACE_EVENT(fallback,
	TP_PROTO(enum fallback why, unsigned long pages),
	TP_ARGS(why, pages),
	TP_STRUCT__entry(
		__array(char, reason, FALLBACK_NAME_SIZE)
		__field(unsigned long, pages)
	),
	TP_fast_assign(
		strscpy(__entry->reason, fallback_names[why],
			FALLBACK_NAME_SIZE);
		__entry->pages = pages;
	),
	TP_printk("reason=%s pages=%lu", __entry->reason, __entry->pages)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

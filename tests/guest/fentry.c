// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fentry.h"
#include "util.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* Bytes that follow a type; include/uapi/linux/btf.h. */
static size_t tail_size(const struct btf_type *type)
{
	size_t members = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return members * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return members * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return members * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return members * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return members * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* Types are numbered from 1 in the order in which they come. */
static int find_function(const char *btf, const char *function)
{
	const struct btf_header *header = (const void *)btf;
	const char *types = btf + header->hdr_len + header->type_off;
	const char *strings = btf + header->hdr_len + header->str_off;
	const char *end = types + header->type_len;

	for (int id = 1; types < end; id++) {
		const struct btf_type *type = (const void *)types;

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    !strcmp(strings + type->name_off, function))
			return id;
		types += sizeof(*type) + tail_size(type);
	}
	return -ENOENT;
}

static int function_id(const char *function)
{
	int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC), id;
	struct stat stat_buf;
	char *btf;

	if (fd < 0)
		return -errno;
	check(!fstat(fd, &stat_buf), "fstat: %m");
	btf = malloc(stat_buf.st_size);
	check(btf, "malloc: %m");
	for (off_t len = 0; len < stat_buf.st_size;) {
		ssize_t got = read(fd, btf + len, stat_buf.st_size - len);

		check(got > 0, "cannot read " KERNEL_BTF ": %m");
		len += got;
	}
	close(fd);
	id = find_function(btf, function);
	free(btf);
	return id;
}

static int bpf(int command, union bpf_attr *attr)
{
	int fd = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return fd < 0 ? -errno : fd;
}

static int load(const char *function)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;
	int id = function_id(function);

	if (id < 0)
		return id;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = BPF_TRACE_FENTRY;
	attr.insns = (uintptr_t)nothing;
	attr.insn_cnt = ARRAY_SIZE(nothing);
	attr.license = (uintptr_t)"GPL";
	attr.attach_btf_id = id;
	return bpf(BPF_PROG_LOAD, &attr);
}

int fentry_attach(struct fentry *fentry, const char *function)
{
	union bpf_attr attr;

	/* runs are counted from now on */
	write_file("/proc/sys/kernel/bpf_stats_enabled", "1");
	fentry->program = load(function);
	if (fentry->program < 0)
		return fentry->program;
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = fentry->program;
	fentry->link = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	if (fentry->link >= 0)
		return 0;
	close(fentry->program);
	return fentry->link;
}

long fentry_runs(const struct fentry *fentry)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fentry->program);
	return read_keyed(path, "run_cnt");
}

void fentry_detach(struct fentry *fentry)
{
	close(fentry->link);
	close(fentry->program);
}

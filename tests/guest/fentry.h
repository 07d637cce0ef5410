/* SPDX-License-Identifier: GPL-2.0 */
/* A BPF program that does nothing at the begin of a kernel function. */
#ifndef FENTRY_H
#define FENTRY_H

struct fentry {
	int program;
	int link;
};

/* 0 or -errno */
int fentry_attach(struct fentry *fentry, const char *function);
/* How often it ran. */
long fentry_runs(const struct fentry *fentry);
void fentry_detach(struct fentry *fentry);

#endif

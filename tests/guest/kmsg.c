// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "kmsg.h"
#include "util.h"

int kmsg_open(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	check(kmsg >= 0, "cannot open /dev/kmsg: %m");
	lseek(kmsg, 0, SEEK_END);
	return kmsg;
}

long long kmsg_offset(int kmsg)
{
	char record[8192], text[64];
	unsigned long long us;
	long long now;
	ssize_t len;

	/* readers do not get a line without its end, as more could follow */
	snprintf(text, sizeof(text), "what time is it? %lld\n", now_ns());
	now = now_ns();
	check(!write_file("/dev/kmsg", text), "cannot write /dev/kmsg");
	*strchr(text, '\n') = '\0';
	while ((len = read(kmsg, record, sizeof(record) - 1)) > 0) {
		record[len] = '\0';
		if (strstr(record, text) &&
		    sscanf(record, "%*u,%*u,%llu", &us) == 1)
			return now - (long long)us * 1000;
	}
	fail("a message does not come back from /dev/kmsg");
}

bool kmsg_next(int kmsg, const char *words, struct kmsg_line *line)
{
	unsigned long long us;
	ssize_t len;

	/* EPIPE: lines were overwritten before this process read them */
	while ((len = read(kmsg, line->text, sizeof(line->text) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		if (len < 0)
			continue;
		line->text[len] = '\0';
		if (strstr(line->text, words) &&
		    sscanf(line->text, "%*u,%*u,%llu", &us) == 1) {
			line->ns = us * 1000;
			return true;
		}
	}
	return false;
}

bool kmsg_says(int kmsg, const char *one, const char *other)
{
	char record[8192];
	bool found = false;
	ssize_t len;

	/* a record a read */
	while ((len = read(kmsg, record, sizeof(record) - 1)) > 0) {
		record[len] = '\0';
		if (strstr(record, one) && strstr(record, other))
			found = true;
	}
	return found;
}

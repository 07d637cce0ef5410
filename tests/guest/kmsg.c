// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
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

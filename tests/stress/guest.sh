#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in the guest: each stressor without the module and with it.

# shellcheck source-path=SCRIPTDIR source=../boot/alike.sh
. /alike.sh

# Some of them work until the OOM killer comes, and start again.
results()
{
	for options in "--swap 1" "--vm 2 --vm-bytes 192M" "--vm 2 --vm-bytes 192M --vm-madvise dontneed" \
			"--brk 2" "--bigheap 1" "--mmap 2 --mmap-bytes 192M" "--fork 2" "--vfork 2" \
			"--madvise 2" "--oom-pipe 1"; do
		status=0
		# shellcheck disable=SC2086 # a list
		stress-ng $options --timeout 15 --verify --temp-path /mnt >/tmp/output 2>&1 || status=$?
		echo "$options: status $status, $(grep -o 'failed: [0-9]*' /tmp/output)"
		[ $status = 0 ] || cat /tmp/output >&2
	done
}

mke2fs /dev/vda >/dev/null
mkdir /mnt
mount -t ext4 /dev/vda /mnt
swap_to_zram 384M

alike results

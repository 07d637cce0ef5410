#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in the guest: the tests of /selftests/list without the module and with
# it. They are to end alike, and the module is to have had a hand in it.

# shellcheck source-path=SCRIPTDIR source=../boot/alike.sh
. /alike.sh

# Each test's exit status, and how many of its parts said what.
results()
{
	while read -r limit test; do
		echo "$limit" >/sys/fs/cgroup/small/memory.max
		status=0
		(
			echo 0 >/sys/fs/cgroup/small/cgroup.procs
			# shellcheck disable=SC2086 # a list
			exec timeout 300 "/selftests/"$test
		) >/tmp/output 2>&1 </dev/null || status=$?
		echo "$test: status $status," \
			"$(grep -c '^ok' /tmp/output) ok, $(grep -c '^not ok' /tmp/output) not ok"
	done </selftests/list
}

swap_to_zram 512M
mount -t cgroup2 none /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/small

alike results

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# In the place of what changes or asks the kernel of a phone: notes calls in
# /calls, does to /sys as the module would, and fails as files in / say.

note()
{
	local marked=''
	[ ! -e /data/adb/swapreap/unfinished ] || marked=' (marked)'
	echo "$*$marked" >>/calls
}

crash()
{
	kill -9 $$
	exit 1
}

# refused: the file has what insmod says; with refused_values only if given any
insmod()
{
	local file=$1
	shift
	note "insmod ${file##*/}${*:+ $*}"
	[ ! -e /crash_at_insmod ] || crash
	if [ -e /refused ] || { [ -e /refused_values ] && [ $# -gt 0 ]; }; then
		cat /refused* >&2
		return 1
	fi
	mkdir -p /sys/module/swapreap /sys/kernel/swapreap
	echo 256 >/sys/kernel/swapreap/exit_threshold
	# no value can be written into this one
	mkdir -p /sys/kernel/swapreap/worker_cpus
}

rmmod()
{
	note "rmmod $1"
	rmdir "/sys/module/$1"
}

# up at the third time it is asked
getprop()
{
	[ "$1" = sys.boot_completed ] || return 0
	echo >>/asked
	[ "$(wc -l </asked)" -lt 3 ] || echo 1
}

sleep()
{
	note "sleep $1"
	[ "$1" -lt 60 ] || [ ! -e /crash_later ] || crash
}

dmesg()
{
	cat /kernel_log 2>/dev/null
}

sync()
{
	note sync
}

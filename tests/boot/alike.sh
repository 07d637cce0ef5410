# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# For what runs in the guest without the module and with it. Sourced there.

set -e

# swap_to_zram SIZE
swap_to_zram()
{
	echo "$1" >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
}

# alike CMD... - fails if CMD says other things with the module, if that has had
# no hand in it, or has lost something
alike()
{
	"$@" >/tmp/without
	insmod /swapreap.ko exit_threshold=0
	"$@" >/tmp/with
	cat /tmp/with
	cd /sys/kernel/swapreap
	echo 1 >drain
	grep . stats/diverted stats/freed stats/scopes
	[ "$(cat stats/diverted)" -gt 0 ]
	[ "$(cat stats/diverted)" = "$(cat stats/freed)" ]
	echo "what is other with the module:"
	diff /tmp/without /tmp/with
}

#!/system/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# Run when the zip is removed: nothing of it stays. Unloading frees what is
# pending.

[ ! -e /sys/module/swapreap ] || rmmod swapreap
rm -rf /data/adb/swapreap

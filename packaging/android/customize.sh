# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# Sourced by the installer when it has unpacked the zip to MODPATH. Refuses where
# no module is for this phone's kernel; a recovery has a kernel of its own, there
# the choice is left to the first boot.

MODDIR=$MODPATH
# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$MODPATH/functions.sh"

# shellcheck disable=SC2154 # set by the installer
[ "$ARCH" = arm64 ] || abort "! swapreap is for arm64, this phone is $ARCH"

if [ "$BOOTMODE" = true ]; then
	if pick_module; then
		ui_print "- ${module##*/} is for this kernel ($release)"
	else
		ui_print "! No module is for this kernel ($release):"
		echo "$misfits" | while read -r line; do
			[ -z "$line" ] || ui_print "  $line"
		done
		abort "! docs/android.md tells how to build one"
	fi
fi

mkdir -p "$data"
[ -e "$data/settings" ] || cp "$MODPATH/settings" "$data/settings"
# what is installed anew gets a new try
rm -f "$data/unfinished"
ui_print "- Settings: $data/settings"
ui_print "- What happens at boot: $data/log"

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# What the scripts of the zip share. Sourced, with MODDIR set to where the zip
# was unpacked.

# What is to outlive an update of the zip.
data=/data/adb/swapreap
release=$(cat /proc/sys/kernel/osrelease)

log()
{
	echo "$(date '+%Y-%m-%d %H:%M:%S') $*" >>"$data/log"
}

# values FILE FIELD - of that field of the information in a module's file
values()
{
	LC_ALL=C tr '\0' '\n' <"$1" | LC_ALL=C sed -n "s/.*$2=//p"
}

# kmi RELEASE - the module interface of a release of Android's: 6.1-android14-11
kmi()
{
	echo "$1" | sed -n 's/^\([0-9]*\.[0-9]*\)\.[0-9]*-\(android[0-9]*-[0-9]*\).*/\1-\2/p'
}

# Of the running kernel, in KiB; nothing on a kernel that does not tell.
page_size()
{
	sed -n '/^KernelPageSize:/{ s/[^0-9]//g; p; q; }' /proc/self/smaps
}

# What follows the release in the version of this phone's own modules.
kernel_flags()
{
	local file
	for file in /vendor_dlkm/lib/modules/*.ko /vendor/lib/modules/*.ko /system_dlkm/lib/modules/*.ko /lib/modules/*.ko; do
		if [ -e "$file" ]; then
			values "$file" vermagic | sed 's/^[^ ]* //'
			return
		fi
	done
}

# is_for RELEASE - the running kernel takes modules built for that release
is_for()
{
	[ "$1" = "$release" ] || { [ -n "$(kmi "$1")" ] && [ "$(kmi "$1")" = "$(kmi "$release")" ]; }
}

# misfit FILE - why a module is not for the running kernel; nothing if it is
misfit()
{
	local version page_shift pages flags
	version=$(values "$1" vermagic)
	page_shift=$(values "$1" page_shift)
	pages=$(page_size)
	flags=$(kernel_flags)
	if [ -z "$version" ] || [ -z "$page_shift" ]; then
		echo "is no module of swapreap"
	elif ! is_for "${version%% *}"; then
		echo "is for ${version%% *}"
	elif [ -n "$pages" ] && [ $((1 << (page_shift - 10))) != "$pages" ]; then
		echo "is for pages of $((1 << (page_shift - 10))) KiB, here they have $pages"
	elif [ -n "$flags" ] && [ "${version#* }" != "$flags" ]; then
		echo "is for kernels with '${version#* }', this one has '$flags'"
	fi
}

# Sets module to the file for the running kernel, best the one for just its
# release; or to nothing, and misfits to the reasons, one a line.
pick_module()
{
	local file why
	module='' misfits=''
	for file in "$MODDIR"/modules/*.ko; do
		[ -e "$file" ] || continue
		why=$(misfit "$file")
		if [ -n "$why" ]; then
			misfits="$misfits${file##*/} $why
"
		elif [ -z "$module" ] || [ "$(values "$file" vermagic | cut -d ' ' -f 1)" = "$release" ]; then
			module=$file
		fi
	done
	[ -n "$module" ]
}

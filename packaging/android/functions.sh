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

# series RELEASE - 6.1 of 6.1.75-android14-11
series()
{
	echo "$1" | cut -d . -f 1,2
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

# closeness VERSION - how near the kernel that a module was built for is to the
# running one: 3 the same, 2 of the same interface, 1 perhaps, 0 another. Perhaps
# is what has versions of symbols, which the kernel compares.
closeness()
{
	local built=${1%% *}
	if [ "$built" = "$release" ]; then
		echo 3
	elif [ -n "$(kmi "$built")" ] && [ "$(kmi "$built")" = "$(kmi "$release")" ]; then
		echo 2
	elif [ -n "$(kmi "$built")" ] && [ -n "$(kmi "$release")" ]; then
		echo 0
	else
		case "$(series "$built") $1 " in
		"$(series "$release") "*" modversions "*) echo 1 ;;
		*) echo 0 ;;
		esac
	fi
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
	elif [ "$(closeness "$version")" = 0 ]; then
		echo "is for ${version%% *}"
	elif [ -n "$pages" ] && [ $((1 << (page_shift - 10))) != "$pages" ]; then
		echo "is for pages of $((1 << (page_shift - 10))) KiB, here they have $pages"
	elif [ -n "$flags" ] && [ "${version#* }" != "$flags" ]; then
		echo "is for kernels with '${version#* }', this one has '$flags'"
	fi
}

# Sets module to the file for the running kernel, the nearest of several; or to
# nothing, and misfits to the reasons, one a line.
pick_module()
{
	local file why near nearest=0
	module='' misfits=''
	for file in "$MODDIR"/modules/*.ko; do
		[ -e "$file" ] || continue
		why=$(misfit "$file")
		near=$(closeness "$(values "$file" vermagic)")
		if [ -n "$why" ]; then
			misfits="$misfits${file##*/} $why
"
		elif [ "$near" -gt "$nearest" ]; then
			module=$file nearest=$near
		fi
	done
	[ -n "$module" ]
}

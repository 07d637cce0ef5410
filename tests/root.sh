# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Throw-away systems for tests that install: overlays of a build chroot, for the
# first kernel of each Debian release. No test loads a module into this machine's
# kernel: modprobe and rmmod are stand-ins that take notes, and the right to load
# modules is given away. Sourced, after lib.sh and with the arguments of the
# test: it starts the test again in a mount namespace of its own.

# overlays live in memory, and vanish with the mount namespace
# shellcheck disable=SC2154 # comes from the environment
[ -n "${own_mounts-}" ] || own_mounts=yes exec unshare --mount "$0" "$@"

# shellcheck disable=SC2154 # set by lib.sh
layers=$cache/work/$(basename "$(dirname "$0")")
mkdir -p "$layers"
mount -t tmpfs tmpfs "$layers"

# test_kernels - the first kernel of each release
test_kernels()
{
	local name
	native_kernels | while read -r name; do
		echo "$(kernel_suite "$name" | sed 's/-backports//') $name"
	done | sort -u -s -k1,1 | cut -d' ' -f2
}

# use_kernel NAME - sets name, suite, chroot, release and headers
# shellcheck disable=SC2034 # for those who source this
use_kernel()
{
	name=$1
	suite=$(kernel_suite "$name")
	chroot=$(chroot_dir "$suite")
	release=$(cat "$(kernel_fetch "$name")/release")
	headers=$(cat "$cache/kernels/$name/headers")
}

# new_root LOWER - $root becomes an overlay of LOWER, its changes go to $upper
new_root()
{
	local layer
	layer=$(mktemp -d "$layers/XXXXXX")
	upper=$layer/upper
	root=$layer/root
	mkdir "$upper" "$root" "$layer/work"
	mount -t overlay overlay -o "lowerdir=$1,upperdir=$upper,workdir=$layer/work" "$root"
}

in_root()
{
	enter "$root" setpriv --bounding-set=-sys_module --inh-caps=-sys_module "$@"
}

# stand_in COMMAND - its script is read from stdin
stand_in()
{
	install /dev/stdin "$root/usr/local/sbin/$1"
}

# Stand-ins for what the running kernel does. That is another one at first.
prepare_kernel()
{
	boot_kernel another
	seem_installed "$release"
	stand_in uname <<-'END'
		#!/bin/sh
		[ "$1" = -r ] && exec cat /booted
		exec /bin/uname "$@"
	END
	stand_in modprobe <<-'END'
		#!/bin/sh
		[ "$1" != -r ] || exec rmmod "$2"
		version=$(modinfo -k "$(uname -r)" -F version "$1") || exit
		echo "modprobe $version" >>/loads
		mkdir -p "/sys/module/$1"
	END
	stand_in rmmod <<-'END'
		#!/bin/sh
		echo "rmmod" >>/loads
		rmdir "/sys/module/$1"
	END
}

boot_kernel()
{
	echo "$1" >"$root/booted"
}

# As if the module had been loaded at boot.
boot_with_module()
{
	boot_kernel "$release"
	mkdir -p "$root/sys/module/swapreap"
}

# loads_are LINE... - what modprobe and rmmod noted
loads_are()
{
	diff <(printf '%s\n' "$@") "$root/loads"
}

# A further kernel, with the same headers.
add_kernel()
{
	mkdir -p "$root/lib/modules/$1"
	ln -s "$headers" "$root/lib/modules/$1/build"
	seem_installed "$1"
}

# For dkms a kernel is installed that depmod knows with a module of its own.
seem_installed()
{
	local dir=$root/lib/modules/$1
	[ ! -s "$dir/modules.dep" ] || return 0
	mkdir -p "$dir/kernel"
	find "$cache/kernels/$name/modules" -name zram.ko -exec cp -t "$dir/kernel" {} +
	touch "$dir/modules.dep"
}

# dkms_has LINE... - "VERSION KERNEL: STATE" of all that dkms knows of swapreap
dkms_has()
{
	in_root dkms status -m swapreap |
		sed -E 's|^swapreap/||; s/, ([^,]*), [^:]*:/ \1:/' | sort | diff <(printf '%s\n' "$@") -
}

# module_is VERSION KERNEL - depmod finds it, in the place for dkms
module_is()
{
	[ "$(in_root modinfo -k "$2" -F version swapreap)" = "$1" ]
	in_root modinfo -k "$2" -n swapreap | grep /updates/dkms/
}

# is_installed VERSION KERNEL... - for these kernels and no others
is_installed()
{
	local kernel lines=()
	for kernel in "${@:2}"; do
		lines+=("$1 $kernel: installed")
		module_is "$1" "$kernel"
	done
	dkms_has "${lines[@]}"
	[ "$(cd "$root/usr/src" && echo swapreap-*)" = "swapreap-$1" ]
}

# boots_with_module VERSION - the guest tests that module which dkms built
boots_with_module()
{
	local dir=$layers/guest-$name module
	module=$(echo "$root/var/lib/dkms/swapreap/$1/$release/$(uname -m)"/module/swapreap.ko*)
	mkdir "$dir"
	cp "$module" "$dir"
	[[ $module != *.xz ]] || xz -d "$dir/swapreap.ko.xz"
	[[ $module != *.zst ]] || zstd -dq --rm "$dir/swapreap.ko.zst"
	"$top/tests/boot/boot" "$name" -f "$dir/swapreap.ko:/swapreap.ko" \
		-- /guest "all diverted, all freed" | tee "$dir/output"
	grep "^ok 1 " "$dir/output"
}

# A bare system lacks dkms and headers; at hand in $debs, so that apt need not
# fetch them at each run.
fetch_packages()
{
	debs=$cache/work/dkms-debs/$name
	mkdir -p "$debs"
	chroot_install "$suite" dkms
	# shellcheck disable=SC2016 # the inner shell's
	quietly "downloading dkms" in_chroot "$suite" sh -c 'cd "$1" && shift && apt-get download "$@"' \
		sh "$debs" dkms "linux-headers-$release"
}

# take_dkms_away - from $root; apt finds the packages in its archive
take_dkms_away()
{
	cp "$debs"/*.deb "$root/var/cache/apt/archives/"
	quietly "removing dkms and headers" in_root dpkg --purge dkms "linux-headers-$release"
	[ ! -e "$root$headers/Makefile" ]
}

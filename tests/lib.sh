#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What all tests share: the cache, host packages, build chroots, Debian's
# kernels and builds of the module against them. Sourced by the tests; run
# as a program it calls one of its functions: tests/lib.sh kernel_fetch trixie
#
# Functions that give a path print it on stdout and talk on stderr.

set -euo pipefail
shopt -s inherit_errexit

# shellcheck disable=SC2034 # for those who source this
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${SWAPREAP_CACHE:-${HOME:-/root}/.cache/swapreap}
table=$top/tests/boot/kernels

# Kernel builds below `make check` must not take over its variables and jobs.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$cache/locks" "$cache/work" "$cache/chroots" "$cache/kernels"
cache=$(realpath "$cache")

chroot_packages=(bc busybox-static ca-certificates clang cpio gcc kmod libelf-dev
	libssl-dev lld llvm make perl sparse xz-utils zstd)

say()
{
	printf 'swapreap: %s\n' "$*" >&2
}

die()
{
	say "$@"
	exit 1
}

# locked LOCK FUNCTION ARGS... - one at a time, in a shell of its own so that
# errexit holds whatever the caller's context is
locked()
{
	flock "$cache/locks/$1" "$BASH" "$top/tests/lib.sh" "${@:2}"
}

# quietly WHAT CMD... - the command's output is shown only if it fails
quietly()
{
	local what=$1 log
	shift
	log=$(mktemp "$cache/work/log.XXXXXX")
	if ! "$@" >"$log" 2>&1 </dev/null; then
		cat "$log" >&2
		rm -f "$log"
		die "$what failed, its output is above"
	fi
	rm -f "$log"
}

# need CMD[:PACKAGE]... - installs the packages of commands this machine lacks
need()
{
	local item packages=()
	for item; do
		command -v "${item%%:*}" >/dev/null || packages+=("${item##*:}")
		# the compiler's package only recommends what makes it useful here
		[ "$item" != gcc ] || [ -e /usr/include/stdio.h ] || packages+=(libc6-dev)
	done
	[ ${#packages[@]} -eq 0 ] || locked apt install_here "${packages[@]}"
}

install_here()
{
	command -v apt-get >/dev/null ||
		die "missing here: $*; install them (there is no apt-get to do it)"
	[ "$(id -u)" = 0 ] || die "missing here: $*; install them or run this as root"
	say "installing $*"
	quietly "apt-get update" apt-get update
	quietly "installing $*" apt-get install -y --no-install-recommends "$@"
}

# The archive this machine's own apt uses, so that no host is written down here.
mirror()
{
	local url=${SWAPREAP_MIRROR:-$(debian_sites | sed -n 1p)}
	if [ -z "$url" ]; then
		quietly "apt-get update" apt-get update
		url=$(debian_sites | sed -n 1p)
	fi
	[ -n "$url" ] || die "apt knows no Debian archive here; set SWAPREAP_MIRROR=URL"
	echo "$url"
}

# None before the first apt-get update: a source says only then whose it is.
debian_sites()
{
	# shellcheck disable=SC2016 # apt's variable
	apt-get indextargets --format '$(SITE)' \
		'Identifier: Packages' 'Origin: Debian' 'Label: Debian'
}

# kernels - the names that KERNELS picks, or those of the table's set `check`
kernels()
{
	local name
	for name in ${KERNELS:-$(table_names check)}; do
		kernel_line "$name" >/dev/null
		echo "$name"
	done
}

# table_names SET - the names of the table that are in the set
table_names()
{
	awk -v set="$1" '!/^#/ && NF && (set == "all" || $2 == set) { print $1 }' "$table"
}

# kernel_line NAME - its suite and image package
kernel_line()
{
	awk -v name="$1" '!/^#/ && $1 == name { print $3, $4; found = 1 }
		END { exit !found }' "$table" ||
		die "no kernel '$1'; tests/boot/kernels has: $(table_names all | paste -s -d ' ')"
}

# chroot_dir SUITE - path of the build chroot of the suite's release
chroot_dir()
{
	local release=${1%-backports}
	locked "chroot-$release" make_chroot "$release" || return
	echo "$cache/chroots/$release"
}

make_chroot()
{
	local release=$1 dir=$cache/chroots/$1 url
	# the stamp is outside: tests may look into the chroot, not at our notes
	[ "${chroot_packages[*]}" != "$(cat "$dir.packages" 2>/dev/null)" ] || return 0
	unshare --mount true ||
		die "cannot mount here; in a container give it CAP_SYS_ADMIN (--privileged)"
	need mmdebstrap
	url=$(mirror)
	say "making a $release chroot from $url (a minute or two)"
	rm -rf "$dir" "$dir.packages" "$dir.refreshed" "$dir.new"
	apt-config dump Acquire | grep -E '^Acquire::https?::' >"$dir.aptconf" || true
	quietly "making the $release chroot" mmdebstrap --variant=apt \
		--aptopt="$dir.aptconf" --aptopt='APT::Install-Recommends "false"' \
		--aptopt='APT::Sandbox::User "root"' --aptopt='APT::Update::Error-Mode "any"' \
		--include="$(IFS=,; echo "${chroot_packages[*]}")" \
		"$release" "$dir.new" "deb $url $release main"
	rm "$dir.aptconf"
	mv "$dir.new" "$dir"
	echo "${chroot_packages[*]}" >"$dir.packages"
}

# in_chroot SUITE CMD... - runs CMD in the chroot; $cache/work is the same inside
in_chroot()
{
	local root
	root=$(chroot_dir "$1") || return
	cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
	enter "$root" "${@:2}"
}

# enter ROOT CMD... - the same in a root directory that may be a copy of a chroot
enter()
{
	mkdir -p "$1$cache/work" || return
	# shellcheck disable=SC2016 # expanded by the inner shell
	env -u TMPDIR HOME=/root unshare --mount sh -c '
		root=$1 work=$2
		shift 2
		mount --rbind /proc "$root/proc" &&
		mount --rbind /dev "$root/dev" &&
		mount --bind "$work" "$root$work" &&
		exec chroot "$root" "$@"' sh "$1" "$cache/work" "${@:2}"
}

# chroot_install SUITE PACKAGE... - installs into the suite's chroot what it lacks
chroot_install()
{
	locked "apt-${1%-backports}" install_in_chroot "$@"
}

install_in_chroot()
{
	local suite=$1
	shift
	# shellcheck disable=SC2016 # dpkg's variable
	if in_chroot "$suite" dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null |
			awk '$0 != "installed" { bad = 1 } END { exit bad || !NR }'; then
		return
	fi
	refresh_apt "$suite"
	say "installing into the $suite chroot: $*"
	# an interrupted run may have left packages half-configured
	quietly "dpkg --configure -a in the $suite chroot" in_chroot "$suite" dpkg --configure -a
	quietly "installing $* into the $suite chroot" in_chroot "$suite" \
		apt-get install -y --no-install-recommends -t "$suite" "$@"
}

# Package lists of the chroot, from all of the table's suites of its release;
# once an hour is often enough.
refresh_apt()
{
	local release=${1%-backports} root url suite
	root=$(chroot_dir "$release")
	if [ -n "$(find "$root.refreshed" -mmin -60 2>/dev/null)" ] &&
			[ "$root.refreshed" -nt "$table" ]; then
		return
	fi
	url=$(mirror)
	awk -v url="$url" -v release="$release" '!/^#/ && !seen[$3]++ &&
		($3 == release || $3 == release "-backports") { print "deb", url, $3, "main" }' \
		"$table" >"$root/etc/apt/sources.list"
	say "asking apt for the packages of $release"
	quietly "apt-get update in the $release chroot" in_chroot "$release" apt-get update
	touch "$root.refreshed"
}

# kernel_fetch NAME - directory with the kernel's vmlinuz, modules/, config,
# release and headers (where, inside the chroot, modules are built against)
kernel_fetch()
{
	locked "kernel-$1" fetch_kernel "$1" || return
	echo "$cache/kernels/$1"
}

fetch_kernel()
{
	local name=$1 dir=$cache/kernels/$1 suite image root packages
	need xz:xz-utils zstd depmod:kmod
	read -r suite image <<<"$(kernel_line "$name")"
	root=$(chroot_dir "$suite")
	if ! locked "apt-${suite%-backports}" refresh_apt "$suite"; then
		have_kernel "$dir" "$root" ||
			die "kernel $name is not in the cache and apt cannot be reached"
		say "kernel $name: apt cannot be reached, taking the cached $(cat "$dir/release")"
		touch "$root.refreshed" "$dir/packages"
	fi
	if [ "$dir/packages" -nt "$root.refreshed" ] && have_kernel "$dir" "$root"; then
		return
	fi
	packages=$(image_packages "$suite" "$image")
	[ "$packages" = "$(cat "$dir/packages" 2>/dev/null)" ] ||
		unpack_kernel "$name" "$suite" "$packages"
	chroot_install "$suite" "linux-headers-$(cat "$dir/release")"
	touch "$dir/packages"
}

have_kernel()
{
	[ -e "$1/packages" ] && [ -e "$2$(cat "$1/headers")/Makefile" ]
}

# The packages with the contents of an image: what the meta package comes down
# to on a machine that has nothing installed.
image_packages()
{
	in_chroot "$1" apt-get install -s -o Dir::State::status=/dev/null -t "$1" "$2" |
		awk '/^Inst linux-(image|binary|modules|base)-[0-9]/ {
			sub(/^\(/, "", $3); print $2 "=" $3; found = 1 }
			END { exit !found }' ||
		die "apt finds no kernel for $2 in $1"
}

# Unpacked and not installed: an image's scripts would make an initramfs.
unpack_kernel()
{
	local name=$1 suite=$2 new=$cache/kernels/$1.new debs=$cache/work/debs/$1 deb release
	say "fetching kernel $name: ${3//$'\n'/ }"
	rm -rf "$new" "$debs"
	mkdir -p "$new/tree" "$debs" "$new/modules/lib"
	# shellcheck disable=SC2016,SC2086 # the inner shell's; a list
	quietly "downloading kernel $name" in_chroot "$suite" \
		sh -c 'cd "$1" && shift && apt-get download "$@"' sh "$debs" $3
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$new/tree"
	done
	mv "$new"/tree/{usr/,}lib/modules "$new/modules/lib/" 2>/dev/null || true
	release=$(basename "$new"/modules/lib/modules/*)
	mv "$(first_of "$new/tree/boot/vmlinuz-$release" "$new/modules/lib/modules/$release/vmlinuz")" "$new/vmlinuz"
	mv "$(first_of "$new/tree/boot/config-$release" "$new/modules/lib/modules/$release/config")" "$new/config"
	find "$new/modules" -name '*.ko.xz' -print0 | xargs -0 -r -n 64 -P 2 xz -d
	find "$new/modules" -name '*.ko.zst' -print0 | xargs -0 -r -n 64 -P 2 zstd -dq --rm
	depmod -b "$new/modules" "$release"
	echo "$release" >"$new/release"
	echo "/usr/src/linux-headers-$release" >"$new/headers"
	echo "$3" >"$new/packages"
	rm -rf "$new/tree" "$debs" "$cache/kernels/$name"
	mv "$new" "$cache/kernels/$name"
}

first_of()
{
	local file
	for file; do
		[ ! -e "$file" ] || { echo "$file"; return; }
	done
	die "none of these is in the kernel's packages: $*"
}

# module_build NAME [VAR=VALUE...] - directory with swapreap.ko and, below
# tests/guest/modules, the test modules, built for the kernel of that name.
# Builds with variables have a directory of their own.
module_build()
{
	local dir=$cache/work/build/$1
	[ $# -eq 1 ] || dir+=-$(cksum <<<"${*:2}" | cut -d ' ' -f 1)
	kernel_fetch "$1" >/dev/null || return
	locked "build-${dir##*/}" build_modules "$dir" "$@" || return
	echo "$dir/src"
}

module_sources()
{
	cd "$top"
	# and nothing that a build in the checkout left there
	find Kbuild dkms.conf module tests/guest/modules -type f \
		'(' -name '*.[ch]' ! -name '*.mod.c' -o -name Kbuild -o -name dkms.conf ')' | sort
}

build_modules()
{
	local dir=$1 name=$2 kernel=$cache/kernels/$2 suite headers key
	shift 2
	key=$(cat "$kernel/packages"; echo "$@"; cd "$top"; module_sources | xargs sha256sum)
	[ "$key" != "$(cat "$dir/key" 2>/dev/null)" ] || return 0
	say "building the module for $name ($(cat "$kernel/release"))${*:+ with $*}"
	rm -rf "$dir"
	mkdir -p "$dir/src"
	(cd "$top" && module_sources | xargs cp --parents -t "$dir/src")
	read -r suite _ <<<"$(kernel_line "$name")"
	headers=$(cat "$kernel/headers")
	make_parts "$suite" "$headers" "$dir/src" "$@" >"$dir/log" 2>&1 </dev/null || {
		cat "$dir/log" >&2
		die "the module does not build for $name, see above"
	}
	if grep -i 'warning:' "$dir/log" >&2; then
		die "building the module for $name warns, see above and $dir/log"
	fi
	echo "$key" >"$dir/key"
}

make_parts()
{
	local suite=$1 headers=$2 src=$3 part
	shift 3
	for part in . tests/guest/modules; do
		in_chroot "$suite" make -j2 -C "$headers" M="$(realpath "$src/$part")" "$@" modules ||
			return
	done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	"$@"
fi

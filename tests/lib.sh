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
# each checkout builds in directories of its own: make compares only times
checkout=$(cksum <<<"$top" | cut -d ' ' -f 1)
# where the emulator and the guest's programs come from
tools_release=trixie

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=boot/arch.sh
. "$top/tests/boot/arch.sh"

# Kernel builds below `make check` must not take over its variables and jobs.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$cache/locks" "$cache/work" "$cache/chroots" "$cache/kernels"
cache=$(realpath "$cache")
# kernels' sources, and what is built of them
linux_trees="$cache/work"/linux

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

# kernel_wanted NAME - whether it is one of them
kernel_wanted()
{
	# -q would end before the other has said all, and make it fail
	kernels | grep -x "$1" >/dev/null
}

# native_kernels - those of them that run on machines like this one
native_kernels()
{
	local name names
	names=$(kernels)
	for name in $names; do
		[ "$(kernel_arch "$name")" != "$native" ] || echo "$name"
	done
}

# foreign_kernels - the others
foreign_kernels()
{
	kernels | grep -vxFf <(native_kernels) || true
}

# table_names SET - the names of the table that are in the set
table_names()
{
	awk -v set="$1" '!/^#/ && NF && (set == "all" || $2 == set || set == "check" && $2 == "some") { print $1 }' "$table"
}

# kernel_line NAME - its suite, architecture and image
kernel_line()
{
	awk -v name="$1" '!/^#/ && $1 == name { print $4, $3, $5; found = 1 }
		END { exit !found }' "$table" ||
		die "no kernel '$1'; tests/boot/kernels has: $(table_names all | paste -s -d ' ')"
}

kernel_suite()
{
	kernel_line "$1" | cut -d ' ' -f 1
}

kernel_arch()
{
	kernel_line "$1" | cut -d ' ' -f 2
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

# Package lists of the chroot, once an hour is often enough.
refresh_apt()
{
	local release=${1%-backports} root list
	root=$(chroot_dir "$release")
	list=$(apt_sources "$release")
	if [ -n "$(find "$root.refreshed" -mmin -60 2>/dev/null)" ] &&
			[ "$list" = "$(cat "$root/etc/apt/sources.list")" ]; then
		return
	fi
	echo "$list" >"$root/etc/apt/sources.list"
	say "asking apt for the packages of $release"
	quietly "apt-get update in the $release chroot" in_chroot "$release" apt-get update
	touch "$root.refreshed"
}

# All of the table's suites of a release, for the tools and the kernels.
apt_sources()
{
	local url
	url=$(mirror)
	awk -v url="$url" -v release="$1" -v native="$native" '
		!/^#/ && ($4 == release || $4 == release "-backports") {
			if (!($4 in archs))
				archs[$4] = native
			if ($3 != native && !seen[$3, $4]++)
				archs[$4] = archs[$4] "," $3
		}
		END {
			for (suite in archs)
				print "deb [arch=" archs[suite] "]", url, suite, "main"
		}' "$table" | sort
}

# apt_in DIR ARCH SUITE ARGS... - the chroot's apt-get as if its architecture
# were ARCH: to look and to download, not to install
apt_in()
{
	# apt's cache of its lists is for one architecture
	in_chroot "$3" env -C "$1" apt-get -o "APT::Architecture=$2" \
		-o "Dir::Cache::pkgcache=pkgcache-$2.bin" \
		-o "Dir::Cache::srcpkgcache=srcpkgcache-$2.bin" "${@:4}"
}

# download DIR ARCH SUITE PACKAGE... - into DIR, and unpacked into DIR/tree
download()
{
	local dir=$1 deb
	rm -rf "$dir"
	mkdir -p "$dir/tree"
	quietly "downloading ${*:4}" apt_in "$dir" "${@:2:2}" download "${@:4}"
	for deb in "$dir"/*.deb; do
		dpkg-deb -x "$deb" "$dir/tree"
	done
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
	local name=$1 dir=$cache/kernels/$1 line suite arch image root packages
	need xz:xz-utils zstd depmod:kmod
	line=$(kernel_line "$name")
	read -r suite arch image <<<"$line"
	root=$(chroot_dir "$suite")
	if ! locked "apt-${suite%-backports}" refresh_apt "$suite"; then
		have_kernel "$dir" "$root" ||
			die "kernel $name is not in the cache and apt cannot be reached"
		say "kernel $name: apt cannot be reached, taking the cached $(cat "$dir/release")"
		touch "$root.refreshed" "$dir/packages"
	fi
	if [ "$dir/packages" -nt "$root.refreshed" ] && have_kernel "$dir" "$root" &&
			[ -z "$(newer_fragments "$image" "$dir/packages")" ]; then
		return
	fi
	if [ -n "$(fragments_of "$image")" ]; then
		get_built_kernel
	else
		get_packaged_kernel
	fi
	touch "$dir/packages"
}

# fragments_of IMAGE - the files it is built by; none if it is a package
fragments_of()
{
	local files
	[[ $1 == *.config ]] || return 0
	IFS=, read -ra files <<<"$1"
	printf '%s\n' "${files[@]/#/$top/tests/boot/}"
}

newer_fragments()
{
	fragments_of "$1" | xargs -r -I % find % -newer "$2"
}

have_kernel()
{
	[ -e "$1/packages" ] && [ -e "$2$(cat "$1/headers")/Makefile" ]
}

get_packaged_kernel()
{
	packages=$(packages_of "$suite" "$arch" "$image")
	[ "$packages" = "$(cat "$dir/packages" 2>/dev/null)" ] ||
		unpack_kernel "$name" "$suite" "$arch" "$packages"
	if [ "$arch" = "$native" ]; then
		chroot_install "$suite" "linux-headers-$(cat "$dir/release")"
	else
		unpack_headers "$suite" "$arch" "linux-headers-$(cat "$dir/release")"
	fi
}

get_built_kernel()
{
	local source headers=/usr/src/linux-headers-$name built=$linux_trees/$name/headers
	source=$(packages_of "$suite" "$arch" linux-source)
	packages="$source $(fragments_of "$image" | xargs cat | sha256sum)"
	if [ "$packages" != "$(cat "$dir/packages" 2>/dev/null)" ] || [ ! -e "$built" ]; then
		"$top/tests/boot/build" "$name" "$source"
		echo "$headers" >"$dir/headers"
		echo "$packages" >"$dir/packages"
	fi
	ln -sfn "$built" "$root$headers"
}

# packages_of SUITE ARCH PACKAGE - those with the contents of an image or of a
# kernel's source: what the meta package comes down to on a machine that has
# nothing installed
packages_of()
{
	apt_in / "$2" "$1" install -s -o Dir::State::status=/dev/null -t "$1" "$3" |
		awk '/^Inst linux-(image|binary|modules|base|source)-[0-9]/ {
			sub(/^\(/, "", $3); print $2 "=" $3; found = 1 }
			END { exit !found }' ||
		die "apt finds no kernel for $3 in $1"
}

# kernel_source SUITE PACKAGE - directory of a linux-source, one for all who use it
kernel_source()
{
	local dir=$linux_trees/${2%%=*}
	locked linux-source unpack_source "$dir" "$@" >&2 || return
	echo "$dir"
}

unpack_source()
{
	local dir=$1 suite=$2 package=$3 debs=$cache/work/debs/linux-source
	[ "$package" != "$(cat "$dir.package" 2>/dev/null)" ] || return 0
	say "fetching $package"
	rm -rf "$dir" "$dir".package "$dir".*.patch
	mkdir -p "$dir"
	download "$debs" "$native" "$suite" "$package"
	tar -xJf "$debs/tree/usr/src/${package%%=*}.tar.xz" -C "$dir" --strip-components 1
	rm -rf "$debs"
	echo "$package" >"$dir.package"
}

# Unpacked and not installed: an image's scripts would make an initramfs.
unpack_kernel()
{
	local name=$1 suite=$2 arch=$3 new=$cache/kernels/$1.new debs=$cache/work/debs/$1 release
	say "fetching kernel $name: ${4//$'\n'/ }"
	rm -rf "$new"
	mkdir -p "$new/modules/lib"
	# shellcheck disable=SC2086 # a list
	download "$debs" "$arch" "$suite" $4
	mv "$debs"/tree/{usr/,}lib/modules "$new/modules/lib/" 2>/dev/null || true
	release=$(basename "$new"/modules/lib/modules/*)
	mv "$(first_of "$debs/tree/boot/vmlinuz-$release" "$new/modules/lib/modules/$release/vmlinuz")" "$new/vmlinuz"
	mv "$(first_of "$debs/tree/boot/config-$release" "$new/modules/lib/modules/$release/config")" "$new/config"
	find "$new/modules" -name '*.ko.xz' -print0 | xargs -0 -r -n 64 -P 2 xz -d
	find "$new/modules" -name '*.ko.zst' -print0 | xargs -0 -r -n 64 -P 2 zstd -dq --rm
	depmod -b "$new/modules" "$release"
	echo "$release" >"$new/release"
	echo "/usr/src/linux-headers-$release" >"$new/headers"
	echo "$4" >"$new/packages"
	rm -rf "$debs" "$cache/kernels/$name"
	mv "$new" "$cache/kernels/$name"
}

# Headers of another architecture depend on its compiler. They are unpacked
# beside what they share with the chroot's own: common headers and kbuild.
unpack_headers()
{
	local suite=$1 arch=$2 headers=$3 debs=$cache/work/debs/$3 shared root
	root=$(chroot_dir "$suite")
	[ ! -e "$root/usr/src/$headers/Makefile" ] || return 0
	say "fetching $headers"
	download "$debs" "$arch" "$suite" "$headers"
	mapfile -t shared < <(dpkg-deb -f "$debs"/*.deb Depends |
		grep -oE 'linux-(headers-[^ ,]+-common[^ ,]*|kbuild-[^ ,]+)')
	use_arch "$arch"
	chroot_install "$suite" "${build_packages[@]}" "${shared[@]}"
	mv "$debs/tree/usr/src/$headers" "$root/usr/src/"
	rm -rf "$debs"
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
	local dir=$cache/work/build/$checkout/$1
	[ $# -eq 1 ] || dir+=-$(cksum <<<"${*:2}" | cut -d ' ' -f 1)
	kernel_fetch "$1" >/dev/null || return
	locked "build-$checkout-${dir##*/}" build_modules "$dir" "$@" || return
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
	suite=$(kernel_suite "$name")
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

# guest_build ARCH PROGRAM DIR... - path of a static program for a guest, which
# the makefile in the first of these directories builds of files in all of them
guest_build()
{
	local dir=$cache/work/$2-$1-$checkout
	locked "${dir##*/}" build_guest "$dir" "$@" || return
	echo "$dir/$2"
}

build_guest()
{
	local dir=$1 program=$3
	use_arch "$2"
	chroot_install "$tools_release" gcc make "${build_packages[@]}"
	rm -rf "$dir/src"
	mkdir -p "$dir/src"
	(cd "$top" && cp -rp --parents -t "$dir/src" "${@:4}")
	quietly "building the guest's program $program" in_chroot "$tools_release" \
		make -C "$dir/src/$4" O="$dir" CC="$compiler" "$program"
}

# busybox ARCH - path of a static one
busybox()
{
	locked "busybox-$1" fetch_busybox "$1" || return
	echo "$cache/busybox-$1"
}

fetch_busybox()
{
	local file=$cache/busybox-$1 debs=$cache/work/debs/busybox-$1
	[ ! -e "$file" ] || return 0
	locked "apt-$tools_release" refresh_apt "$tools_release"
	download "$debs" "$1" "$tools_release" busybox-static
	mv "$(first_of "$debs"/tree/{usr/,}bin/busybox)" "$file"
	rm -rf "$debs"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	"$@"
fi

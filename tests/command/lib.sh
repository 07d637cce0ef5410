# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of the command share: building it, and made-up machines for
# it to look at. Sourced.

# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

roots=$top/tests/command/roots
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
knobs_dir=sys/kernel/swapreap

# need_libraries - what the command is linked with, and its headers
need_libraries()
{
	need make gcc infocmp:ncurses-bin pkg-config
	pkg-config --exists json-c ncurses libarchive zlib ||
		locked apt install_here libjson-c-dev libncurses-dev libarchive-dev zlib1g-dev
}

# build_command NAME [CFLAGS] - path of the command, built with these flags
build_command()
{
	local out=$cache/work/command-$1-$checkout
	quietly "building the command ($1)" \
		make -j2 -C "$top/tools/swapreap" O="$out" CFLAGS="${2:--O2}"
	echo "$out/swapreap"
}

# make_root NAME DIR - a made-up machine: the base, less what is listed in
# without, plus what is in root, with the modes that sysfs gives its files. The
# base's module is of the present version.
make_root()
{
	local name=$1 dir=$2 path mode
	mkdir -p "$dir"
	cp -rT "$roots/base" "$dir"
	echo "$version" >"$dir/$knobs_dir/version"
	if [ -e "$roots/$name/without" ]; then
		while read -r path; do
			rm -r "${dir:?}/$path"
		done <"$roots/$name/without"
	fi
	[ ! -e "$roots/$name/root" ] || cp -rT "$roots/$name/root" "$dir"
	[ -e "$dir/$knobs_dir" ] || return 0
	chmod a-w "$dir/$knobs_dir"/{version,hook,target,stats/*}
	chmod 200 "$dir/$knobs_dir/drain"
	[ -e "$roots/$name/modes" ] || return 0
	while read -r mode path; do
		chmod "$mode" "$dir/$path"
	done <"$roots/$name/modes"
}

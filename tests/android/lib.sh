# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A phone's root directory, made of plain files, and in it what the zip
# installed. Sourced, after tests/lib.sh, by who sets scratch, a directory, zip
# and shell, a command that runs one of a phone's shells.
# shellcheck disable=SC2154

installed=/data/adb/modules/swapreap
kept=/data/adb/swapreap

# fake_module FILE RELEASE PAGE_SHIFT [FLAGS] - what the scripts read of a module
fake_module()
{
	printf '%s\0' ELF junk "parm=exit_threshold:pages (default 256)" "parm=worker_cpus:list" \
		"parm=hook:way in (default auto)" "page_shift=$3" \
		"vermagic=$2 ${4-SMP preempt mod_unload modversions aarch64}" more junk >"$1"
}

# new_phone RELEASE PAGE_KIB - sets $phone, a phone with that kernel
new_phone()
{
	phone=$(mktemp -d "$scratch/phone.XXXXXX")
	mkdir -p "$phone"/{bin,dev,tmp,vendor_dlkm/lib/modules} "$phone"/proc/{self,sys/kernel} \
		"$phone"/sys/{module,kernel} "$phone$kept" "$phone$installed"
	cp "$(busybox "$native")" "$phone/bin/busybox"
	cp "$(command -v mksh-static)" "$phone/bin/mksh"
	chroot "$phone" /bin/busybox --install -s /bin
	echo "$1" >"$phone/proc/sys/kernel/osrelease"
	printf 'Size: 8 kB\nKernelPageSize:  %7d kB\nMMUPageSize: 4 kB\nKernelPageSize: 1 kB\n' "$2" >"$phone/proc/self/smaps"
	fake_module "$phone/vendor_dlkm/lib/modules/wifi.ko" "$1" 12
	cp "$here/stand-ins.sh" "$phone/"
	unzip -q "$zip" -x 'META-INF/*' -d "$phone$installed"
}

# run_in_phone SCRIPT [VAR=VALUE...] - as boot does, by $shell
run_in_phone()
{
	# shellcheck disable=SC2016,SC2086 # expanded by that shell, which is words
	chroot "$phone" /bin/env -i PATH=/bin "${@:2}" $shell -c '. /stand-ins.sh; . "$0"' "$1"
}

boot_phone()
{
	rm -rf "$phone"/{calls,sys/module/swapreap,sys/kernel/swapreap}
	run_in_phone "$installed/service.sh"
}

# calls_are LINE... - of stand-ins that do something
calls_are()
{
	touch "$phone/calls"
	diff <(printf '%s' "${@/%/$'\n'}") "$phone/calls"
}

# logged TEXT... - the log has each of them
logged()
{
	local text
	cat "$phone$kept/log"
	for text; do
		grep -qF -- "$text" "$phone$kept/log" || { echo "the log lacks: $text"; return 1; }
	done
}

# shown TEXT - to the user of the app
shown()
{
	grep '^description=' "$phone$installed/module.prop"
	[ "$(grep -c '^description=' "$phone$installed/module.prop")" = 1 ]
	grep -F "description=[$1" "$phone$installed/module.prop" | grep 'Frees the swap'
	! grep -F '] [' "$phone$installed/module.prop"
}

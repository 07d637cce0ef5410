#!/system/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# Run at each boot, beside it: when Android is up it loads the module for the
# running kernel and applies the settings. Run again by hand, it applies them to
# the module that is loaded. What it does is in the log, and in short in the
# module's description, which the app shows.
#
# Before the module is loaded the file "unfinished" is written, and removed when
# the phone has stayed up for a while. A boot that finds it does not load.

MODDIR=${0%/*}
# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$MODDIR/functions.sh"

knobs=/sys/kernel/swapreap
stay_up=120

# show STATE - in the log and in the app
show()
{
	log "$*"
	sed -i "s|^description=\(\[[^]]*\] \)*|description=[$*] |" "$MODDIR/module.prop"
}

# "NAME VALUE" of each setting
settings()
{
	tr -d '\r' <"$data/settings" | sed 's/#.*//; s/[[:blank:]]//g; /^$/d; s/=/ /'
}

# Settings that are parameters of the module, as insmod wants them.
parameters()
{
	local known name value
	known=" $(values "$module" parm | sed 's/:.*//' | tr '\n' ' ')"
	settings | while read -r name value; do
		case $known in
		*" $name "*) printf '%s=%s ' "$name" "$value" ;;
		*) log "setting $name: there is none of that name; there are:$known" ;;
		esac
	done
}

# One by one into the module that is loaded, so that each is told that fails.
set_knobs()
{
	local name value
	settings | while read -r name value; do
		if [ ! -e "$knobs/$name" ]; then
			log "setting $name: there is none of that name, or only while loading"
		elif { echo "$value" >"$knobs/$name"; } 2>/dev/null; then
			log "setting $name=$value"
		else
			log "setting $name=$value: the kernel refuses this value, or takes it only while loading"
		fi
	done
}

# try_insmod ARGS... - what is said of a failure goes to the log
try_insmod()
{
	local said
	log "insmod ${module##*/} $*"
	said=$(insmod "$module" "$@" 2>&1) && return
	log "insmod failed: $said"
	dmesg | grep -e swapreap -e 'Loading of' | tail -n 10 | while read -r said; do
		log "kernel: $said"
	done
	return 1
}

# A value that the kernel refuses must not cost more than itself.
load()
{
	local given
	given=$(parameters)
	# shellcheck disable=SC2086 # a list
	try_insmod $given && return
	[ -n "$given" ] && try_insmod && set_knobs
}

main()
{
	mkdir -p "$data"
	[ -e "$data/settings" ] || cp "$MODDIR/settings" "$data/settings"
	if [ -e /sys/module/swapreap ]; then
		set_knobs
		return
	fi
	[ ! -e "$data/log" ] || mv "$data/log" "$data/log.old"
	if [ -e "$data/unfinished" ]; then
		show "not loaded: the phone went down soon after $(cat "$data/unfinished") was loaded; remove $data/unfinished to try again"
		return
	fi
	if ! pick_module; then
		log "no module is for this kernel ($release): $misfits"
		show "not loaded: no module is for this kernel, see $data/log"
		return
	fi
	until [ "$(getprop sys.boot_completed)" = 1 ]; do
		sleep 1
	done
	echo "${module##*/}" >"$data/unfinished"
	sync
	if load; then
		show "loaded: ${module##*/}"
		sleep "$stay_up"
		log "the phone stayed up for $stay_up seconds"
	else
		show "not loaded: the kernel refuses it, see $data/log"
	fi
	rm "$data/unfinished"
}

main

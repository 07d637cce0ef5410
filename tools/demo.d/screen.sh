# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the demonstration shows while it works: a line per step, the present one
# drawn over and over on a terminal. Sourced, before anything sets LC_ALL.
# shellcheck disable=SC2034 # for the one who sources this

utf8='' bullet='-' spinner=('|' / - "\\")
if [ "$(locale charmap 2>/dev/null)" = UTF-8 ]; then
	utf8=1 bullet='•' spinner=(⠋ ⠙ ⠹ ⠸ ⠼ ⠴ ⠦ ⠧ ⠇ ⠏)
fi

live='' columns=80
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
	live=1
	size=$(stty size 2>/dev/null </dev/tty) || size='0 0'
	[ "${size#* }" -eq 0 ] || columns=${size#* }
fi

bold='' dim='' off='' on='' plain=''
if [ -n "$live" ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' off=$'\e[33m' on=$'\e[32m' plain=$'\e[0m'
fi

step='' since=0 detail='' turn=0

# Cut to the terminal's width: a line that wraps cannot be drawn over.
redraw()
{
	local text="$step  $((SECONDS - since)) s  $detail"
	[ -n "$live" ] && [ -n "$step" ] || return 0
	turn=$(((turn + 1) % ${#spinner[@]}))
	printf '\r\e[K  %s %s' "${spinner[turn]}" "${text:0:columns-5}"
}

erase()
{
	[ -z "$live" ] || printf '\r\e[K'
}

# begin_step SENTENCE - the one before is done
begin_step()
{
	end_step
	step=$1 since=$SECONDS detail=
	[ -n "$live" ] || printf '  %s %s\n' "$bullet" "$step"
}

end_step()
{
	erase
	[ -z "$live" ] || [ -z "$step" ] ||
		printf '  %s %s  %s%d s%s\n' "$bullet" "$step" "$dim" $((SECONDS - since)) "$plain"
	step=
}

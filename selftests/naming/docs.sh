#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Help, man page and completion of netdevname name the same options and commands.

. "$(dirname "$0")/naming.sh"

# The command lines that have a --help, the tool itself first.
commands=("" list resolve info monitor run snapshot compare roles "roles test" "roles suggest" altnames)

# As "-x,--long" and "--long" in the first column of --help.
help_options() {
	# shellcheck disable=SC2086
	netdevname $1 --help | grep -oE '^ +(-[a-zA-Z], *)?--[a-z-]+' | tr ',' '\n' | tr -d ' ' | sort -u
}

every_command_is_here() {
	diff <(netdevname --help | sed -n '/^subcommands:/I,$s/^  \([a-z][a-z]*\) .*/\1/p' | sort) \
		<(printf '%s\n' "${commands[@]}" | grep -v ' ' | grep . | sort)
}

man_has_all() {
	local page=/usr/share/man/man1/netdevname.1
	[ -e $page ] || page=$page.gz
	diff <(for command in "${commands[@]}"; do help_options "$command"; done | sort -u) \
		<(zcat -f $page | sed 's/\\-/-/g' | sed -n 's/^\.BR \(-[-a-zA-Z]*\)[ ",]*\(--[-a-z]*\).*/\1\n\2/p' | sort -u)
}

completion_has_all() {
	local command first second
	# shellcheck source=/dev/null
	. /usr/share/bash-completion/completions/netdevname || return 1
	for command in "${commands[@]}"; do
		read -r first second <<< "$command"
		diff <(help_options "$command") \
			<(_netdevname_words "$first" "$second" | tr ' ' '\n' | grep '^-' |
				common_only_at_top "$command" | sort -u) || {
			echo "in: netdevname $command"
			return 1
		}
	done
}

# -V, -j and -p belong to the tool; a command's own --help does not repeat them.
common_only_at_top() {
	if [ -z "$1" ]; then
		cat
	else
		grep -vxE -e '-V|--version|-j|--json|-p|--pretty'
	fi
}

completes_links() {
	local COMP_WORDS=(netdevname resolve by-pa) COMP_CWORD=2 COMPREPLY=()
	. /usr/share/bash-completion/completions/netdevname
	_netdevname
	[[ " ${COMPREPLY[*]} " == *" by-path "* ]] || { echo "${COMPREPLY[*]}"; return 1; }
}

plan 4
point "this test knows every command" every_command_is_here
point "the man page names the same options as --help" man_has_all
point "the completion names the same options as --help" completion_has_all
point "the completion offers what is below /dev/netdev" completes_links
ktap_finished

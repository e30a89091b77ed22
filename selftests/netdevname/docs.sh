#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Help, man page and completion of netdevname name the same options and commands.

. "$(dirname "$0")/naming.sh"

# The command lines that have a --help, the tool itself first.
commands=("" list resolve info monitor run snapshot compare roles "roles test" "roles accept"
	"roles suggest" altnames lint)

# What --help of each says; a process a line would be most of this test's time.
declare -A help options
read_help() {
	local command line
	for command in "${commands[@]}"; do
		# shellcheck disable=SC2086
		help[".$command"]=$(netdevname $command --help) || return 1
		while IFS= read -r line; do
			# As "-x,--long" and "--long" in the first column.
			[[ $line =~ ^\ +((-[a-zA-Z]),\ *)?(--[a-z-]+) ]] || continue
			options[".$command"]+="${BASH_REMATCH[2]} ${BASH_REMATCH[3]} "
		done <<< "${help[".$command"]}"
	done
}

# same_words EXPECTED FOUND: the same words, whatever their order.
same_words() {
	local word ret=0
	local -A expected found
	for word in $1; do
		expected[$word]=yes
	done
	for word in $2; do
		found[$word]=yes
		[ "${expected[$word]}" ] || { echo "not expected: $word"; ret=1; }
	done
	for word in "${!expected[@]}"; do
		[ "${found[$word]}" ] || { echo "missing: $word"; ret=1; }
	done
	return $ret
}

every_command_is_here() {
	local line in_list="" listed="" known="" command
	while IFS= read -r line; do
		[[ ${line,,} == subcommands:* ]] && in_list=1
		[[ $in_list && $line =~ ^\ \ ([a-z]+)\  ]] && listed+="${BASH_REMATCH[1]} "
	done <<< "${help[.]}"
	for command in "${commands[@]}"; do
		[[ $command == *' '* ]] || known+="$command "
	done
	same_words "$listed" "$known"
}

man_has_all() {
	local page=/usr/share/man/man1/netdevname.1
	[ -e $page ] || page=$page.gz
	same_words "${options[*]}" "$(zcat -f $page |
		sed -n 's/\\-/-/g; s/^\.BR \(-[-a-zA-Z]*\)[ ",]*\(--[-a-z]*\).*/\1\n\2/p')"
}

completion_has_all() {
	local command first second word words
	# shellcheck source=/dev/null
	. /usr/share/bash-completion/completions/netdevname || return 1
	for command in "${commands[@]}"; do
		read -r first second <<< "$command"
		words=
		for word in $(_netdevname_words "$first" "$second"); do
			case ${command:+under }$word in
			# They belong to the tool; a command's own --help does not repeat them.
			"under -V" | "under --version" | "under -j" | "under --json" | \
				"under -p" | "under --pretty") ;;
			-* | "under -"*) words+="$word " ;;
			esac
		done
		same_words "${options[".$command"]}" "$words" || {
			echo "in: netdevname $command"
			return 1
		}
	done
}

completes_links() {
	local COMP_WORDS=(netdevname resolve by-pa) COMP_CWORD=2 COMPREPLY=()
	. /usr/share/bash-completion/completions/netdevname
	_netdevname
	[[ " ${COMPREPLY[*]} " == *" by-path/ "* ]] || { echo "${COMPREPLY[*]}"; return 1; }
}

plan 4
read_help || ktap_exit_fail_msg "netdevname has no help"
point "this test knows every command" every_command_is_here
point "the man page names the same options as --help" man_has_all
point "the completion names the same options as --help" completion_has_all
point "the completion offers what is below /dev/netdev" completes_links
ktap_finished

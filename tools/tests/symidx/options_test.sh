#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --help, the man page and the completion name the same commands and options.
# usage: options_test.sh SYMIDX TOOLS_SOURCE_DIR

symidx=$1
man=$2/man/symidx.1
completion=$2/completion/symidx
failed=0

complain() { echo "FAIL: $*"; failed=1; }
# "--name" as help prints it, "\-\-name" as roff spells it
help_options() { grep -oE '(^|[ ,])--[a-z][a-z-]*' | tr -d ' ,' | sort -u; }
man_has() { sed 's/\\-/-/g' "$man" | grep -qE -- "(^|[^a-z-])$1([^a-z-]|\$)"; }
completion_has() { grep -qE -- "(^|[^a-z-])$1([^a-z-]|\$)" "$completion"; }

commands=$("$symidx" --help | awk '/^Subcommands:/ { on = 1; next } /^SUBCOMMANDS:/ { on = 1; next }
	on && $1 != "" { print $1 }')
[ "$(wc -w <<< "$commands")" -ge 7 ] || complain "--help lists too few commands: $commands"

checked=0
for command in $commands; do
	grep -q "^\.SS $command" "$man" || complain "$man: no section for $command"
	completion_has "$command" || complain "$completion: no $command"
	for option in $("$symidx" "$command" --help | help_options); do
		checked=$((checked + 1))
		man_has "$option" || complain "$man: $command: no $option"
		completion_has "$option" || complain "$completion: $command: no $option"
	done
done
[ "$checked" -ge 25 ] || complain "only $checked options seen: is --help read rightly?"

# The other way round: nothing is promised that the tool does not have.
known=$({ "$symidx" --help; for command in $commands; do "$symidx" "$command" --help; done; } |
	help_options)
for option in $(sed 's/\\-/-/g; s/\\fR.*//' "$man" | grep -E '^\.(B|BI|BR) ' | help_options) \
	$(grep -oE -- '--[a-z][a-z-]+' "$completion" | sort -u); do
	grep -qx -- "$option" <<< "$known" || complain "$option is documented and does not exist"
done
exit $failed

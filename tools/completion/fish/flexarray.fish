# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of flexarray(1)

complete -c flexarray -f
complete -c flexarray -s h -l help -d 'Print help'
complete -c flexarray -s V -l version -d 'Print the version'
complete -c flexarray -s j -l json -d 'Write JSON'
complete -c flexarray -s p -l pretty -d 'Indent JSON'
complete -c flexarray -n __fish_use_subcommand -a list -d 'All arrays'
complete -c flexarray -n __fish_use_subcommand -a show -d 'One of them'
complete -c flexarray -n __fish_use_subcommand -a top -d 'As they change'
complete -c flexarray -n '__fish_seen_subcommand_from list' -s o -l owner -x -d 'Of this module'
complete -c flexarray -n '__fish_seen_subcommand_from top' -s i -l interval -x -d 'Seconds'
complete -c flexarray -n '__fish_seen_subcommand_from top' -s n -l rounds -x -d 'End after so many'
complete -c flexarray -n '__fish_seen_subcommand_from top' -s l -l lines -x -d 'So many arrays'

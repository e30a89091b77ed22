# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of netdevname(1)

# Stable names below the folder that is typed so far, and the kernel's.
function __netdevname_nics
    # One empty word where there is none: a list without words makes no path.
    set -l folder (string match -r '^.*/' -- (commandline -ct); or echo)
    for path in /dev/netdev/$folder*
        set -l name (string replace /dev/netdev/ '' -- $path)
        test -d $path; and echo $name/; or echo $name
    end
    test -n "$folder"; or string replace /sys/class/net/ '' -- /sys/class/net/*
end

function __netdevname_after
    __fish_seen_subcommand_from $argv
end

complete -c netdevname -f
complete -c netdevname -s h -l help -d 'Print help'
complete -c netdevname -s V -l version -d 'Print the version'
complete -c netdevname -s j -l json -d 'Write JSON'
complete -c netdevname -s p -l pretty -d 'Indent JSON'
complete -c netdevname -n __fish_use_subcommand -a list -d 'All network devices and their names'
complete -c netdevname -n __fish_use_subcommand -a resolve -d 'What a name is called now'
complete -c netdevname -n __fish_use_subcommand -a info -d 'Everything about one'
complete -c netdevname -n __fish_use_subcommand -a monitor -d 'Report changes'
complete -c netdevname -n __fish_use_subcommand -a run -d 'A command with names resolved'
complete -c netdevname -n __fish_use_subcommand -a snapshot -d 'Remember all names'
complete -c netdevname -n __fish_use_subcommand -a compare -d 'What has changed since'
complete -c netdevname -n __fish_use_subcommand -a roles -d 'Test, accept or suggest a policy'
complete -c netdevname -n __fish_use_subcommand -a altnames -d 'Alternative names by policy'
complete -c netdevname -n __fish_use_subcommand -a lint -d 'Names in configuration files that do not work'
complete -c netdevname -n '__netdevname_after resolve info monitor' -a '(__netdevname_nics)'
complete -c netdevname -n '__netdevname_after monitor' -s n -l count -x -d 'End after so many'
complete -c netdevname -n '__netdevname_after monitor' -s s -l snapshot -d 'What is there first'
complete -c netdevname -n '__netdevname_after run' -F -a '(__fish_complete_subcommand --fcs-skip=2)'
complete -c netdevname -n '__netdevname_after snapshot compare roles lint' -F
complete -c netdevname -n '__netdevname_after lint' -s R -l root -r -F -d 'Root of the file system'
complete -c netdevname -n '__netdevname_after snapshot' -s s -l save -d 'Keep it'
complete -c netdevname -n '__netdevname_after roles' -a 'test accept suggest'
complete -c netdevname -n '__netdevname_after roles' -s r -l roles -r -d 'The policy'
complete -c netdevname -n '__netdevname_after roles' -s q -l quiet -d 'Status only'
complete -c netdevname -n '__netdevname_after altnames' -s s -l sync -d 'Set them'
complete -c netdevname -n '__netdevname_after altnames' -s r -l remove -d 'Remove them'
complete -c netdevname -n '__netdevname_after altnames' -s n -l dry-run -d 'Say what would be done'

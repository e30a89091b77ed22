# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of symidx(1)

function __symidx_kernels
    string replace /lib/modules/ '' -- /lib/modules/*
end

function __symidx_after
    __fish_seen_subcommand_from $argv
end

complete -c symidx -f
complete -c symidx -s h -l help -d 'Print help'
complete -c symidx -s V -l version -d 'Print the version'
complete -c symidx -s j -l json -d 'Write JSON'
complete -c symidx -s p -l pretty -d 'Indent JSON'
complete -c symidx -n __fish_use_subcommand -a lookup -d 'Who exports a symbol'
complete -c symidx -n __fish_use_subcommand -a list -d 'All symbols'
complete -c symidx -n __fish_use_subcommand -a who -d 'Who uses a symbol'
complete -c symidx -n __fish_use_subcommand -a check -d 'Will a module load'
complete -c symidx -n __fish_use_subcommand -a preflight -d 'Will all of them load'
complete -c symidx -n __fish_use_subcommand -a diff -d 'What an update changes'
complete -c symidx -n __fish_use_subcommand -a build -d 'Make an index'
complete -c symidx -n __fish_use_subcommand -a stats -d 'What an index holds'
complete -c symidx -n '__symidx_after lookup list who check stats' -l index -r -F -d 'An index file'
complete -c symidx -n '__symidx_after lookup list who check stats build preflight' -l kernel -x -a '(__symidx_kernels)'
complete -c symidx -n '__symidx_after lookup list who check stats build preflight diff' -l root -r -F -d 'Root of its file system'
complete -c symidx -n '__symidx_after list diff' -l module -r -F -d 'A module'
complete -c symidx -n '__symidx_after list' -l namespace -x -d 'Of a namespace'
complete -c symidx -n '__symidx_after list' -l namespaced -d 'Of any namespace'
complete -c symidx -n '__symidx_after list' -l gpl -d 'GPL only'
complete -c symidx -n '__symidx_after list' -l non-gpl -d 'For all licences'
complete -c symidx -n '__symidx_after check preflight' -s q -l quiet -d 'Status only'
complete -c symidx -n '__symidx_after check' -l separately -d 'Each file by itself'
complete -c symidx -n '__symidx_after preflight' -l loaded -d 'Those that are loaded'
complete -c symidx -n '__symidx_after build' -l update -d 'What has changed only'
complete -c symidx -n '__symidx_after check' -F
complete -c symidx -n '__symidx_after diff' -l summary -d 'Numbers only'
complete -c symidx -n '__symidx_after diff' -F -a '(__symidx_kernels)'
complete -c symidx -n '__symidx_after build' -l tree -r -F -d 'A build tree'
complete -c symidx -n '__symidx_after build' -s o -l output -r -F -d 'Where to'
complete -c symidx -n '__symidx_after build' -l image -r -F -d 'The kernel'
complete -c symidx -n '__symidx_after build' -l symvers -r -F -d 'Module.symvers'
complete -c symidx -n '__symidx_after build' -l config -r -F -d 'The configuration'
complete -c symidx -n '__symidx_after build' -l build-id -x -d 'The build id'
complete -c symidx -n '__symidx_after build' -l threads -x -d 'So many threads'

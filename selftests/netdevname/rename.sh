#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Renames, where the events that udev gets are out of date before it reads them.

. "$(dirname "$0")/naming.sh"

many_renames() {
	local i old=$first
	for ((i = 1; i <= renames; i++)); do
		echo "link set dev $old name r$i"
		old=r$i
		# For some of them, udev is at the one before.
		((i % 4)) || nap 0.05
	done | ip -batch -
}

# swaps COUNT: of two names that udev would not choose.
swaps() {
	local i
	for ((i = 1; i <= $1; i++)); do
		echo "link set dev left0 name swap0"
		echo "link set dev right0 name left0"
		echo "link set dev swap0 name right0"
		((i % 2)) || nap 0.05
	done | ip -batch -
}

renames=$(sized 200 20) swaps=$(sized 20 4)
plan 15
mapfile -t nics < <(hardware)
[ "${#nics[@]}" -ge 2 ] || ktap_exit_fail_msg "needs two NICs"
first=${nics[0]} second=${nics[1]}
node=$(node_of "$first") other=$(node_of "$second")
undo+=("rename \"\$(< /sys/class/netdev_naming/$node/interface)\" $first")
undo+=("rename \"\$(< /sys/class/netdev_naming/$other/interface)\" $second")

point "$renames renames of one NIC" many_renames
links "after them"
point "the last name leads to it" to_node "by-name/r$renames" "$node"
point "its own name returns" rename "r$renames" "$first"
links "after that"

rename "$first" left0
rename "$second" right0
point "$swaps swaps of two names" swaps "$swaps"
links "after them"
point "an even number of swaps changes nothing" to_node by-name/left0 "$node"
point "one more swap" swaps 1
links "after it"
point "an odd number of swaps does" to_node by-name/left0 "$other"
swaps 1
rename left0 "$first"
rename right0 "$second"

# A newer udev drops every event with such a name in its path.
rename "$first" $'bell\a'
links "a name with a control character"
rename $'bell\a' "$first"
links "after it"

# Names that udev would change, among them two that it would make one.
# shellcheck disable=SC2016
odd=('a*b' 'a_b' 'q"uote' '$env{ID_PATH}' 'back\slash' '#+-=@' 'by-mac' 'fifteen-letters' $'\303\244' $'\377x' $'bell\a' "tick'" 'a|b&c;d')
# A newer udev renames some of them itself, so the group is what finds them again.
group=4711
undo+=("udevadm control --start-exec-queue; ip link del group $group")
# Or one of them has the name of another by the time that this is made.
udevadm control --stop-exec-queue
{
	for name in "${odd[@]}"; do
		# To a batch of ip that is a comment.
		[[ $name == *'#'* ]] || printf 'link add name %s group %s type dummy\n' "$name" $group
	done | ip_batch
	for name in "${odd[@]}"; do
		[[ $name != *'#'* ]] || ip link add name "$name" group $group type dummy
	done
} 2>&1 | while read -r line; do
	echo "# a name was refused: $line"
done
mapfile -t made < <(ip -o link show group $group)
udevadm control --start-exec-queue
[ ${#made[@]} -eq ${#odd[@]} ] || ktap_exit_fail_msg "${#made[@]} of ${#odd[@]} odd names are there"
links "names with odd characters, two of which differ in such a character only"
ip link del group $group
links "after these are gone"
ktap_finished

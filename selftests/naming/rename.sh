#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Renames, where the events that udev gets are out of date before it reads them.

. "$(dirname "$0")/naming.sh"

plan 8
mapfile -t nics < <(hardware)
[ "${#nics[@]}" -ge 2 ] || ktap_exit_fail_msg "needs two NICs"
first=${nics[0]} second=${nics[1]}
node=$(node_of "$first")
undo+=("ip link set dev \"\$(cat /sys/class/netdev_naming/$node/interface)\" name $first")

for ((i = 1; i <= 200; i++)); do
	ip link set dev "$([ $i = 1 ] && echo "$first" || echo "r$((i - 1))")" name "r$i" || break
done
links "after 200 renames of one NIC"
point "the last name leads to it" to_node by-name/r200 "$node"
ip link set dev r200 name "$first"
links "after the return of its own name"

for ((i = 1; i <= 20; i++)); do
	ip -batch - <<-END
		link set dev $first name swap0
		link set dev $second name $first
		link set dev swap0 name $second
	END
done
links "after 20 swaps of two names"
point "an even number of swaps changes nothing" to_node "by-name/$first" "$node"
ip -batch - <<-END
	link set dev $first name swap0
	link set dev $second name $first
	link set dev swap0 name $second
END
links "after one more swap"
ip -batch - <<-END
	link set dev $first name swap0
	link set dev $second name $first
	link set dev swap0 name $second
END
settle

# Names that udev would change, among them two that it would make one.
# shellcheck disable=SC2016
odd=('a*b' 'a_b' 'q"uote' '$env{ID_PATH}' 'back\slash' '#+-=@' 'by-mac' 'fifteen-letters' $'\303\244' $'\377x' $'bell\a' "tick'" 'a|b&c;d')
# A newer udev renames some of them itself, so the group is what finds them again.
group=4711
undo+=("ip link del group $group")
for name in "${odd[@]}"; do
	ip link add name "$name" group $group type dummy || echo "# $(printf %q "$name") was refused"
done
links "names with odd characters, two of which differ in such a character only"
ip link del group $group
links "after these are gone"
ktap_finished

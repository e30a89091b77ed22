# SPDX-License-Identifier: GPL-2.0-only
"""
Mutants: which faults a source can have, that all of them fit into one text, that a mutant
which does not compile is found by its line, and what a boot says of those that were tried.
"""

from __future__ import annotations

import json
import unittest

from lab.judge.judge import Evidence
from lab.mutation import mutants, tree
from lab.mutation.source import Source
from lab.rows import mutation

HEAD = """// SPDX-License-Identifier: GPL-2.0-only
/* if (comments) are = 0; no code */
struct box { int count; };
int mutex_lock(int *lock);
int mutex_unlock(int *lock);
void pr_err(const char *text);
#define BUFFER(x) \\
	if (x) \\
		return 1
"""
CODE = HEAD + """
static int box_add(struct box *box, int nr, int *lock)
{
	int err = 0;

	if (nr < 1)
		return -ENOMEM;
	mutex_lock(lock);
	if (box->count)
		box->count = nr;
	else
		box->count +=
			2;
	mutex_unlock(lock);
	pr_err("if (text)");
	return err;
}

int box_init(struct box *box)
{
	return box_add(box, 4, &box->count);
}

module_init(box_init);
"""
MUTANTS = {
    "box_add: condition: nr < 1", "box_add: condition: box->count", "box_add: statement: box->count = nr",
    "box_add: statement: box->count += 2", "box_add: constant: return -ENOMEM;",
    "box_add: constant: if (nr < 1)", "box_add: constant: 1 in if (nr < 1)", "box_add: constant: 2 in 2;",
    "box_add: lock: mutex_lock(lock)", "box_init: constant: 4 in return box_add(box, 4, &box->count);"}
# Each mutant's way to be alive, in the one text that holds all of them.
TEXTS = (
    "if (MUTANT(1) ^ !!(nr < 1))", "return MUTANT(1) ? 0 : -ENOMEM;", "if (nr < MUTANT(1) + 1)",
    "if (nr < (1 + MUTANT(1)))", "do { if (!MUTANT(1)) { box->count = nr; } } while (0);",
    "do { if (!MUTANT(1)) mutex_lock(lock); } while (0);",
    "do { if (!MUTANT(1)) mutex_unlock(lock); } while (0);", "(4 + MUTANT(1))",
    "int waymark_mutant;\nmodule_param_named(mutant, waymark_mutant, int, 0644);")


def box() -> Source:
    return Source("modules/netdev_naming/box.c", CODE)


class Mutants(unittest.TestCase):
    def test_all_faults_are_known(self) -> None:
        found = {mutant.key.split(".c:", 1)[1] for mutant in mutants.possible(box())}
        self.assertEqual(found, MUTANTS)

    def test_each_asks_for_its_number(self) -> None:
        """All other code stays as it is, on its lines."""
        source = box()
        alone = [mutants.apply(source, {1: mutant}, True) for mutant in mutants.possible(source)]
        missing = [text for text in TEXTS if not any(text in made for made in alone)]
        moved = [made for made in alone if len(made.split("\n")) - len(CODE.split("\n")) != 6]
        whole = mutants.apply(source, {}, False).replace(mutants.HEADER, "") == CODE
        self.assertEqual((missing, moved), ([], []))
        self.assertTrue(whole)

    def test_seeds_decide(self) -> None:
        source = box()
        first, again, other = (mutants.choose([source], 4, seed) for seed in (1, 1, 2))
        inside = [(a, b) for a in first for b in first if a is not b and a.overlaps(b)]
        self.assertEqual((first, len(first), inside), (again, 4, []))
        self.assertNotEqual(first, other)

    def test_refusals_are_found(self) -> None:
        """By the line, which the mutants' own lines have moved."""
        source = box()
        numbered = dict(enumerate(mutants.choose([source], 4, 1), 1))
        line = mutants.apply(source, numbered, True).split("\n").index(
            next(text for text in mutants.apply(source, numbered, True).split("\n") if "MUTANT(3)" in text)) + 1
        log = f"/build/src/{source.path}:{line}:7: error: expected expression\n"
        found = tree.refused([source], numbered, log)
        near = {nr for nr, mutant in numbered.items() if mutant.line == numbered[3].line}
        self.assertIn(3, found)
        self.assertLessEqual(found, near)

    def test_boots_are_read(self) -> None:
        lines: list[dict[str, object]] = [
            {"mutant": 1, "begins": True}, {"mutant": 1, "passed": "a:b", "seconds": 1},
            {"mutant": 1, "found": ""}, {"mutant": 2, "begins": True}, {"mutant": 2, "found": "a:b: not ok 1"},
            {"mutant": 3, "begins": True}]
        tap = "".join(f"# #mutation {json.dumps(line)}\n" for line in lines)
        crashed = mutation.outcomes([1, 2, 3, 4], Evidence("0", tap=tap))
        hung = mutation.outcomes([1, 2, 3, 4], Evidence("0", tap=tap, timed_out=True))
        right = {1: "", 2: "a:b: not ok 1", 3: "the guest crashes"}
        self.assertEqual({nr: one.found for nr, one in crashed.items()}, right)
        self.assertEqual(hung[3].found, "the guest hangs")

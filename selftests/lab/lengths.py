# SPDX-License-Identifier: GPL-2.0-only
"""
How long the fuzzer and the churn go on when the user says so, and with which seed. The guests
get it on their kernel's command line, from which guest/bin/environment takes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from lab.host.error import LabError

FUZZ = "WAYMARK_FUZZ_SECONDS"
SEED = "WAYMARK_FUZZ_SEED"
CHURN = "WAYMARK_CHURN"
MUTANTS = "WAYMARK_MUTANTS"
DAMAGED = "WAYMARK_DAMAGED"
HELP = f"""environment:
  {FUZZ}=SECONDS   wherever the fuzzer runs, go on with fresh seeds for
                                 so long after the fixed one (0: do not)
  {SEED}=NUMBER       another seed in place of the fixed one, say of a finding
  {CHURN}=CYCLES           wherever the churn runs, load and unload so many
                                 times; or, with DURATION (90s, 30m, 2h), for so long
  {MUTANTS}=NUMBER         faults that the row mutation plants in the modules
  {DAMAGED}=NUMBER         damaged modules for each of the rows truth-*
"""

Environment = Mapping[str, str]

LONGEST = 24 * 3600
MOST = 100000
MOST_SEED = 10 ** 19 - 1
UNITS = {"s": 1, "m": 60, "h": 3600}
# Of one load and unload under use, where everything is emulated and watched.
CYCLE = 15


def number(env: Environment, name: str, most: int, wanted: str) -> int | None:
    """A number from 0 to most, or None if nothing is asked for."""
    text = env.get(name)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > most:
        raise LabError(f"{name}={text}: give {wanted}")
    return int(text)


def fuzz(env: Environment) -> int | None:
    """Seconds, or None."""
    return number(env, FUZZ, LONGEST, f"a number of seconds, 0 to {LONGEST}")


def seed(env: Environment) -> int | None:
    """The seed, or None."""
    return number(env, SEED, MOST_SEED, "a number, the seed of a finding")


def churn(env: Environment) -> tuple[str, int] | None:
    """(text for the guest, seconds that it may take), or None if nothing is asked for."""
    text = env.get(CHURN)
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,9})([smh]?)", text)
    count, unit = (int(found[1]), found[2]) if found else (0, "")
    if not count or (count * UNITS[unit] > LONGEST if unit else count > MOST):
        raise LabError(f"{CHURN}={text}: give a number of cycles, 1 to {MOST}, "
                       "or a duration of up to 24h: 90s, 30m, 2h")
    return text, count * UNITS.get(unit, CYCLE)


def count(env: Environment, name: str, most: int, usual: int) -> int:
    """A number of things from 1 on, or the usual one if nothing is asked for."""
    wanted = f"a number, 1 to {most}"
    found = number(env, name, most, wanted)
    if found == 0:
        raise LabError(f"{name}=0: give {wanted}")
    return found or usual


def mutants(env: Environment = os.environ) -> int:
    """Faults that the row mutation plants."""
    return count(env, MUTANTS, MOST, 120)


def damaged(env: Environment = os.environ) -> int:
    """Damaged modules for a row that compares symidx with the kernel's loader."""
    return count(env, DAMAGED, MOST, 20000)


def check(env: Environment = os.environ) -> None:
    """One LabError for a value that means nothing, before hours of work."""
    fuzz(env)
    seed(env)
    churn(env)
    mutants(env)
    damaged(env)


def words(env: Environment = os.environ) -> list[str]:
    """For the guest's kernel command line."""
    cycles = churn(env)
    wanted = {"fuzz": fuzz(env), "seed": seed(env), "churn": cycles and cycles[0]}
    return [f"waymark.{name}={value}" for name, value in wanted.items() if value is not None]


def seconds(tests: Sequence[str], env: Environment = os.environ) -> int:
    """What a row with these tests needs for that, beyond its limit."""
    cycles = churn(env)
    return (("fuzz:fuzz" in tests and fuzz(env) or 0)
            + (cycles[1] if cycles and "churn:churn" in tests else 0))

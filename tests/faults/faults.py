#!/usr/bin/env python3
"""Faults from outside: kills, errors of the system, power cuts, odd archives; one line a check.

The exit status is 1 when anything did not hold. A theme is a file that registers its checks with
`support.check`; THEMES names them all.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import support  # noqa: E402

THEMES = ["power_cut", "kills", "errors", "together", "archives", "chain", "outputs", "rights", "told"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=support.ROOT / "target" / "release" / "duibiao")
    parser.add_argument("--limit", type=int, default=0, help="at most so many tries a check; 0: all, and 300 kills")
    parser.add_argument("--seed", default="1", help="at which moments is killed, and which errors are tried")
    parser.add_argument("--only", default="", help="only checks whose name contains this")
    options = parser.parse_args()
    for theme in THEMES:
        importlib.import_module(theme)
    begun = time.monotonic()
    held = failed = skipped = tried = 0
    for name, function in support.CHECKS:
        if options.only not in name:
            continue
        context = support.Context(options.program, options.limit, f"{options.seed} {name}")
        try:
            outcome = function(context)
        finally:
            context.close()
        tried += outcome.tried
        if outcome.skipped:
            skipped += 1
            print(f"skipped  {name}: {outcome.skipped}", flush=True)
        elif outcome.wrong or not outcome.tried:
            failed += 1
            print(f"FAILS    {name}: {len(outcome.wrong)} of {outcome.tried}", flush=True)
            for what in outcome.wrong[:10]:
                print(f"           {what}")
        else:
            held += 1
            print(f"holds    {name}: {outcome.tried}", flush=True)
    seconds = time.monotonic() - begun
    print(
        f"{held + failed + skipped} checks, {tried} tries in {seconds:.0f} s: "
        f"{held} hold, {failed} fail, {skipped} skipped"
    )
    return 1 if failed or not held else 0


if __name__ == "__main__":
    sys.exit(main())

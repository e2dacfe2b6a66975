#!/usr/bin/env python3
"""The hand-over, judged from outside: every figure recounted, every page printed, every answer sent back.

One line a check, and a last line of figures. The exit status is 1 when anything did not hold. A theme is a
file that registers its checks with `support.check`; THEMES names them all.
"""

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import support  # noqa: E402

THEMES = [
    "page_one", "one_count", "every_figure", "odd_months", "the_list", "printing", "answers", "came_back", "pairings", "change", "access", "told", "contacts", "page_file", "templates",
    "data_folder",
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=support.ROOT / "target" / "release" / "duibiao")
    parser.add_argument("--office", default="soffice", help="LibreOffice; checks that need it are skipped without")
    parser.add_argument("--limit", type=int, default=0, help="at most so many random months and round trips; 0: all")
    parser.add_argument("--seed", default="1", help="which months are drawn")
    parser.add_argument("--only", default="", help="only checks whose name contains this")
    parser.add_argument("--show", type=int, default=10, help="how much of what did not hold is listed")
    options = parser.parse_args()
    for theme in THEMES:
        importlib.import_module(theme)
    begun = time.monotonic()
    held = failed = skipped = tried = 0
    context = support.Context(options.program, options.office, options.limit, options.seed)
    try:
        for name, function in support.CHECKS:
            if options.only not in name:
                continue
            try:
                outcome = function(context)
            except support.Skipped as why:
                skipped += 1
                print(f"skipped  {name}: {why}", flush=True)
                continue
            except Exception as error:  # A page in another shape is an answer too: the check did not hold.
                outcome = support.Outcome(1, [f"{type(error).__name__}: {error} {at(error)}"])
            tried += outcome.tried
            if outcome.wrong or not outcome.tried:
                failed += 1
                print(f"FAILS    {name}: {len(outcome.wrong)} of {outcome.tried}", flush=True)
                for what in outcome.wrong[: options.show]:
                    print(f"           {what}")
            else:
                held += 1
                print(f"holds    {name}: {outcome.tried}", flush=True)
    finally:
        context.close()
    seconds = time.monotonic() - begun
    print(
        f"{held + failed + skipped} checks, {tried} tries in {seconds:.0f} s: "
        f"{held} hold, {failed} fail, {skipped} skipped"
    )
    return 1 if failed or not held else 0


def at(error):
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"({Path(frame.filename).name}:{frame.lineno})"


if __name__ == "__main__":
    sys.exit(main())

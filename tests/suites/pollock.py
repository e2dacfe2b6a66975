#!/usr/bin/env python3
"""Hold duibiao's reading of Pollock's polluted csv files against their clean versions.

Pollock (https://github.com/HPI-Information-Systems/Pollock) pollutes one csv file in 2,290 ways: each file
once without a delimiter, once with one too many, once with a stray quote, with other delimiters, quotes,
line ends, headings. A system is asked for the table it loads; its score is the sum of ten measures, each the
mean over all files: whether it loads, and precision, recall and F1 of the heading's cells, of the records and of
the cells. The weighted score counts each pollution as often as it occurs in open data.

The measures are those of the benchmark's `pollock/metrics.py`; how a cell is normalised is taken from its
own `pollock/data_types.py`. duibiao is told nothing but the file.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

csv.field_size_limit(10**9)
MEASURES = [f"{what} {how}" for what in ("heading", "record", "cell") for how in ("precision", "recall", "F1")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pollock", type=Path, required=True, help="a clone of Pollock, checked out")
    parser.add_argument("--program", type=Path, default=Path("target/release/duibiao"))
    parser.add_argument("--only", default="", help="files whose names hold this")
    parser.add_argument("--worst", type=int, default=15, help="how many files to name")
    return parser.parse_args()


def read(program, path):
    """The rows that duibiao reads, and how many doubts it tells; none where it refuses the file."""
    asked = [str(program), "inspect", str(path), "--cells"]
    done = subprocess.run(asked, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        return None, 0
    sheet = json.loads(done.stdout)["sheets"][0]
    return [row["cells"] for row in sheet["rows"]], len(sheet["doubts"])


def shares(source, loaded):
    """Precision, recall and F1 of two bags, as the benchmark names them."""
    if not source:
        return [1.0, 1.0, 1.0]
    common = sum((Counter(source) & Counter(loaded)).values())
    if not common:
        return [0.0, 0.0, 0.0]
    precision, recall = common / len(source), common / len(loaded)
    return [precision, recall, 2 * precision * recall / (precision + recall)]


def measures(clean, rows, normal):
    with open(clean, encoding="utf-8-sig", newline="") as file:
        source = list(csv.reader(file))
    if not source:
        return [1.0] * 9
    if not rows:
        return [0.0] * 9
    normalised = [[normal(cell) for cell in row] for row in source]
    loaded = [[normal(cell) for cell in row] for row in rows]
    records = ["".join(row) for row in normalised[1:]], ["".join(row) for row in loaded[1:]]
    cells = [cell for row in source for cell in row], [cell for row in rows for cell in row]
    return shares(normalised[0], loaded[0]) + shares(*records) + shares(*cells)


def main():
    asked = arguments()
    sys.path.insert(0, str(asked.pollock))
    from pollock.data_types import normalize_cell

    known = {}

    def normal(cell):
        if cell not in known:
            known[cell] = normalize_cell(cell)
        return known[cell]

    polluted = asked.pollock / "polluted_files"
    weights = json.loads((asked.pollock / "pollock_weights.json").read_text())
    names = sorted(path.name for path in (polluted / "csv").iterdir() if asked.only in path.name)
    with ThreadPoolExecutor(2) as pool:
        readings = list(pool.map(lambda name: read(asked.program, polluted / "csv" / name), names))
    scores, silent = {}, []
    for name, (rows, doubts) in zip(names, readings):
        empty = (polluted / "csv" / name).stat().st_size == 0
        found = measures(polluted / "clean" / name, rows or [], normal)
        scores[name] = [1.0 if rows is not None or empty else 0.0] + found
        moves = name.startswith(("row_less_sep", "row_more_sep", "row_extra_quote", "row_field_delimiter"))
        if moves and not doubts and sum(scores[name]) < 10:
            silent.append(name)
    count, weight = len(scores), sum(weights.get(name, 0) for name in scores)
    simple = sum(sum(score) for score in scores.values()) / count
    weighted = sum(sum(score) * weights.get(name, 0) for name, score in scores.items()) / weight
    print(f"{count} files: simple {simple:.3f}, weighted {weighted:.3f}")
    for place, measure in enumerate(["loads", *MEASURES]):
        print(f"  {measure:18} {sum(score[place] for score in scores.values()) / count:.4f}")
    print(f"{len(silent)} files in which a row is spoilt, cells differ and nothing is told: {', '.join(silent[:8])}")
    lost = {name: (10 - sum(score)) * weights.get(name, 0) / weight for name, score in scores.items()}
    for name in sorted(lost, key=lambda name: (-lost[name], name))[: asked.worst]:
        print(f"  {name:40} {sum(scores[name]):6.3f}  costs {lost[name]:.4f}")


if __name__ == "__main__":
    main()

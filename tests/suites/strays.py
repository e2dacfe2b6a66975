#!/usr/bin/env python3
"""Put one stray quote or separator into each csv file of a folder, and see that no cell moves unsaid.

Each file is read as it is, then with one character too many or too few at a place drawn by the seed: a quote put
in, a separator put in, a separator taken out. Where a cell then stands elsewhere than before (the one that holds the place
may change), the reading must tell a doubt that it did not tell of the file as it was.
"""

import argparse
import json
import random
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

KINDS = ("quote in", "separator in", "separator out")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--program", type=Path, default=Path("target/release/duibiao"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--largest", type=int, default=200_000, help="bytes of a file that is still tried")
    parser.add_argument("--keep", type=Path, help="a folder for the files of which nothing is told")
    return parser.parse_args()


def read(program, path):
    done = subprocess.run([str(program), "inspect", str(path), "--cells"], capture_output=True)
    if done.returncode != 0:
        return None
    sheet = json.loads(done.stdout.decode("utf-8"))["sheets"][0]
    cells = {
        (row["row"], column): cell
        for row in sheet["rows"]
        for column, cell in enumerate(row["cells"])
        if cell.strip()
    }
    doubts = [(json.dumps(doubt["why"]), doubt["count"]) for doubt in sheet["doubts"]]
    return sheet["text"], cells, sorted(doubts)


def moved(before, after):
    """How many cells are not where they were, the one that was struck and what it lost apart."""
    gone = {at for at, text in before.items() if after.get(at) != text}
    come = {at for at, text in after.items() if before.get(at) != text}
    return len(gone | come)


def struck(content, kind, quote, delimiter, draw):
    """The bytes with one character more or less; none where there is no place for it."""
    if kind == "quote in":
        at = draw.randrange(len(content) + 1)
        # Half of them where a field begins: there a quote does the most harm.
        starts = [place + 1 for place, byte in enumerate(content) if byte in (delimiter, 10)]
        if starts and draw.random() < 0.5:
            at = draw.choice(starts)
        while at < len(content) and content[at] & 0xC0 == 0x80:
            at += 1
        return content[:at] + bytes([quote]) + content[at:]
    if kind == "separator in":
        at = draw.randrange(len(content) + 1)
        while at < len(content) and content[at] & 0xC0 == 0x80:
            at += 1
        return content[:at] + bytes([delimiter]) + content[at:]
    places = [place for place, byte in enumerate(content) if byte == delimiter]
    if not places:
        return None
    at = draw.choice(places)
    return content[:at] + content[at + 1 :]


def tried(asked, path, folder):
    """What came of each kind: whether cells moved, and whether it was told."""
    content = path.read_bytes()
    first = read(asked.program, path)
    if not content or first is None or len(content) > asked.largest or b"\0" in content:
        return []
    text, before, doubts = first
    outcome = []
    for kind in KINDS:
        draw = random.Random(f"{asked.seed} {kind} {path.name}")
        spoilt = struck(content, kind, ord(text["quote"]), ord(text["delimiter"]), draw)
        if spoilt is None:
            continue
        copy = folder / f"{path.parent.name} {kind} {path.name}"
        copy.write_bytes(spoilt)
        after = read(asked.program, copy)
        copy.unlink()
        if after is None:
            outcome.append((kind, 0, True, path.name, True, 0))
            continue
        count = moved(before, after[1])
        # Where the file was doubtful before in the same way, that is told of it still.
        rows = len({row for row, _ in before})
        outcome.append((kind, count, after[2] != doubts, path.name, bool(after[2]), rows))
        if count > 1 and after[2] == doubts and asked.keep:
            (asked.keep / copy.name).write_bytes(spoilt)
    return outcome


def main():
    asked = arguments()
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for folder in asked.folders for path in folder.iterdir() if path.is_file())
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        outcomes = [line for lines in pool.map(lambda path: tried(asked, path, Path(folder)), paths) for line in lines]
    for kind in KINDS:
        of_kind = [line for line in outcomes if line[0] == kind]
        moves = [line for line in of_kind if line[1] > 1]
        silent = [line for line in moves if not line[2]]
        mute = [line for line in silent if not line[4]]
        print(
            f"{kind}: {len(of_kind)} files, in {len(moves)} cells move, {len(silent)} tell nothing new, "
            f"{len(mute)} nothing at all, {sum(line[5] > 2 for line in mute)} of them of more than two lines"
        )
        for _, count, _, name, told, rows in silent:
            print(f"  {count:5} cells: {name}, {rows} lines{', doubted as before' if told else ''}")


if __name__ == "__main__":
    main()

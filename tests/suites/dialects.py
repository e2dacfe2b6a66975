#!/usr/bin/env python3
"""Hold the dialects that duibiao recognises against those that people annotated.

CSVsniffer (https://github.com/ws-garcia/CSVsniffer) comes with csv files of Pollock, of the W3C's tests and of
the CSV Wrangling research, and with the delimiter and the quote of each, as its author annotated them. A file
counts as right where both are. Files that the clone lacks are not counted.
"""

import argparse
import csv
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SETS = [
    ("POLLOCK", "POLLOCK-dialect_annotations.txt", "CSV"),
    ("W3C-CSVW", "W3C-CSVW-dialect_annotations.txt", "W3C-CSVW"),
    ("CSV Wrangling", "CCSV-manual_Dialect_Annotation.txt", "CSV_Wrangling"),
    ("CSV Wrangling, encodings apart", "CCSV-manual_Dialect_Annotation_CODEC.txt", "CSV_Wrangling"),
    ("CSV Wrangling, messy", "CCSV-manual_Dialect_Annotation_CODEC.txt", "CSV_Wrangling"),
]
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", " ": "space", "|": "vslash", "#": "nsign", ":": "colon"}
QUOTES = {'"': "doublequote", "'": "singlequote"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--csvsniffer", type=Path, required=True, help="a clone of CSVsniffer, checked out")
    parser.add_argument("--program", type=Path, default=Path("target/release/duibiao"))
    parser.add_argument("--full", action="store_true", help="name each file that is not right")
    return parser.parse_args()


def recognised(program, path):
    done = subprocess.run([str(program), "inspect", str(path), "--cells"], capture_output=True)
    if done.returncode != 0:
        return None
    text = json.loads(done.stdout.decode("utf-8"))["sheets"][0]["text"]
    return text and (DELIMITERS.get(text["delimiter"]), QUOTES.get(text["quote"]))


def main():
    asked = arguments()
    base = asked.csvsniffer / "python"
    known = {}
    for name, annotations, folder in SETS:
        with open(base / "ground truth" / annotations, newline="", encoding="utf-8") as file:
            lines = [row for row in csv.reader(file, delimiter="|") if len(row) > 5 and row[0] != "file_name"]
        if name.endswith("messy"):
            lines = [row for row in lines if row[6] != "yes"]
        there = [row for row in lines if (base / folder / row[0]).is_file()]
        paths = [base / folder / row[0] for row in there if base / folder / row[0] not in known]
        with ThreadPoolExecutor(2) as pool:
            known.update(zip(paths, pool.map(lambda path: recognised(asked.program, path), paths)))
        right = refused = 0
        for row in there:
            found = known[base / folder / row[0]]
            refused += found is None
            right += found == (row[2], row[3])
            if asked.full and found != (row[2], row[3]):
                print(f"  {row[0]}: annotated {row[2]}, {row[3]}; recognised {found}")
        print(
            f"{name}: {len(lines)} annotated, {len(there)} there, {right} right"
            f" ({100 * right / max(1, len(there)):.1f} %), {refused} refused"
        )


if __name__ == "__main__":
    main()

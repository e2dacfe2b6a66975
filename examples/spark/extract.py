"""Reads a month's sheets on a Spark cluster: each file becomes one extract, by `duibiao extract` on the machine
that has it at hand. What comes of it is given to `duibiao run --extracts`.

    spark-submit --master spark://HOST:7077 extract.py DUIBIAO PIPELINE FOLDER OUT [PARTS]

DUIBIAO, PIPELINE and FOLDER (of the sheets) stand at the same place on every machine, as on a shared disk.
OUT is one file of lines, in the order of the files. A worker that is lost midway is made up for: Spark
gives its files to another, and an extract does not depend on who made it.
"""

import os
import shlex
import sys
from pathlib import Path

from pyspark.sql import SparkSession

# Of files that one call of the program reads: loading the pipeline file costs as much as a few sheets.
FILES_A_PART = 25


def main():
    program, pipeline, folder, out = sys.argv[1:5]
    files = sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())
    if any("\n" in name for name in files):
        sys.exit("a name holds a line break: read this month with `duibiao run` alone")
    parts = int(sys.argv[5]) if len(sys.argv) > 5 else max(1, len(files) // FILES_A_PART)
    spark = SparkSession.builder.appName("duibiao extract").getOrCreate()
    command = f"{shlex.quote(program)} extract {shlex.quote(pipeline)}"
    # A call that fails fails its part, which is tried again elsewhere; none is left out.
    lines = spark.sparkContext.parallelize(files, parts).pipe(command, env=dict(os.environ), checkCode=True)
    with open(out, "w", encoding="utf-8") as extracts:
        for line in lines.toLocalIterator():
            extracts.write(line + "\n")
    spark.stop()


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Tries `extract.py` on a cluster of this machine: a real master and two real workers, of which one is killed
# midway; the run that is given the extracts has to be the same to the byte as one that read everything here.
#
#     examples/spark/try.sh DUIBIAO [WORKBOOKS]
#
# Needs Java (Debian: default-jre-headless) and a Python with pyspark and XlsxWriter on the path.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(readlink -f "$1")
workbooks=${2:-1000}
work=$(mktemp -d)
home=$(python3 -c 'import pathlib, pyspark; print(pathlib.Path(pyspark.__file__).parent)')
export SPARK_HOME=$home PYSPARK_PYTHON=python3 SPARK_LOCAL_IP=127.0.0.1 SPARK_MASTER_HOST=127.0.0.1
started=()
finish() {
    kill "${started[@]}" 2> /dev/null || true
    wait 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT
begin() {
    local log=$1
    shift
    "$home/bin/spark-class" "$@" > "$work/$log" 2>&1 &
    started+=($!)
}

python3 -B "$here/../../tests/bench/inboxes.py" workbooks "$workbooks" "$work/month"
master=spark://127.0.0.1:7077
begin master.log org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 7077 --webui-port 0
begin one.log org.apache.spark.deploy.worker.Worker --cores 1 --memory 1g --webui-port 0 --work-dir "$work/one" "$master"
begin two.log org.apache.spark.deploy.worker.Worker --cores 1 --memory 1g --webui-port 0 --work-dir "$work/two" "$master"
lost=${started[-1]}

"$home/bin/spark-submit" --master "$master" --executor-memory 512m --conf spark.ui.enabled=false \
    "$here/extract.py" "$program" "$work/month/p.toml" "$work/month/inbox/2020-08" "$work/extracts" > "$work/submit.log" 2>&1 &
submitted=$!
# Midway: when the second worker has finished some of its parts.
for _ in $(seq 600); do
    finished=$(grep -c 'Finished task' "$work/submit.log" || true)
    [ "$finished" -ge 6 ] && break
    kill -0 "$submitted" 2> /dev/null || break
    sleep 0.2
done
echo "worker two is killed after ${finished:-0} parts"
pkill -9 -P "$lost" || true
kill -9 "$lost" || true
pkill -9 -f "$work/two" || true
wait "$submitted" || { tail -20 "$work/submit.log"; exit 1; }
grep -c 'Lost executor\|Lost task' "$work/submit.log" | sed 's/$/ lines about what was lost/' || true

run() {
    "$program" run "$work/month/p.toml" --period 2020-08 --archive "$work/$1" "${@:2}" > /dev/null || [ $? -eq 1 ]
}
run alone
run together --extracts "$work/extracts"
# When and by whom a run was made stands in run.json only, and how many extracts it used on one page.
for file in report.json data; do
    diff -r "$work"/alone/*/2020-08/01/$file "$work"/together/*/2020-08/01/$file
done
echo "$workbooks workbooks: the same report and data, to the byte"

"""Makes months of any size for the benchmarks: a plan, its submissions in realistic layouts, and a
pipeline file, all from one seed. The texts recur in every unit, as in real plans, and are unique
within one.

    python3 tests/bench/inboxes.py SHAPE SIZE FOLDER

SHAPE is what grows; SIZE how many of it:

    workbooks   units of 51 tasks, a workbook each, 3 % of the rows wrong
    clean       the same, nothing wrong
    rows        one unit with that many tasks, 1 % wrong
    lines       the same as csv
    wrong       one unit with that many tasks, every amount wrong
    unplanned   one unit with that many rows that the plan lacks, and as many tasks that it left out
    reworded    one unit with that many tasks, renumbered, each text a little different
    alike       one unit with that many tasks of one text
    silent      that many units of 5 tasks, of which only one sent a workbook
    sheets      one unit with 51 tasks on each of that many sheets of one workbook
    columns     one unit of 200 tasks with that many further columns that nobody declared
    files       one unit with its 4,000 tasks in that many workbooks
"""

import csv
import pathlib
import random
import shutil
import sys

import xlsxwriter

SEED = 7
TASKS = 51
PLACES = ["林旺南", "林旺北", "崖城", "乾隆", "梅东", "南山", "红花", "藤桥", "海坡", "回新", "回辉",
          "槟榔", "水蛟", "桶井", "扎南", "抱坡", "落笔", "大茅", "中廖", "博后"]
KINDS = ["建设社区老年人日间照料中心", "开展居家养老服务上门入户试点", "新建长者饭堂",
         "改造农村敬老院适老化设施", "开展老年人能力综合评估", "建设社区嵌入式养老机构"]
USES = ["用于能力评估、人员培训及宣传", "用于购买第三方服务"]
HEADINGS = ["序号", "责任单位", "工作任务", "资金（万元）", "资金用途", "时间进度", "中央资金分配情况"]
REPORTED = ["已到位资金（万元）", "已支出资金（万元）", "完成进度（%）", "完成情况", "备注"]
FIRST = "安宁平和顺兴隆昌盛福禄寿喜东西南北春夏秋冬云霞星月金银铜铁江河湖海山川"
SECOND = "阳阴原岭坡塘桥镇关溪口渡沙泉林谷峰岩滩洲湾港城堡庄屯寨集里坊"

PIPELINE = pathlib.Path(__file__).with_name("pipeline.toml")


def unit_names():
    number = 0
    while True:
        for first in FIRST:
            for second in SECOND:
                more = "" if number == 0 else KINDS[0][number % 8] + SECOND[(number // 8) % 31]
                yield f"{first}{second}{more}县"
        number += 1


def task_names(count):
    names = []
    for place in range(count):
        text = f"{KINDS[place % 6]}（{PLACES[place % 20]}社区{'一二三'[place // 20 % 3]}期"
        group = place // 60
        names.append(text + (f"第{group}批）" if group else "）"))
    return names


def task(unit_number, place, text, unit):
    funds = ((place * 37 + unit_number * 11) % 90 + 10) * 5
    return [None, unit, text, funds, USES[place % 2], f"2020年{9 + place % 4}月", funds]


def write(path, sheets):
    """Each sheet: its name, its lines above the table, headings, rows."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    for name, above, headings, rows in sheets:
        sheet = book.add_worksheet(name)
        line = 0
        for words in [*above, headings, *rows]:
            for column, value in enumerate(words):
                if value not in (None, ""):
                    sheet.write(line, column, value)
            line += 1
    book.close()


def reported(row, place):
    got = row[3] // 2 if isinstance(row[3], int) else 0
    return [*row, got, got // 2, place * 7 % 100, "进行中", ""]


def submission(path, unit, rows, sheet="报送表", further=()):
    layout = sum(map(ord, unit)) % 3
    headings = [*HEADINGS, *REPORTED, *further]
    above = [[f"{unit}试点项目资金安排报送表（2020年8月）"], [f"填报单位：{unit}"]]
    if layout == 1:
        above = above[1:]
    body = [reported(row, place) + [place] * len(further) for place, row in enumerate(rows)]
    if layout != 2:
        total = [None, None, "合计", sum(row[3] for row in rows)]
        body.append(total)
    write(path, [(sheet, above, headings, body)])


def plan(folder, tasks):
    for number, row in enumerate(tasks):
        row[0] = number + 1
    total = [None, None, "合计", sum(row[3] for row in tasks), None, None, sum(row[6] for row in tasks)]
    write(folder / "plan.xlsx", [("附件", [["试点项目资金安排表"]], HEADINGS, [*tasks, total])])


def make(shape, size, folder):
    draw = random.Random(SEED)
    inbox = folder / "inbox" / "2020-08"
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.copy(PIPELINE, folder / "p.toml")
    names = unit_names()
    if shape in ("workbooks", "clean"):
        texts = task_names(TASKS)
        units = [next(names) for _ in range(size)]
        tasks = [[task(number, place, text, unit) for place, text in enumerate(texts)]
                 for number, unit in enumerate(units)]
        plan(folder, [row for rows in tasks for row in rows])
        for unit, rows in zip(units, tasks):
            for row in rows:
                if shape == "workbooks" and draw.random() < 0.03:
                    row[3] += 5
            submission(inbox / f"{unit}.xlsx", unit, rows)
        return
    if shape == "silent":
        units = [next(names) for _ in range(size)]
        tasks = [[task(number, place, text, unit) for place, text in enumerate(task_names(5))]
                 for number, unit in enumerate(units)]
        plan(folder, [row for rows in tasks for row in rows])
        submission(inbox / f"{units[0]}.xlsx", units[0], tasks[0])
        return
    unit = next(names)
    count = {"sheets": size * TASKS, "columns": 200, "files": 4000}.get(shape, size)
    texts = [KINDS[0]] * count if shape == "alike" else task_names(count)
    rows = [task(0, place, text, unit) for place, text in enumerate(texts)]
    if shape == "unplanned":
        plan(folder, rows)
        rows = [[place + 1, unit, f"新增{PLACES[place % 20]}第{place}号便民设施", 10, "新增", "2020年9月", 0]
                for place in range(count)]
    else:
        plan(folder, rows)
    if shape in ("rows", "lines"):
        for row in rows:
            row[3] += 5 * (draw.random() < 0.01)
    elif shape == "wrong":
        for row in rows:
            row[3] += 5
    elif shape == "reworded":
        draw.shuffle(rows)
        for place, row in enumerate(rows):
            row[0], row[2] = place + 1, row[2].replace("社区", "社区居委会").replace("）", "项目）")
    further = [f"附加{place}" for place in range(size)] if shape == "columns" else ()
    if shape == "files":
        each = max(1, count // size)
        for number in range(size):
            submission(inbox / f"{unit}{number}.xlsx", unit, rows[number * each:(number + 1) * each])
    elif shape == "lines":
        with open(inbox / f"{unit}.csv", "w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([[*HEADINGS, *REPORTED], *(reported(row, at) for at, row in enumerate(rows))])
    elif shape == "sheets":
        headings = [*HEADINGS, *REPORTED]
        body = [reported(row, place) for place, row in enumerate(rows)]
        parts = [(f"表{number}", [[f"填报单位：{unit}"]], headings, body[number * TASKS:(number + 1) * TASKS])
                 for number in range(size)]
        write(inbox / f"{unit}.xlsx", parts)
    else:
        submission(inbox / f"{unit}.xlsx", unit, rows, further=further)


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]))

"""The shapes in which districts lay out the same table."""

import datetime
from decimal import Decimal

from formats import Grid, write
from submission import AMOUNTS

HEADINGS = {
    "seq": ["序号", "编号", "NO.", "序列", "行次"],
    "owner": ["责任单位", "实施单位", "牵头单位", "单位", "区县", "部门", "执行单位"],
    "task": ["工作任务", "重点任务", "任务内容", "工作任务（项目）", "项目名称", "事项名称"],
    "funds": ["资金", "资金安排", "计划资金", "总额", "金额", "预算金额"],
    "use": ["资金用途", "经费用途", "用途", "资金主要用途"],
    "due": ["时间进度", "完成时限", "完成时间", "时间进度安排"],
    "central": ["中央资金分配情况", "其中：中央资金", "中央资金"],
    "received": ["已到位资金", "到位资金"],
    "spent": ["已支出资金", "支出资金"],
    "progress": ["完成进度（%）", "完成进度"],
    "status": ["完成情况", "进展情况"],
    "remark": ["备注", "备  注"],
}
UNKNOWN = ["建设地点", "项目代码", "责任领导", "项目负责同志", "建设性质"]
REQUIRED = ("owner", "task", "funds", "due", "central")
ALIASES = {
    "市民政局": ["三亚市民政局"],
    "海棠区": ["海棠区民政局", "海棠区人民政府"],
    "吉阳区": ["吉阳区民政局"],
    "天涯区": ["天涯区民政局"],
    "崖州区": ["崖州区人民政府"],
    "育才生态区": ["育才生态区管委会"],
}
EXPONENT = {"元": 2, "千元": 5, "万元": 6}
FULL = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


MONTHS = ["", *"一 二 三 四 五 六 七 八 九 十 十一 十二".split()]


def written(year):
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))


class Layout:
    """One unit's habits; every choice is drawn here, before anything is planted."""

    def __init__(self, rng, unit, reordered=False):
        pick = rng.choice
        self.unit = unit
        self.form = pick(["xlsx", "xlsx", "xls", "ods", "csv"])
        self.encoding = pick(["utf-8-sig", "utf-8", "gb18030"])
        self.numbering = pick(["kept", "kept", "renumbered", "missing", "blank"])
        self.order = pick(["plan", "plan", "shuffled"])
        if reordered:
            self.order, self.numbering = "shuffled", pick(["renumbered", "missing"])
        self.levels = pick([1, 1, 2])
        self.column_numbers = rng.random() < 0.15
        self.money = pick(["万元", "万元", "万元", "元", "元", "千元"])
        self.stated = pick(["heading", "heading", "line", "cell"] + ["default"] * (self.money == "万元"))
        self.amount_style = pick(["number", "number", "text", "thousands", "fullwidth"])
        self.zero = pick(["0", "0", "blank", "—", "/"])
        self.month = pick([
            "年月", "底前", "点", "日期文字", "日期", "无年", "全角", "斜线", "年月日", "汉字", "日前", "月份",
        ])  # fmt: skip
        self.owner = pick(["merged", "merged", "first", "every", "every", "every", "blank"])
        self.cents = rng.random() < 0.15
        self.yuan_sign = rng.random() < 0.1
        self.short_unit = rng.random() < 0.4
        if self.form == "csv" and self.owner == "merged":
            self.owner = "first"
        self.owner_name = pick([unit, unit, unit] + ALIASES[unit])
        if unit != "市民政局" and rng.random() < 0.1:
            self.owner_name = f"三亚市{unit}"
        self.has_use = rng.random() < 0.9
        self.has_reported = rng.random() < 0.45
        self.unknown_column = rng.random() < 0.12
        self.totals = pick(["none", "bottom", "bottom", "unlabelled", "top", "subtotals"])
        self.total_label = pick(["合计", "合  计", "总计", "合计：", unit + "合计"])
        self.total_label_in = pick(["first", "owner", "task"])
        self.part_sheets = 2 if rng.random() < 0.1 else 1
        self.part_files = False
        self.shared = False
        if self.form == "csv":
            self.part_sheets = 1
        self.cover = self.form != "csv" and rng.random() < 0.25
        self.empty_sheets = self.form != "csv" and rng.random() < 0.2
        self.repeated_heading = rng.random() < 0.08
        self.blank_rows_inside = rng.random() < 0.12
        self.first_row = pick([0, 0, 0, 1, 3])
        self.first_column = pick([0, 0, 0, 1, 2])
        self.attachment_line = rng.random() < 0.5
        self.title = pick(["unit", "unit", "generic", "period", "none"])
        self.submitter_line = rng.random() < 0.4
        self.filled_on = pick([None, None, datetime.date(2020, 8, 31)])
        self.notes = pick([0, 0, 1, 2, 3])
        self.sheet_name = pick(["附件3", "Sheet1", "月报", unit, "8月", unit + "8月"])
        self.file_pattern = pick(
            ["{unit}", "{unit}8月报送", "{unit}2020年8月", "2020-08_{unit}", "报送表（{unit}）", "{unit}202008",
             "{unit}/报送表", "各区/{unit}8月"]
        )
        self.bands = self.owner == "every" and not self.repeated_heading and rng.random() < 0.12
        self.number_style = pick(["1", "1", "1", "1.", "１", "（1）", "text"])
        self.ditto = self.owner == "every" and rng.random() < 0.1
        self.spaced_headings = rng.random() < 0.25
        self.total_unit_amounts = rng.random() < 0.5
        # Replaced by faults.
        self.undeclared_headings = {}
        self.stated_in_title = None
        self.named_unit = {}  # title, submitter, file, sheet: another unit's name
        self.owner_blank = self.owner == "blank"
        self.hide = {"columns": [], "notes": False, "sheet": False}
        columns = ["seq", "owner", "task", "funds", "use", "due", "central"]
        if self.numbering == "missing":
            columns.remove("seq")
        if not self.has_use:
            columns.remove("use")
        if self.has_reported:
            columns += ["received", "spent", "progress", "status"]
        if rng.random() < 0.3:
            columns.append("remark")
        if self.unknown_column:
            columns.insert(rng.randrange(3, len(columns) + 1), "unknown")
        tail = columns[3:] if self.numbering != "missing" else columns[2:]
        head = [c for c in columns if c not in tail]
        if rng.random() < 0.6:
            rng.shuffle(tail)
        if rng.random() < 0.2:
            rng.shuffle(head)
        columns = head + tail
        # A lone text in the column of tasks is a task.
        self.bands = self.bands and columns[0] != "task"
        if self.levels == 2:
            columns.remove("central")
            columns.insert(columns.index("funds") + 1, "central")
        self.columns = columns
        self.headings = {field: pick(HEADINGS[field]) for field in columns if field != "unknown"}
        if self.unknown_column:
            self.headings["unknown"] = pick(UNKNOWN)
        if self.levels == 2:
            self.parent = pick(["资金（{}）", "计划资金（{}）", "资金安排情况（{}）"])
            self.headings["funds"] = pick(["总额", "金额", "资金总额"])
            self.headings["central"] = pick(["其中：中央资金", "中央资金"])
        self.phone = f"0898-{rng.randrange(10**7, 10**8)}"
        self.seed_text = rng.random()

    def dimensions(self):
        """Returns what the table of results is cut by."""
        return {
            "format": self.form if self.form != "csv" else f"csv {self.encoding}",
            "numbering": self.numbering,
            "order": self.order,
            "heading levels": str(self.levels),
            "money": f"{self.money} in {self.stated}",
            "amounts": self.amount_style,
            "zero": self.zero,
            "month": self.month,
            "owner": self.owner,
            "totals": self.totals,
            "sheets": self.spread(),
            "use column": "yes" if self.has_use else "no",
            "reported columns": "yes" if self.has_reported else "no",
        }

    def spread(self):
        if self.shared:
            return "one for several units"
        if self.part_sheets > 1:
            return "two files" if self.part_files else "two sheets"
        return "one"

    # ------------------------------------------------------------------ contents of cells

    def amount(self, fen):
        """Returns an amount as this unit types it."""
        if fen is None:
            return None
        if fen == 0 and self.zero != "0":
            return None if self.zero == "blank" else self.zero
        return self.plain_amount(fen)

    def plain_amount(self, fen):
        number = Decimal(fen).scaleb(-EXPONENT[self.money])
        number = number.quantize(1) if number == number.to_integral() else number.normalize()
        if self.cents and self.money == "元":
            number = number.quantize(Decimal("1.00")) if number.as_tuple().exponent >= -2 else number
        if self.stated == "cell":
            digits = f"{number:,f}" if self.amount_style == "thousands" else f"{number:f}"
            digits = digits.translate(FULL) if self.amount_style == "fullwidth" else digits
            return digits + ("万" if self.money == "万元" and self.short_unit else self.money)
        if self.amount_style == "number":
            return int(number) if number == number.to_integral() else float(number)
        if self.amount_style == "thousands":
            sign = "¥" if self.yuan_sign and self.money == "元" and number >= 0 else ""
            return f"{sign}{number:,f}"
        if self.amount_style == "fullwidth":
            return f"{number:f}".translate(FULL)
        return f"{number:f}"

    def due(self, due):
        if due is None:
            return None
        year, month = due
        return {
            "年月": f"{year}年{month}月",
            "底前": f"{year}年{month}月底前",
            "点": f"{year}.{month:02}",
            "日期文字": f"{year}-{month:02}-{28 + (month != 2)}",
            "日期": datetime.date(year, month, 28),
            "无年": f"{month}月" if year == 2020 else f"{year}年{month}月",
            "全角": f"{year}年{month}月".translate(FULL),
            "斜线": f"{year}/{month:02}",
            "年月日": f"{year}年{month}月{28}日",
            "汉字": f"{written(year)}年{MONTHS[month]}月",
            "日前": f"{year}年{month}月{28}日前",
            "月份": f"{year}年{month:02}月份",
        }[self.month]

    def content(self, row, field, first_of_block):
        if field in row.raw:
            return row.raw[field]
        if field == "owner":
            if self.owner_blank:
                return None
            if self.ditto and not first_of_block:
                return "同上"
            return (row.owner or self.owner_name) if self.owner == "every" or first_of_block else None
        if field == "unknown":
            return "三亚湾路" if self.headings["unknown"] == "建设地点" else "见批复文件"
        if field in AMOUNTS:
            return self.amount(getattr(row, field))
        if field == "due":
            return self.due(row.due)
        if field == "task":
            return row.text
        if field == "seq" and row.seq is not None:
            styles = {"1.": f"{row.seq}.", "１": str(row.seq).translate(FULL), "（1）": f"（{row.seq}）"}
            styles["text"] = str(row.seq)
            return styles.get(self.number_style, row.seq)
        return getattr(row, field)

    def heading(self, field):
        if field in self.undeclared_headings:
            return self.undeclared_headings[field]
        text = self.headings[field]
        if self.spaced_headings and len(text) == 2:
            text = f"{text[0]}  {text[1]}"
        in_parent = self.levels == 2 and field in ("funds", "central")
        if field in AMOUNTS and not in_parent:
            if self.stated == "heading":
                text = f"{text}（{self.money}）" if len(text) < 6 else f"{text}\n（{self.money}）"
        return text

    # ------------------------------------------------------------------ the whole

    def name(self, part=0):
        named = self.named_unit.get("file", self.unit)
        stem = self.file_pattern.format(unit=named)
        return f"{stem}{['', '之二'][part]}.{self.form}"

    def lay_out(self, submission, rng):
        """Writes the files of a submission and notes where everything stands."""
        grids = self.grids = []
        for part, table in enumerate(submission.tables):
            file = self.name(part if self.part_files else 0)
            name = self.sheet_name if part == 0 or self.part_files else f"续表{part}"
            if self.form == "csv":
                name = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            grid = Grid(name)
            self.table(grid, submission, table, file, rng)
            grids.append(grid)
        if self.part_files:
            for part, grid in enumerate(grids):
                submission.files[self.name(part)] = write(self.form, [grid], self.encoding)
            return
        if self.cover:
            cover = Grid("填报说明")
            cover.put(0, 0, "填报说明")
            cover.put(1, 0, "1. 请按附件格式填报，每月5日前报送。")
            grids.insert(0, cover)
        if self.empty_sheets:
            grids += [Grid("Sheet8"), Grid("Sheet9")]
        if self.hide["sheet"]:
            secret = Grid("底稿", hidden=True)
            secret.put(0, 0, "底稿，勿动")
            secret.put(1, 0, "仅供内部使用")
            grids.append(secret)
        submission.files[self.name()] = write(self.form, grids, self.encoding)

    def table(self, grid, submission, table, file, rng):
        left, row = self.first_column, self.first_row
        right = left + len(self.columns) - 1
        at = {field: left + index for index, field in enumerate(self.columns)}
        for line in self.lines_above():
            for place, text in line:
                grid.put(row, left if place == "left" else right if place == "right" else left + 1, text)
            if line and line[0][0] == "title":
                grid.cells.pop((row, left + 1), None)
                grid.put(row, left, line[0][1])
                if self.form != "csv":
                    grid.merges.append((row, left, row, right))
            row += 1
        heading_rows = self.heading_rows(grid, row, at, submission, file)
        row += heading_rows
        tops = [total for total in table.totals if self.totals == "top"]
        for total in tops:
            self.total(grid, row, at, total, file)
            row += 1
        block = []
        starts = True
        repeat_at = len(table.rows) // 2 if self.repeated_heading and len(table.rows) > 4 else None
        bands = {0: "一、市级统筹项目", len(table.rows) // 2: "二、区级实施项目"} if self.bands else {}
        for index, line in enumerate(table.rows):
            if index in bands:
                # The name of a group of rows, across the table.
                grid.put(row, left, bands[index])
                if self.form != "csv":
                    grid.merges.append((row, left, row, right))
                row += 1
            if index == repeat_at:
                self.merge_owner(grid, at, block)
                block, starts = [], True
                row += self.heading_rows(grid, row, at, None, file)
            if self.blank_rows_inside and index and rng.random() < 0.2 and self.owner == "every":
                row += 1
            if index and line.owner != table.rows[index - 1].owner:
                self.merge_owner(grid, at, block)
                block, starts = [], True
            self.task(grid, row, at, line, file, starts)
            block.append(row)
            starts = False
            row += 1
            for total in table.totals:
                if total.is_subtotal and total.rows and total.rows[-1] is line:
                    self.merge_owner(grid, at, block)
                    block, starts = [], True
                    self.total(grid, row, at, total, file)
                    row += 1
        self.merge_owner(grid, at, block)
        for total in table.totals:
            if self.totals != "top" and not total.is_subtotal:
                self.total(grid, row, at, total, file)
                row += 1
        first_note = row
        for text in self.lines_below(rng):
            if text:
                grid.put(row, left, text)
            row += 1
        if self.hide["notes"]:
            grid.hidden_rows |= {r for r, _ in grid.cells if r >= first_note}
        for field in self.hide["columns"]:
            if field in at:
                grid.hidden_columns.add(at[field])

    def task(self, grid, row, at, line, file, starts):
        line.file, line.sheet = file, grid.name
        for field, column in at.items():
            grid.put(row, column, self.content(line, field, starts))
            line.cells[field] = (row, column)
            if field in line.merged_down:
                grid.merges.append((row, column, row + 1, column))
        if line.hidden:
            grid.hidden_rows.add(row)

    def merge_owner(self, grid, at, block):
        if self.owner == "merged" and len(block) > 1 and "owner" in at and not self.owner_blank:
            column = at["owner"]
            if all((row, column) not in grid.cells for row in block[1:]):
                grid.merges.append((block[0], column, block[-1], column))

    def total(self, grid, row, at, total, file):
        total.file, total.sheet = file, grid.name
        if total.label:
            first = self.columns[0]
            column = {"first": first, "owner": "owner", "task": "task"}[self.total_label_in]
            if column in AMOUNTS or column not in at:
                column = "task"
            grid.put(row, at[column], total.label)
        for field, fen in total.printed.items():
            if field in at:
                total.cells[field] = (row, at[field])
                content = total.raw.get(field, self.plain_amount(fen))
                grid.put(row, at[field], content)

    def heading_rows(self, grid, row, at, submission, file):
        for field, column in at.items():
            two = self.levels == 2 and field in ("funds", "central")
            grid.put(row + (1 if two else 0), column, self.heading(field))
            if self.levels == 2 and not two and self.form != "csv":
                grid.merges.append((row, column, row + 1, column))
            unknown = field == "unknown" or field in self.undeclared_headings
            if unknown and submission is not None:
                submission.expect(
                    "column-unknown", "column-unknown", severity="note", file=file,
                    sheet=grid.name, cell=(row + (1 if two else 0), column),
                )  # fmt: skip
        if self.levels == 2:
            unit = self.money if self.stated == "heading" else None
            text = self.parent.format(unit) if unit else self.parent.replace("（{}）", "")
            grid.put(row, at["funds"], text)
            if self.form != "csv":
                grid.merges.append((row, at["funds"], row, at["central"]))
        used = self.levels
        if self.column_numbers:
            for index, column in enumerate(at.values()):
                grid.put(row + used, column, f"（{index + 1}）")
            used += 1
        return used

    def lines_above(self):
        lines = []
        title_unit = self.named_unit.get("title", self.unit)
        if self.attachment_line:
            lines.append([("left", "附件3")])
        title = {
            "unit": f"{title_unit}居家和社区养老服务改革试点工作重点任务及资金安排表",
            "generic": "居家和社区养老服务改革试点工作重点任务及资金安排表"
            + (f"（单位：{self.money}）" if self.stated == "line" and self.seed_text > 0.6 else ""),
            "period": "居家和社区养老服务改革试点资金月报表（2020年8月）",
            "none": None,
        }[self.title]
        title = self.stated_in_title or title
        if title:
            lines.append([("title", title)])
        line = []
        if self.submitter_line or "submitter" in self.named_unit:
            line.append(("left", f"填报单位：{self.named_unit.get('submitter', self.unit)}"))
        if self.filled_on:
            day = self.filled_on
            line.append(("middle", f"填报日期：{day.year}年{day.month}月{day.day}日"))
        if self.stated == "line":
            line.append(("right", f"单位：{self.money}"))
        if line:
            lines.append(line)
        if lines and self.seed_text < 0.4:
            lines.append([])
        return lines

    def lines_below(self, rng):
        lines = [
            rng.choice(["注：本表数据截至月末，由各单位负责解释。", "备注：资金按拨付文件填列，其中200万元已下拨。"]),
            f"填表人：王小明    联系电话：{self.phone}",
            "审核人：李大海",
        ][: self.notes]
        return ([""] if lines and self.seed_text < 0.5 else []) + lines


def address(place):
    row, column = place
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def resolved(expect):
    """Fills in file, sheet and cell from the row or total a finding stands at."""
    if expect.at is not None:
        expect.file, expect.sheet = expect.at.file, expect.at.sheet
        if expect.at_field is not None:
            expect.cell = expect.at.cells[expect.at_field]
    if isinstance(expect.cell, tuple):
        expect.cell = address(expect.cell)
    if isinstance(expect.cells, list):
        expect.cells = sorted(address(row.cells[field]) for row, field in expect.cells)
    return expect


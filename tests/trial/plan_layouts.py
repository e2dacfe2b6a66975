"""The shapes in which the units of a random plan send its table."""

import datetime


import plan_words
from formats import Calculated, Grid, write
from layouts import FULL
from plan_draw import decimal, merge_alike, number
from plan_words import FIELDS, KINDS_OF_WORK, MONTHS, capital, in_chinese
from wording import repunctuated

PARTS = [("（一）", "（二）"), ("", "之二"), ("-1", "-2"), ("（上）", "（下）")]
SHEETS = [("表一", "表二"), ("附表1", "附表2"), ("Sheet1", "Sheet2")]


class Layout:
    """One unit's habits; every choice is drawn here, before anything is planted."""

    def __init__(self, rng, plan, unit):
        pick = rng.choice
        self.rng, self.plan, self.unit = rng, plan, unit
        self.form = pick(["xlsx", "xlsx", "xls", "ods", "csv"])
        self.encoding = pick(["utf-8-sig", "utf-8", "gb18030"])
        self.money = pick([plan.money, plan.money, "万元", "万元", "元", "元", "千元", "百元"])
        self.stated = pick(["heading", "heading", "line", "cell"] + ["default"] * (self.money == plan.money))
        self.amounts = pick(["number", "number", "text", "thousands", "fullwidth", "mixed", "mixed", "own units"])
        self.zero = pick(["0", "0", "0", "blank", "—", "/", "-", "无"])
        self.month = pick([*MONTH_STYLES, "mixed", "mixed", "mixed"])
        self.share = pick(["heading", "sign", "both"])
        self.fractions = rng.random() < 0.15  # of progress
        self.numbering = pick(["kept", "kept", "kept", "renumbered", "missing", "blank"])
        self.order = pick(["plan", "plan", "plan", "shuffled"])
        self.owner = pick(["every", "every", "every", "merged", "first", "ditto", "blank", "missing"])
        if self.form == "csv" and self.owner == "merged":
            self.owner = "first"
        self.county = pick([""] * 5 + [plan.county])
        self.owner_name = self.county + pick([unit, unit, *plan.aliases.get(unit, [])])
        self.brackets = pick(["（{}）", "（{}）", "（{}）", "({})", "\n（{}）", "（单位：{}）", " ({})"])
        self.places = "merged" if plan.grouped and rng.random() < 0.4 else "every"
        self.counts = pick(["number", "number", "text", "thousands"])
        self.totals = pick(["none", "bottom", "bottom", "top", "both", "unlabelled", "subtotals", "subtotals"])
        self.total_label = pick(["合计", "合计", "总计", "合  计", "合计：", "总 计", f"{unit}合计", "合计（万元）", "共计"])
        self.label_in = pick(["first", "key"])
        self.first_row, self.first_column = pick([0, 0, 0, 1, 2]), pick([0, 0, 0, 1, 2])
        self.title = pick(["unit", "unit", "month", "generic", "none"])
        self.submitter = rng.random() < 0.35
        self.filled_on = None
        self.blank_line = rng.random() < 0.2
        self.blank_rows = rng.random() < 0.15
        self.repeated_heading = rng.random() < 0.06
        self.column_numbers = rng.random() < 0.08
        self.notes = pick([0, 0, 1, 2, 3, 4])
        self.cover = self.form != "csv" and rng.random() < 0.2
        self.empty_sheet = self.form != "csv" and rng.random() < 0.15
        self.parts = pick(["sheets", "files", "stacked"]) if rng.random() < 0.15 else "one"
        if self.form == "csv" and self.parts == "sheets":
            self.parts = "files"
        self.part_names, self.part_sheets = pick(PARTS), pick(SHEETS)
        self.sheet_name = pick(["Sheet1", "附件3", "月报", f"{plan.month}月", unit, unit])
        self.pattern = pick(
            ["{unit}", "{unit}{m}月报表", "（{unit}）{y}年{m}月", "附件3-{unit}", "{y}-{m:02}_{unit}", "报送表{n}", "报送表{n}",
             "{unit}{y}{m:02}", "{unit}/报送表", "{unit}{y}年{m}月{title}月报表"]
        )
        self.attachment = rng.random() < 0.2
        self.texts = pick(["as they are"] * 5 + ["other marks"] * 2 + ["numbered"])
        self.spellings = rng.random() < 0.4
        self.number_style = pick(["1", "1", "1", "1", "1.", "１", "（1）", "text"])
        self.bands = rng.random() < 0.08
        self.serial = rng.randrange(100)
        self.spaced = pick(["no", "no", "no", "yes"])
        self.columns = self.drawn_columns(rng)
        self.headings = {name: pick(plan.columns[name].headings) for name in self.columns if name != "unknown"}
        self.units_of_counts = {name: pick(FIELDS[name].suffix.split()) for name in self.columns
                                if name in FIELDS and FIELDS[name].kind == "integer" and FIELDS[name].suffix}  # fmt: skip
        if "unknown" in self.columns:
            self.headings["unknown"] = pick(plan_words.UNKNOWN)
        self.money_columns = [n for n in self.columns if n in ("funds", *plan.sources)]
        self.two = len(self.money_columns) > 1 and rng.random() < 0.2
        if self.two:
            # The funds and their sources stand together under one heading.
            at = self.columns.index(self.money_columns[0])
            others = [n for n in self.columns if n not in self.money_columns]
            at = sum(1 for n in self.columns[:at] if n not in self.money_columns)
            self.columns = others[:at] + self.money_columns + others[at:]
        self.bands = self.bands and self.columns[0] not in plan.key and self.owner == "every" and not self.repeated_heading
        # Where one column of amounts is in a unit of money of its own.
        self.money_of = {}
        amounts = [n for n in self.columns if n in plan.columns and plan.columns[n].kind == "amount"]
        if self.stated == "heading" and not self.two and len(amounts) > 1 and rng.random() < 0.12:
            self.money_of[pick(amounts)] = pick(["元", "千元", "万元", "百元"])
        self.named_unit = {}  # title, submitter, sheet, file: another unit's name
        self.name_the_unit(pick)
        # Replaced by faults.
        self.month_of_title = (plan.year, plan.month)
        self.hidden_columns, self.hidden_part = [], False
        self.shared = False  # whether it holds the rows of several units
        self.grids = []

    def drawn_columns(self, rng):
        columns = list(self.plan.columns)
        if self.numbering == "missing" and "seq" in columns:
            columns.remove("seq")
        if self.owner == "missing":
            columns.remove("owner")
        for name in ("use", "leader", "status", "remark"):
            # What need not be there.
            if name in columns and rng.random() < 0.2:
                columns.remove(name)
        if "received" in columns and rng.random() < 0.1:
            columns = [name for name in columns if not self.plan.columns[name].reported]
        if rng.random() < 0.25:
            columns.insert(rng.randint(2, len(columns)), "unknown")
        if rng.random() < 0.4:
            rng.shuffle(columns)
        return columns

    def name_the_unit(self, pick):
        """A sheet without the unit's name in its rows has it elsewhere."""
        if self.owner in ("missing", "blank") and not self.names_the_unit():
            way = pick(["title", "file", "submitter"])
            if way == "title":
                self.title = "unit"
            elif way == "file":
                self.pattern = "{unit}"
            else:
                self.submitter = True

    def names_the_unit(self):
        return "{unit}" in self.pattern or self.title in ("unit", "month") or self.submitter

    def dimensions(self):
        """Returns what the table of results is cut by."""
        return {
            "format": self.form if self.form != "csv" else f"csv {self.encoding}",
            "plan": " + ".join(self.plan.key) + (", numbered" if "seq" in self.plan.columns else ""),
            "money": f"{self.plan.money} as {self.money} in {self.stated}",
            "amounts": self.amounts,
            "zero": self.zero,
            "month": self.month,
            "owner": self.owner,
            "totals": self.totals,
            "sheets": self.parts,
            "numbering": self.numbering if "seq" in self.plan.columns else "no numbers",
            "order": self.order,
        }

    # ------------------------------------------------------------------ contents of cells

    def content(self, row, name, starts):
        if name in row.raw:
            return row.raw[name]
        if name == "owner":
            if self.owner in ("blank", "missing"):
                return None
            if not starts and self.owner == "ditto":
                return "同上"
            return (row.owner or self.owner_name) if starts or self.owner == "every" else None
        if name == "unknown":
            return self.rng.choice([12.5, 5, 400, "见批复"])
        if name == "seq":
            styles = {"1.": f"{row.seq}.", "１": str(row.seq).translate(FULL), "（1）": f"（{row.seq}）", "text": str(row.seq)}
            return None if row.seq is None else styles.get(self.number_style, row.seq)
        value = row.values.get(name)
        if value is None:
            return None
        kind = self.plan.columns[name].kind
        if kind == "amount":
            return self.amount(value, self.money_of.get(name, self.money))
        if kind == "month":
            return self.typed_month(value, row.task.values[name] if row.task else None)
        if kind == "percent":
            if name == "progress" and self.fractions:
                return value / 100
            return f"{value}%" if self.share in ("sign", "both") else value
        if kind == "choice" and self.spellings:
            return self.rng.choice([value, *dict(KINDS_OF_WORK)[value]])
        if kind == "integer":
            return {"text": str(value), "thousands": f"{value:,}"}.get(self.counts, value)
        if name == "task" and name in self.plan.key and self.texts == "numbered" and row.role == "task":
            return f"{row.place_in_table}、{value}"
        if kind == "text" and self.texts == "other marks" and name != "code" and self.rng.random() < 0.5:
            return repunctuated(value, self.rng)
        return value

    def amount(self, fen, money):
        if fen == 0 and self.zero != "0":
            return None if self.zero == "blank" else self.zero
        return self.plain_amount(fen, money)

    def plain_amount(self, fen, money):
        way, pick = self.amounts, self.rng.choice
        if self.stated == "cell":
            return self.with_unit(fen, money, way)
        if way == "own units" and self.rng.random() < 0.5:
            return self.of_its_own(fen)
        digits = f"{decimal(fen, money):f}"
        if way in ("mixed", "own units"):
            styles = ["number"] * 3 + ["text", "quote", "space", "nbsp", "fullwidth", "plus", "thousands"]
            way = pick(styles + ["yen"] * (money == "元") + ["formula"] * (self.form == "xlsx"))
        if way == "formula":
            return Calculated(f"SUM({digits},0)", number(fen, money))
        return {
            "number": number(fen, money),
            "text": digits,
            "quote": "'" + digits,
            "space": digits + " ",
            "nbsp": f"\xa0{digits}\xa0",
            "fullwidth": f"{decimal(fen, money):,f}".translate(FULL),
            "plus": "+" + digits if fen >= 0 else digits,
            "yen": "¥" + digits,
            "thousands": f"{decimal(fen, money):,f}",
        }[way]

    def with_unit(self, fen, money, way):
        digits = f"{decimal(fen, money):f}"
        if way == "thousands":
            digits = f"{decimal(fen, money):,f}"
        if way == "fullwidth":
            digits = digits.translate(FULL)
        return digits + money

    def of_its_own(self, fen):
        """An amount that says its own unit, whatever the column's is."""
        ways = [f"{decimal(fen, money):f}{money}" for money in ("元", "千元", "万元")]
        ways += [f"{decimal(fen, '万元'):f}万", f"{decimal(fen, '万元'):f} 万 元", f"共{decimal(fen, '万元'):f}万元"]
        ways += [f"{decimal(fen, '元'):f}（元）"]
        if fen > 10**6:
            ways += [f"{decimal(fen, '万元'):f}万元（含上年结转1万元）"]
        yuan = decimal(fen, "元")
        if yuan == int(yuan) and 0 < yuan < 10**8:
            ways += [capital(int(yuan)) + "元整", "人民币" + capital(int(yuan)) + "元整"]
        return self.rng.choice(ways)

    def typed_month(self, due, planned):
        year, month = due
        way = self.month if self.month != "mixed" else self.rng.choice(list(MONTH_STYLES))
        # A month without a year is of the year of the plan's task.
        if way in YEARLESS and (not planned or planned[0] != year):
            way = "年月"
        if self.form == "csv" and way == "日期":
            way = "ISO"
        return MONTH_STYLES[way](year, month)

    def heading(self, name):
        text = self.headings[name]
        if name == "unknown":
            return text
        if self.spaced == "yes":
            way = self.rng.choice(["space", "break", "tail", "no"])
            text = {"space": f"{text[0]}  {text[1:]}", "break": f"{text[:2]}\n{text[2:]}", "tail": text + " "}.get(way, text)
        kind = self.plan.columns[name].kind
        if kind == "amount" and self.stated == "heading" and not (self.two and name in self.money_columns):
            return text + self.brackets.format(self.money_of.get(name, self.money))
        if kind == "percent" and self.share in ("heading", "both") and not (name == "progress" and self.fractions):
            return f"{text}（%）"
        if name in self.units_of_counts and len(self.headings[name]) % 2:
            return f"{text}（{self.units_of_counts[name]}）"
        return text

    # ------------------------------------------------------------------ the whole

    def name(self, part=0):
        plan = self.plan
        stem = self.pattern.format(unit=self.named_unit.get("file", self.unit), y=plan.year, m=plan.month, n=self.serial, title=plan.title)
        if self.parts == "files":
            stem += self.part_names[part]
        return f"{stem}.{self.form}"

    def lay_out(self, sub):
        """Writes the files of a submission and notes where everything stands."""
        self.grids = []
        for part, table in enumerate(sub.tables):
            if self.parts == "stacked" and part:
                self.table(self.grids[0], sub, table, sub.tables[0].file, self.grids[0].height + 1)
                table.file, table.sheet = sub.tables[0].file, sub.tables[0].sheet
                continue
            file = self.name(part)
            name = self.part_sheets[part] if self.parts == "sheets" else self.sheet_name
            if self.form == "csv":
                name = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            grid = Grid(name)
            self.table(grid, sub, table, file)
            table.file, table.sheet = file, name
            self.grids.append(grid)
        if self.parts == "files":
            for part, grid in enumerate(self.grids):
                sub.files[self.name(part)] = write(self.form, [grid], self.encoding)
            return
        grids = list(self.grids)
        if self.hidden_part:
            grids[-1].hidden = True
        if self.cover:
            cover = Grid("封面")
            cover.put(0, 0, "报送封面")
            cover.put(2, 0, "任务总数")
            cover.put(2, 1, len(sub.rows))
            grids.insert(0, cover)
        if self.empty_sheet:
            grids.append(Grid("Sheet9"))
        sub.files[self.name()] = write(self.form, grids, self.encoding)

    def table(self, grid, sub, table, file, row=None):
        left, row = self.first_column, self.first_row if row is None else row
        at = {name: left + index for index, name in enumerate(self.columns)}
        for place, text in self.lines_above():
            column = {"left": left, "right": left + len(self.columns) - 1}[place]
            if text:
                grid.put(row, column, text)
            row += 1
        # What a second table below repeats of the first one's heading is said once.
        row += self.heading_rows(grid, row, at, None if self.parts == "stacked" and table is not sub.tables[0] else sub, file)
        for total in table.totals:
            if total.place == "top":
                self.total(grid, row, at, total, file)
                row += 1
        block, starts = [], True
        for index, line in enumerate(table.rows):
            if self.bands and index in (0, len(table.rows) // 2):
                # The name of a group of rows, across the table.
                grid.put(row, left, ["一、续建项目", "二、新建项目"][index > 0])
                if self.form != "csv":
                    grid.merges.append((row, left, row, left + len(self.columns) - 1))
                row += 1
            if index and line.owner != table.rows[index - 1].owner:
                self.merge_owner(grid, at, block)
                block, starts = [], True
            if self.repeated_heading and index and index == len(table.rows) // 2 and len(table.rows) > 4:
                self.merge_owner(grid, at, block)
                block, starts = [], True
                row += self.heading_rows(grid, row, at, None, file)
            if self.blank_rows and index and index % 4 == 3 and self.owner in ("every", "missing", "blank"):
                row += 1
            line.place_in_table = index + 1
            self.task(grid, row, at, line, file, starts)
            block.append(row)
            starts = False
            row += 1
            for total in table.totals:
                if total.is_subtotal and total.rows[-1] is line:
                    self.merge_owner(grid, at, block)
                    block, starts = [], True
                    self.total(grid, row, at, total, file)
                    row += 1
        self.merge_owner(grid, at, block)
        if self.places == "merged" and self.form != "csv" and not (self.bands or self.blank_rows or self.repeated_heading):
            self.merge_places(grid, at["place"], table.rows)
        for total in table.totals:
            if total.place == "bottom":
                self.total(grid, row, at, total, file)
                row += 1
        for text in self.lines_below():
            grid.put(row, left, text)
            row += 1
        for name in self.hidden_columns:
            grid.hidden_columns.add(at[name])

    def task(self, grid, row, at, line, file, starts):
        line.file, line.sheet = file, grid.name
        for name, column in at.items():
            grid.put(row, column, self.content(line, name, starts))
            line.cells[name] = (row, column)
        if line.hidden:
            grid.hidden_rows.add(row)

    def merge_owner(self, grid, at, block):
        if self.owner == "merged" and len(block) > 1:
            rows = range(block[0] + 1, block[-1] + 1)
            if all((row, at["owner"]) not in grid.cells for row in rows):
                grid.merges.append((block[0], at["owner"], block[-1], at["owner"]))

    def merge_places(self, grid, column, rows):
        """Merges the cells of a place that stands in several rows one below the other."""
        at = [row.cells["place"][0] for row in rows]
        ends = [0] + [i for i in range(1, len(at)) if at[i] != at[i - 1] + 1] + [len(at)]
        for first, end in zip(ends, ends[1:]):
            merge_alike(grid, column, at[first], at[end - 1] + 1)

    def total(self, grid, row, at, total, file):
        total.file, total.sheet = file, grid.name
        if total.label:
            wanted = self.columns[0] if self.label_in == "first" else self.plan.key[0]
            kinds = {name: column.kind for name, column in self.plan.columns.items()}
            if wanted == "unknown" or kinds[wanted] not in ("text", "integer") or kinds[wanted] == "integer" and wanted != "seq":
                wanted = self.plan.key[0]
            grid.put(row, at[wanted], total.label)
        for name, fen in total.printed.items():
            total.cells[name] = (row, at[name])
            grid.put(row, at[name], total.raw.get(name, self.plain_amount(fen, self.money_of.get(name, self.money))))

    def heading_rows(self, grid, row, at, sub, file):
        for name, column in at.items():
            inside = self.two and name in self.money_columns
            grid.put(row + inside, column, self.heading(name))
            if self.two and not inside and self.form != "csv":
                grid.merges.append((row, column, row + 1, column))
            if name == "unknown" and sub is not None:
                sub.expect(
                    "column-unknown", "column unknown", severity="note", file=file, sheet=grid.name, cell=(row, column)
                )
        if self.two:
            columns = [at[name] for name in self.money_columns]
            unit = f"（{self.money}）" if self.stated == "heading" else ""
            grid.put(row, columns[0], "资金情况" + unit)
            if self.form != "csv":
                grid.merges.append((row, columns[0], row, columns[-1]))
        used = 1 + self.two
        if self.column_numbers:
            for index, column in enumerate(at.values()):
                grid.put(row + used, column, f"（{index + 1}）")
            used += 1
        return used

    def lines_above(self):
        year, month = self.month_of_title
        unit = self.named_unit.get("title", self.unit)
        title = {
            "unit": f"{self.county}{unit}{self.plan.title}安排表",
            "month": f"{self.county}{unit}{year}年{month}月{self.plan.title}月报表",
            "generic": f"{self.plan.title}月报表",
            "none": None,
        }[self.title]
        lines = [("left", "附件3")] if self.attachment else []
        lines += [("left", title)] if title else []
        if self.submitter:
            label = "填报单位" if self.serial % 3 else "填报单位（盖章）"
            lines.append(("left", f"{label}：{self.named_unit.get('submitter', self.unit)}"))
        if self.stated == "line":
            lines.append(("right", f"单位：{self.money}"))
        if self.blank_line and lines:
            lines.append(("left", None))
        return lines

    def lines_below(self):
        lines = [None, "注：本表一式两份。", "填报人：某某  联系电话：0898-00000000", "审核人：李大海", "单位负责人（签字）："]
        lines = lines[: self.notes + 1] if self.notes else []
        if self.filled_on:
            lines.append(f"填报日期：{self.filled_on.year}年{self.filled_on.month}月{self.filled_on.day}日")
        return lines


def last_day(year, month):
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (following - datetime.timedelta(days=1)).day


MONTH_STYLES = {
    "年月": lambda y, m: f"{y}年{m}月",
    "年零月": lambda y, m: f"{y}年{m:02}月",
    "底前": lambda y, m: f"{y}年{m}月底前",
    "汉字底前": lambda y, m: f"{y}年{MONTHS[m]}月底前完成",
    "汉字": lambda y, m: f"{in_chinese(y)}年{MONTHS[m]}月",
    "日前": lambda y, m: f"{y}年{m}月{last_day(y, m)}日前",
    "月份": lambda y, m: f"{y}年{m}月份",
    "空格": lambda y, m: f"{y}年 {m} 月",
    "全角": lambda y, m: f"{y}年{m}月".translate(FULL),
    "外空格": lambda y, m: f"\xa0{y}年{m}月\u3000",
    "ISO": lambda y, m: f"{y}-{m:02}",
    "点": lambda y, m: f"{y}.{m:02}",
    "点日": lambda y, m: f"{y}.{m:02}.{last_day(y, m)}",
    "斜线": lambda y, m: f"{y}/{m}/{last_day(y, m)}",
    "六位": lambda y, m: f"{y}{m:02}",
    "时刻": lambda y, m: f"{y}-{m:02}-{last_day(y, m)} 00:00:00",
    "日期": lambda y, m: datetime.date(y, m, 28),
    "月": lambda _, m: f"{m}月",
    "月底前": lambda _, m: f"{m}月底前",
}
YEARLESS = ("月", "月底前")

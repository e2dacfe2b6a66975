"""The same month by other means: reads a plan and an inbox, joins each submitted row to its task by unit and text,
and writes one workbook in which what differs stands out. As much as a script does that somebody writes in an
afternoon: nothing is explained, nothing that cannot be joined is looked for.

    python3 tests/bench/rivals.py polars | openpyxl | calamine   PLAN INBOX OUT
"""

import pathlib
import sys

FIRST_LINE = "序号"
WANTED = ["责任单位", "工作任务", "资金（万元）", "资金用途", "时间进度", "中央资金分配情况"]


def with_polars(plan, inbox, out):
    import fastexcel
    import polars
    import xlsxwriter

    def table(path):
        sheet = fastexcel.read_excel(str(path)).load_sheet(0, header_row=None, dtypes="string").to_polars()
        first = sheet.get_column(sheet.columns[0]).to_list().index(FIRST_LINE)
        names = [sheet.get_column(column)[first] or column for column in sheet.columns]
        body = sheet.slice(first + 1)
        body.columns = names
        return body.select(WANTED).filter(polars.col("责任单位").is_not_null())

    planned = table(plan)
    submitted = polars.concat([table(path) for path in sorted(inbox.iterdir())])
    joined = planned.join(submitted, on=["责任单位", "工作任务"], how="full", suffix="报送", coalesce=True)
    book = xlsxwriter.Workbook(str(out), {"constant_memory": True})
    sheet = book.add_worksheet()
    plain = book.add_format({"border": 1})
    wrong = book.add_format({"border": 1, "bg_color": "#FFC7CE"})
    sheet.write_row(0, 0, joined.columns)
    funds, other = joined.columns.index("资金（万元）"), joined.columns.index("资金（万元）报送")
    for line, row in enumerate(joined.iter_rows(), 1):
        look = plain if row[funds] == row[other] else wrong
        for column, value in enumerate(row):
            sheet.write(line, column, value, look)
    book.close()


def with_pandas(plan, inbox, out, engine):
    import pandas
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import PatternFill

    def table(path):
        sheet = pandas.read_excel(path, header=None, engine=engine)
        first = sheet.index[sheet[0] == FIRST_LINE][0]
        body = sheet.iloc[first + 1:].copy()
        body.columns = sheet.iloc[first]
        return body.loc[body["责任单位"].notna(), WANTED]

    planned = table(plan)
    submitted = pandas.concat([table(path) for path in sorted(inbox.iterdir())])
    joined = planned.merge(submitted, on=["责任单位", "工作任务"], how="outer", suffixes=("", "报送"))
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    wrong = PatternFill("solid", fgColor="FFC7CE")
    sheet.append(list(joined.columns))
    funds, other = list(joined.columns).index("资金（万元）"), list(joined.columns).index("资金（万元）报送")
    for row in joined.itertuples(index=False):
        cells = [WriteOnlyCell(sheet, None if value != value else value) for value in row]
        if row[funds] != row[other]:
            for cell in cells:
                cell.fill = wrong
        sheet.append(cells)
    book.save(out)


if __name__ == "__main__":
    means, plan, inbox, out = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
    if means == "polars":
        with_polars(plan, inbox, out)
    else:
        with_pandas(plan, inbox, out, means)

"""Writes a random workbook with openpyxl, then prints how openpyxl reads it: {sheet: {row: [cells]}}.

Usage: write_workbook.py OUT SEED. Cells are told as formats/table.ts tells them.
"""
import datetime, json, random, sys
from openpyxl import Workbook, load_workbook

path, seed = sys.argv[1], int(sys.argv[2])
r = random.Random(seed)
formats = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", 'yyyy"年"m"月"d"日"', "h:mm:ss", "[h]:mm:ss", "0.00%", "General", "#,##0"]
is_1904 = seed % 3 == 0


def text():
    alphabet = "ab <>&\"'\n\t 中文表情🔑é_x0041_=+-@"
    return "".join(r.choice(alphabet) for _ in range(r.randrange(0, 40))).strip() or "text"


def value():
    kind = r.randrange(9)
    if kind == 0: return r.randrange(-10**6, 10**15)
    if kind == 1: return r.uniform(-1e6, 1e6) * 10 ** r.randrange(-12, 12)
    if kind == 2: return r.choice([True, False])
    if kind == 3: return datetime.datetime(2026, 1, 1) + datetime.timedelta(milliseconds=r.randrange(10**11))
    if kind == 4: return datetime.date(1905, 1, 1) + datetime.timedelta(days=r.randrange(50000))
    if kind == 5: return datetime.time(r.randrange(24), r.randrange(60), r.randrange(60))
    if kind == 6: return datetime.timedelta(seconds=r.randrange(10**6))
    return text()


book = Workbook()
if is_1904:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904
    book.epoch = CALENDAR_MAC_1904
book.remove(book.active)
for name in ["数据", "second", "hidden"]:
    sheet = book.create_sheet(name)
    row = 0
    for _ in range(r.randrange(5, 120)):
        row += r.choice([1, 1, 1, 2, 5])
        for _ in range(r.randrange(0, 12)):
            # A new cell each time: one that held a date would keep its format.
            place = (row, r.choice([r.randrange(1, 8), r.randrange(1, 60)]))
            if place in sheet._cells:
                continue
            cell = sheet.cell(*place, value())
            number = cell.value
            is_serial = isinstance(number, (int, float)) and not isinstance(number, bool) and 1 <= number < 80000
            # Hours past midnight and days before the calendar are told apart from openpyxl on purpose.
            if is_serial and r.random() < 0.5:
                cell.number_format = r.choice([format for format in formats if format != "h:mm:ss"])
    for _ in range(r.randrange(4)):
        top, left = r.randrange(1, 60), r.randrange(1, 20)
        try:
            sheet.merge_cells(start_row=top * 3, start_column=left, end_row=top * 3 + 1, end_column=left + r.randrange(1, 3))
        except ValueError:
            pass
book["hidden"].sheet_state = "hidden"
book.save(path)


def clock(delta):
    ms = round(delta / datetime.timedelta(milliseconds=1))
    sign, ms = ("-", -ms) if ms < 0 else ("", ms)
    seconds, ms = divmod(ms, 1000)
    tail = f".{ms:03d}" if ms else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"


def tell(cell):
    v = cell.value
    if isinstance(v, datetime.timedelta): return clock(v)
    if isinstance(v, datetime.time):
        return clock(datetime.timedelta(hours=v.hour, minutes=v.minute, seconds=v.second, microseconds=v.microsecond))
    if isinstance(v, datetime.datetime):
        v += datetime.timedelta(microseconds=500)
        only_date = not any(letter in cell.number_format.lower() for letter in "hs")
        if only_date and v.time() < datetime.time(0, 0, 0, 1000): return v.strftime("%Y-%m-%d")
        ms = v.microsecond // 1000
        return v.strftime("%Y-%m-%d %H:%M:%S") + (f".{ms:03d}" if ms else "")
    return v


result = {}
for sheet in load_workbook(path, data_only=True):
    rows = {}
    for row in sheet.iter_rows():
        cells = [None if cell.value is None else tell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows[row[0].row] = cells
    result[sheet.title] = rows
print(json.dumps(result))

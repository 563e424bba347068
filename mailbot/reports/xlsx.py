"""Sheets as the bytes of an xlsx file, made row by row, so that no register is too long.

The same sheets and moment make the same bytes. Text is only ever written as text: what a stranger wrote never becomes a
formula or a link, here or after an export (cells that begin like a formula carry the quote prefix, so that editing them
does not turn them into one).
"""

from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mailbot.reports.register import Cell, Sheet

LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 40
NARROWEST = 8
MOMENT_WIDTH = 17
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "dd.mm.yyyy hh:mm",
}


def workbook_bytes(sheets: tuple[Sheet, ...], now: datetime) -> bytes:
    """The file: each sheet with a frozen, filterable line of headings. `now` becomes its date of making."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, OPTIONS)
    book.set_properties({"title": "Реестр обращений", "created": now.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    quoted = book.add_format({"quote_prefix": True})
    for sheet in sheets:
        _write(book.add_worksheet(sheet.title), sheet, bold, quoted)
    book.close()
    return content.getvalue()


def _write(page: Worksheet, sheet: Sheet, bold: Format, quoted: Format) -> None:
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, bold)
        page.set_column(column, column, _width(sheet, column))
    for line, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(page, line, column, cell, quoted)
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.headings) - 1)


def _write_cell(page: Worksheet, line: int, column: int, cell: Cell, quoted: Format) -> None:
    match cell:
        case None | "":
            return
        case str():
            page.write_string(line, column, cell, quoted if cell.startswith(LIKE_A_FORMULA) else None)
        case datetime():
            page.write_datetime(line, column, cell)
        case _:
            page.write_number(line, column, cell)


def _width(sheet: Sheet, column: int) -> float:
    """Wide enough for the usual cell, in characters."""
    cells = [row[column] for row in sheet.rows]
    if any(isinstance(cell, datetime) for cell in cells):
        return MOMENT_WIDTH
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    words = max(len(word) for word in sheet.headings[column].split())
    return min(WIDEST, max(NARROWEST, words + 4, longest + 2))

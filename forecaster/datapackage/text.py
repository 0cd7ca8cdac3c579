"""Tables as CSV: RFC 4180, UTF-8, CRLF at the end of each line, a point in numbers, ISO dates."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date

from forecaster.datapackage.schema import Value
from forecaster.workbook.text import RISKY, clean

LINE_END = "\r\n"
RISKY_IN_CSV = (*RISKY, "\t", "\n", "＝", "＋", "－", "＠")
"""A text that begins so may turn into a formula when a spreadsheet opens the file."""

NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*")


def table_bytes(heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a table as the content of a CSV file, its heads first."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=LINE_END)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before one that might be; numbers stay."""
    shown = clean(text)
    return f"'{shown}" if shown.startswith(RISKY_IN_CSV) and not NUMBER.fullmatch(shown) else shown


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return harmless(value)
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return repr(float(value)) if math.isfinite(value) else ""

"""Valid files mutated in thousands of ways: read or refused with a line, never an exception, never a hang."""

import io
import json
import random
import time
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from forecaster.errors import Problems
from forecaster.readers import preview
from forecaster.readers.formats import understood
from forecaster.readers.understanding import Context

SECONDS = 5.0
SHEET = "xl/worksheets/sheet1.xml"
ODD_TEXTS = (
    "",
    "0",
    "-1",
    "1e999",
    "NaN",
    "2024",
    "9" * 300,
    "1.234",
    "1,234.5",
    "\u2212 5",
    "=1/0",
    "#REF!",
    ": c",
    "Grece",
    "EU-27",
    "\ud7ff\u0000\u001f",
    "A" * 5000,
    "(((((",
    "1'000'000",
    "2023/24",
    "EUR mil",
    "&lt;x&gt;",
    "\u00a0\u202f",
    "tys. z\u0142",
)
ODD_ATTRIBUTES = (
    "-1",
    "0",
    "99999999999",
    "XFD1048577",
    "",
    "A0",
    "s",
    "e",
    "b",
    "str",
    "1:1",
    "rId99",
    "\u00e9",
)


def small_workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Budget"
    for row in (
        ["Defence budget, EUR million"],
        [],
        ["State", 2023, "2024e", 2025, "2026 (1)"],
        ["Austria", 1.5, "2,5", "3 000,1", 4],
        ["Greece (EL)", ":", "n/a", 7, "8 p"],
        ["Malta", 1, 2, 3, "=B6+1"],
        ["Norway", 1, 2, 3, 4],
        ["Total", 3.5, 5, 6, 7],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.row_dimensions[6].hidden = True
    sheet["B4"].number_format = "0.0%"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


WORKBOOK = small_workbook()
TABLE = b"""EUR million
State;2023;2024e;2025
Austria;1,5;2,5;3
Greece;4 000;: c;6 b
Malta;7;n/a;-
Total;1;2;3
"""
BULK = (
    b"unit,na_item,geo\\time\t2025 \t2024 \t2023 \nMIO_EUR,TE,AT\t1.5 b\t: \t3 p\nMIO_EUR,TE,EL\t4\t5\t:c\n"
)
DATASET = json.dumps(
    {
        "class": "dataset",
        "id": ["unit", "geo", "time"],
        "size": [1, 2, 2],
        "value": {"0": 1.5, "1": 2, "3": 4},
        "status": {"0": "e"},
        "dimension": {
            "unit": {"category": {"index": {"MIO_EUR": 0}}},
            "geo": {"category": {"index": {"AT": 0, "EL": 1}}},
            "time": {"category": {"index": ["2023", "2024"]}},
        },
    }
).encode()


def bytes_changed(content: bytes, dice: random.Random) -> bytes:
    """Flip, insert, delete, double or cut some bytes."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(data)) if data else 0
        match dice.randrange(5):
            case 0 if data:
                data[place] = dice.randrange(256)
            case 1:
                data[place:place] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 8)))
            case 2:
                del data[place : place + dice.randint(1, 40)]
            case 3:
                data[place:place] = data[place : place + dice.randint(1, 80)]
            case _ if dice.random() < 0.2:
                del data[place:]
    return bytes(data)


def repacked(changes: Callable[[str, bytes], bytes]) -> bytes:
    """Rewrite the workbook, each part passed through a change."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes(name, old.read(name)))
    return result.getvalue()


def workbook_bytes(dice: random.Random) -> bytes:
    return bytes_changed(WORKBOOK, dice)


def workbook_xml(dice: random.Random) -> bytes:
    """Change bytes inside one part, so that the zip stays sound."""
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        chosen = dice.choice(archive.namelist())
    return repacked(lambda name, data: bytes_changed(data, dice) if name == chosen else data)


def workbook_attributes(dice: random.Random) -> bytes:
    """Change values of attributes, so that the XML stays sound too."""

    def change(name: str, data: bytes) -> bytes:
        if name not in {SHEET, "xl/workbook.xml", "xl/styles.xml"}:
            return data
        pieces = data.decode().split('"')
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(0, len(pieces) // 2) * 2 + 1
            if place < len(pieces) and "http" not in pieces[place]:
                pieces[place] = dice.choice(ODD_ATTRIBUTES)
        return '"'.join(pieces).encode()

    return repacked(change)


def workbook_cells(dice: random.Random) -> bytes:
    """Put odd texts and numbers into cells."""

    def change(name: str, data: bytes) -> bytes:
        if name not in {SHEET, "xl/sharedStrings.xml"}:
            return data
        opening, closing = ("<v>", "</v>") if name == SHEET else ("<t>", "</t>")
        pieces = data.decode().split(opening)
        for _ in range(dice.randint(1, 5)):
            place = dice.randrange(1, len(pieces)) if len(pieces) > 1 else 0
            _, mark, rest = pieces[place].partition(closing)
            odd = "".join(char for char in dice.choice(ODD_TEXTS) if char >= " ")
            pieces[place] = odd + mark + rest if mark else pieces[place]
        return opening.join(pieces).encode("utf-8", "surrogatepass")

    return repacked(change)


def text_cells(content: bytes, dice: random.Random) -> bytes:
    """Put odd texts between the separators of a text table."""
    text = content.decode()
    delimiter = dice.choice([";", "\t", ",", "\n"])
    pieces = text.split(delimiter)
    for _ in range(dice.randint(1, 4)):
        pieces[dice.randrange(len(pieces))] = dice.choice(ODD_TEXTS)
    return dice.choice([delimiter, delimiter, ";", "\t"]).join(pieces).encode("utf-8", "surrogatepass")


def text_table(dice: random.Random) -> bytes:
    return text_cells(TABLE, dice) if dice.random() < 0.6 else bytes_changed(TABLE, dice)


def bulk_table(dice: random.Random) -> bytes:
    return text_cells(BULK, dice) if dice.random() < 0.6 else bytes_changed(BULK, dice)


def dataset(dice: random.Random) -> bytes:
    """Change a JSON value for another kind of value, or some bytes."""
    if dice.random() < 0.5:
        return bytes_changed(DATASET, dice)
    data = json.loads(DATASET)
    odd = [None, -1, [], {}, "x", 1e308, [[1]], {"0": {}}, True, "2024"]
    target = dice.choice(
        [data, data["dimension"], data["dimension"]["geo"], data["value"], data["dimension"]["time"]]
    )
    target[dice.choice(list(target))] = dice.choice(odd)
    return json.dumps(data).encode()


CASES = {
    "AT.xlsx": [
        (workbook_bytes, 700),
        (workbook_xml, 450),
        (workbook_attributes, 250),
        (workbook_cells, 250),
    ],
    "AT.csv": [(text_table, 400)],
    "geo.tsv": [(bulk_table, 200)],
    "geo.json": [(dataset, 300)],
}


def test_there_are_enough_cases():
    assert sum(count for kinds in CASES.values() for _, count in kinds) >= 2000


@pytest.mark.parametrize(
    ("name", "mutated", "count"),
    [(name, mutated, count) for name, kinds in CASES.items() for mutated, count in kinds],
)
def test_a_mutated_file_is_read_or_refused(tmp_path, names, name, mutated, count):
    dice = random.Random(f"{name} {mutated.__name__}")
    path = tmp_path / name
    read = 0
    for number in range(count):
        content = mutated(dice)
        path.write_bytes(content)
        problems = Problems()
        start = time.process_time()
        try:
            found = understood(path, Context(names, problems))
            lines = preview.lines(preview.Answer(found, problems))
        except Exception as error:
            saved = tmp_path.parent / f"fuzz-{mutated.__name__}-{number}-{name}"
            saved.write_bytes(content)
            raise AssertionError(
                f"case {number} of {mutated.__name__}: {error!r}; saved as {saved}"
            ) from error
        assert time.process_time() - start < SECONDS
        assert found is not None or problems.errors
        assert all("Traceback" not in line for line in lines)
        read += found is not None and bool(found.blocks)
    assert 0 < read <= count


def test_mutated_tables_of_a_case_are_read_or_told(case, read):
    dice = random.Random("tables of a case")
    tables = {path: path.read_bytes() for path in sorted(case.glob("*.csv"))}
    clean = 0
    for _ in range(200):
        path = dice.choice(list(tables))
        change = dice.choice([text_cells, bytes_changed])
        path.write_bytes(change(tables[path], dice))
        budgets, errors, _ = read(case)
        budgets.wide("spending", budgets.codes, [2024, 2025])
        clean += not errors
        path.write_bytes(tables[path])
    assert 0 < clean < 200

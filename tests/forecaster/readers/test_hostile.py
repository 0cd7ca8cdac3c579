"""Hostile and broken files: refused or read within seconds and little memory, never a crash."""

import gzip
import json
import multiprocessing
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from measured import assert_within, measure
from openpyxl import load_workbook

from forecaster.readers.files.book import Sheet

SECONDS = 5.0
MEGABYTES = 300
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ROWS = [["EUR million"], ["State", 2024, 2025, 2026], ["Austria", 1, 2, 3], ["Malta", 4, 5, 6]]


@pytest.fixture(scope="module")
def context():
    """Starts processes that have the readers loaded already, where the system can."""
    forks = "forkserver" in multiprocessing.get_all_start_methods()
    found = multiprocessing.get_context("forkserver" if forks else "spawn")
    if forks:
        found.set_forkserver_preload(["forecaster.readers.preview"])
    return found


@pytest.fixture
def measured(root, context):
    """Read a file in a process of its own: errors, seconds, megabytes."""

    def apply(path: Path) -> dict:
        with ProcessPoolExecutor(1, mp_context=context) as process:
            return process.submit(measure, path, root / "inputs").result(timeout=60)

    return apply


@pytest.fixture
def read_within(measured):
    """Read a file, in less than so many times what openpyxl takes to load it: as `measured`."""

    def apply(times: float, path: Path) -> dict:
        tries = []

        def seconds() -> float:
            tries.append(measured(path))
            return tries[-1]["seconds"]

        assert_within(times, seconds, path)
        return tries[0]

    return apply


@pytest.fixture
def refused(measured):
    """Read a file that must be refused within the limits: its one line."""

    def apply(path: Path) -> str:
        found = measured(path)
        assert len(found["errors"]) == 1
        assert found["seconds"] < SECONDS
        assert found["megabytes"] < MEGABYTES
        return found["errors"][0]

    return apply


def replaced(path: Path, parts: dict[str, bytes]) -> Path:
    """Put other parts into a workbook."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (content | parts).items():
            archive.writestr(name, data)
    return path


def sheet(inner: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<worksheet {NAMESPACE}>{inner}</worksheet>'.encode()


def test_zip_bomb(tmp_path, refused):
    path = tmp_path / "PL.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        for number in range(6):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * 100_000_000)
    assert path.stat().st_size < 700_000
    assert refused(path) == (
        "PL.xlsx unpacks to 600 MB (limit 300 MB). It may be damaged or hostile; not opened."
    )


def test_one_part_that_unpacks_far(tmp_path, refused):
    path = tmp_path / "PL.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 50_000_000)
    assert "to 1 (limit 200 to 1)" in refused(path)


def test_a_size_that_lies(workbook, refused):
    path = workbook(ROWS, "PL.xlsx")
    content = path.read_bytes().replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml", 1)
    path.write_bytes(content)
    assert refused(path).startswith("PL.xlsx is ")


def test_far_cell(workbook, refused):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = replaced(
        workbook(ROWS, "PL.xlsx"), {"xl/worksheets/sheet1.xml": sheet(f"<sheetData>{rows}</sheetData>")}
    )
    assert "used area reaches XFD1048576" in refused(path)


@pytest.mark.parametrize("before", ['<?xml version="1.0"?>', "", " " * 64, "\n" * 1000])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entity_bomb(workbook, refused, part, before):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'{before}<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><x>&e11;</x>'
    path = replaced(workbook(ROWS, "PL.xlsx"), {part: bomb.encode()})
    assert refused(path) == "PL.xlsx defines XML entities. It may be damaged or hostile; not opened."


def test_a_hundred_thousand_sheets(workbook, refused):
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 100_001))
    relation = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    book = f'<?xml version="1.0"?><workbook {NAMESPACE} {relation}><sheets>{sheets}</sheets></workbook>'
    path = replaced(workbook(ROWS, "PL.xlsx"), {"xl/workbook.xml": book.encode()})
    assert refused(path) == "PL.xlsx has more than 1,000 sheets. It may be damaged or hostile; not opened."


def test_a_hundred_thousand_parts(tmp_path, refused):
    path = tmp_path / "PL.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"")
    assert refused(path) == (
        "PL.xlsx has 100,000 parts (limit 1,000). It may be damaged or hostile; not opened."
    )


@pytest.mark.parametrize(
    "inner",
    [
        '<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        '<sheetData/><hyperlinks><hyperlink ref="A1:XFD1048576" display="x"/></hyperlinks>',
    ],
)
def test_a_range_over_the_whole_sheet(workbook, refused, inner):
    path = replaced(workbook(ROWS, "PL.xlsx"), {"xl/worksheets/sheet1.xml": sheet(inner)})
    assert "A1:XFD1048576 is one merged range or link" in refused(path)


def test_millions_of_cells(workbook, refused):
    row = "".join("<c><v>1</v></c>" for _ in range(1000))
    rows = "".join(f'<row r="{n}">{row}</row>' for n in range(1, 1500))
    path = replaced(
        workbook(ROWS, "PL.xlsx"), {"xl/worksheets/sheet1.xml": sheet(f"<sheetData>{rows}</sheetData>")}
    )
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    assert "more than 500,000 cells are filled" in refused(path)


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "csv", "json", "tsv.gz"])
def test_zero_bytes(tmp_path, refused, ending):
    path = tmp_path / f"BE.{ending}"
    path.write_bytes(b"")
    assert refused(path) == f"BE.{ending} is empty (0 bytes). Copy it again."


def test_the_mark_of_an_open_workbook(tmp_path, refused):
    path = tmp_path / "~$BE.xlsx"
    path.write_bytes(b"\x04user" + b" " * 160)
    assert refused(path) == "~$BE.xlsx only marks that BE.xlsx is open in Excel. Name BE.xlsx."


@pytest.mark.parametrize("length", [4, 100, 1000, 3000])
def test_truncated_zip(workbook, refused, length):
    path = workbook(ROWS, "BE.xlsx")
    path.write_bytes(path.read_bytes()[:length])
    assert refused(path) == f"BE.xlsx is not a complete Excel file ({length:,} bytes). Copy it again."


def test_wrong_ending(workbook, measured, tmp_path):
    path = workbook(ROWS, "AT.xlsx")
    for name in ("AT.csv", "AT.xls", "AT.ods", "AT.json"):
        (tmp_path / name).write_bytes(path.read_bytes())
        assert measured(tmp_path / name)["figures"] == 6


def test_text_with_the_ending_of_a_workbook(tmp_path, refused):
    path = tmp_path / "BE.xlsx"
    path.write_text("State,2024,2025\nBelgium,1,2\n", encoding="utf-8")
    told = "If it is a table, end its name in .csv, not .xlsx."
    assert refused(path) == f"BE.xlsx holds text, no workbook. {told}"


def test_a_compressed_bomb(tmp_path, refused):
    path = tmp_path / "geo.tsv.gz"
    path.write_bytes(gzip.compress(b"0" * 300_000_000, compresslevel=9))
    assert "It may be damaged or hostile; not opened." in refused(path)


def test_a_broken_compressed_file(tmp_path, refused):
    path = tmp_path / "geo.tsv.gz"
    path.write_bytes(gzip.compress(b"unit,geo\\time\t2024\n" * 999)[:60])
    assert refused(path) == "geo.tsv.gz is not a complete file (60 bytes). Copy it again."


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"class": "dataset"}', '{"a": 1}', '{"class": "dataset", "id": 3']
)
def test_json_that_is_no_dataset(tmp_path, refused, content):
    path = tmp_path / "data.json"
    path.write_text(content, encoding="utf-8")
    assert refused(path).startswith("data.json ")


def test_a_dataset_of_impossible_size(tmp_path, refused):
    path = tmp_path / "data.json"
    many = {"category": {"index": {str(n): n for n in range(10)}}}
    content = {
        "class": "dataset",
        "id": ["geo", "time"],
        "size": [10**9, 10**9],
        "value": {"0": 1},
        "dimension": {"geo": many, "time": many},
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    assert refused(path).startswith("data.json is not a complete JSON-stat file")


def test_a_formula_as_text_is_no_formula_in_the_answer(workbook, root):
    from forecaster.readers import preview

    rows = [*ROWS, ["=cmd|' /C calc'!A0", 7, 8, 9], ["Spain", "5 *", "+6", 7]]
    path = workbook(rows, "budget.xlsx")
    found = preview.answer(path, root / "inputs")
    text = preview.as_csv(found)
    assert "cmd" not in text
    assert not any(line.startswith(("=", "@")) or ",=" in line for line in text.splitlines())


def test_sheets_named_like_paths(workbook, measured, tmp_path):
    path = workbook(ROWS, "AT.xlsx")
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").decode()
    replaced(path, {"xl/workbook.xml": book.replace('name="Budget"', 'name="../../etc/passwd"').encode()})
    before = sorted(item.name for item in tmp_path.iterdir())
    found = measured(path)
    assert found["figures"] == 6 or len(found["errors"]) == 1
    assert sorted(item.name for item in tmp_path.iterdir()) == before


def test_parts_named_like_paths(workbook, measured, tmp_path):
    path = workbook(ROWS, "AT.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil.xml", "<x/>")
    assert measured(path)["figures"] == 6
    assert not (tmp_path.parent.parent / "evil.xml").exists()


def test_relations_that_point_outside(workbook, measured):
    path = workbook(ROWS, "AT.xlsx")
    name = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(path) as archive:
        relations = archive.read(name).decode()
    replaced(path, {name: relations.replace("worksheets/sheet1.xml", "../../../etc/passwd").encode()})
    found = measured(path)
    assert found["figures"] == 0
    assert len(found["errors"]) == 1


def test_numbers_too_large_for_a_budget(workbook, measured):
    rows = [*ROWS[:2], ["Austria", 1e300, 2, 3], ["Malta", "9" * 400, 5, 6]]
    assert [line.split(": ", 1)[1] for line in measured(workbook(rows))["errors"]] == [
        "1e+300 is too large for a budget.",
        "9" * 57 + "... is too large for a budget.",
    ]


@pytest.mark.parametrize(
    "text", ["(" * 500, "1" + "(" * 300, "9 " * 400, "a" * 5000 + "1", "2024" * 300, "*" * 900, "1 (1) " * 99]
)
def test_texts_that_would_make_a_pattern_run_for_long(text):
    from forecaster.readers import cells, names, units

    start = time.process_time()
    cells.split(text)
    cells.year(text)
    cells.is_missing(text)
    names.without_notes(text)
    units.parsed(text)
    assert time.process_time() - start < 0.2


def test_a_large_sheet_of_lines_reads_fast_and_small(workbook, read_within):
    rows = [["Budget, EUR thousand"], ["Line", "Title", *range(2022, 2027)]]
    rows += [[f"14{n:05}", f"Line {n} of the budget", *range(n, n + 5)] for n in range(18_000)]
    found = read_within(3, workbook(rows, "AT.xlsx"))  # 1.2 to 1.9 times
    assert found["errors"] == []
    assert found["figures"] == 18_000 * 5
    assert found["megabytes"] < 250


def test_lines_shown_as_money_read_as_fast(workbook, read_within):
    """Each line is a table, for which the formats of the whole sheet had been gone through again."""
    path = workbook([["Line", 2025, 2026, 2027], *([f"Line {n}", n, n, n] for n in range(4000))], "AT.xlsx")
    book = load_workbook(path)
    for row in book.active.iter_rows(min_row=2, min_col=2):
        for cell in row:
            cell.number_format = '#,##0.0 "Mio. €"'
    book.active["A1"] = "Line, EUR million"
    book.save(path)
    found = read_within(10, path)  # 2 to 3 times
    assert (found["errors"], found["figures"]) == ([], 4000 * 3)


def test_tables_below_one_another_read_in_a_time_that_grows_with_their_number(workbook, read_within):
    """Each had read all texts above it again: 200 of 8 lines had taken 72 seconds of processor time."""
    rows = []
    for table in range(200):
        heading = [f"Tabulka {table} v mil. Kč, ceny 2020"], ["Titul", 2024, None, 2025, None, 2026]
        rows += [*heading, *([f"Výdaje {line}", 1, "p", 2, "e", 3] for line in range(8)), []]
    found = read_within(25, workbook(rows, "CZ.xlsx"))  # 5 times
    assert (found["errors"], found["figures"]) == ([], 200 * 8 * 3)


def test_the_width_of_a_large_sheet_is_found_once():
    """Rules ask for it row by row: 60,000 budget lines had taken minutes, 20,000 17 seconds."""
    sheet = Sheet("Budget", ((1, 2),) * 100_000)
    start = time.process_time()
    assert {sheet.width for _ in range(1000)} == {2}
    assert time.process_time() - start < 0.5

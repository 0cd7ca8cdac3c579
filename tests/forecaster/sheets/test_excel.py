"""What Excel calls a workbook damaged for and other programs let pass (ECMA-376)."""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

LONGEST = {
    "sheet": {"name": 31},
    "dataValidation": {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 225},
    "formula1": {"": 255},
    "formula": {"": 255},
    "oddHeader": {"": 255},
    "oddFooter": {"": 255},
    "si": {"": 32_767},
    "v": {"": 32_767},
    "f": {"": 8_192},
    "hyperlink": {"location": 255, "tooltip": 255},
}
"""Element -> attribute, empty for its text -> how long it may be, in the units of UTF-16."""

LARGEST = {
    "row": {"ht": 409.0, "outlineLevel": 7.0},
    "col": {"width": 255.0, "outlineLevel": 7.0},
    "rowBreaks": {"count": 1_023.0},
    "cellXfs": {"count": 65_490.0},
    "fonts": {"count": 1_024.0},
}
"""Element -> attribute -> the largest number it may be."""

ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter"),
    *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "ignoredErrors", "drawing"),
)
"""Children of a worksheet, in the only order Excel takes."""


@pytest.fixture(scope="module")
def parts(book) -> dict[str, ET.Element]:
    """Name -> root of each part."""
    with zipfile.ZipFile(book) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}


def sheets_of(parts: dict[str, ET.Element]) -> list[ET.Element]:
    """Roots of the worksheets."""
    return [root for name, root in parts.items() if name.startswith("xl/worksheets/sheet")]


def held(
    parts: dict[str, ET.Element], limits: Mapping[str, Mapping[str, float]]
) -> list[tuple[str, str, str]]:
    """Element, attribute and text of all that has a limit."""
    elements = [
        (element.tag.removeprefix(MAIN), element) for root in parts.values() for element in root.iter()
    ]
    return [
        (name, attribute, element.get(attribute, "") if attribute else "".join(element.itertext()))
        for name, element in elements
        for attribute in limits.get(name, {})
    ]


def test_no_text_is_too_long_and_no_number_too_large(parts):
    texts, numbers = held(parts, LONGEST), held(parts, LARGEST)
    assert {name for name, _, _ in texts} == LONGEST.keys()
    assert {name for name, _, _ in numbers} == LARGEST.keys()
    long = [found for found in texts if len(found[2].encode("utf-16-le")) > 2 * LONGEST[found[0]][found[1]]]
    assert long == []
    assert [found for found in numbers if float(found[2] or 0) > LARGEST[found[0]][found[1]]] == []


def test_what_a_sheet_holds_is_in_order(parts):
    for root in sheets_of(parts):
        places = [ORDER.index(child.tag.removeprefix(MAIN)) for child in root]
        assert places == sorted(places)
        rows = [int(row.get("r", "")) for row in root.iter(f"{MAIN}row")]
        assert rows == sorted(set(rows))
        for row in root.iter(f"{MAIN}row"):
            cells = [re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", "")) for cell in row]
            columns = [(len(cell[1]), cell[1]) for cell in cells if cell]
            assert columns == sorted(set(columns))
            assert [cell and cell[2] for cell in cells] == [row.get("r")] * len(cells)


def test_cells_hold_what_their_kind_says(parts):
    texts, looks = len(parts["xl/sharedStrings.xml"]), parts["xl/styles.xml"].find(f"{MAIN}cellXfs")
    assert looks is not None
    for cell in (cell for root in sheets_of(parts) for cell in root.iter(f"{MAIN}c")):
        kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
        assert int(cell.get("s", "0")) < len(looks)
        if kind == "s":
            assert int(value or "") < texts
        elif kind == "n" and value is not None:
            assert re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value), cell.get("r")
        else:
            assert kind == "str" or value is None


def test_every_part_is_known_and_every_reference_leads_to_one(parts):
    listed = {element.get("PartName", "")[1:] for element in parts["[Content_Types].xml"]} - {""}
    names = {name for name in parts if name.endswith(".xml")} - {"[Content_Types].xml"}
    assert listed == names
    for name, root in parts.items():
        if name.endswith(".rels"):
            home = posixpath.dirname(posixpath.dirname(name))
            targets = [element.get("Target", "") for element in root]
            found = {posixpath.normpath(posixpath.join("/", home, target))[1:] for target in targets}
            assert found <= names


def test_charts_and_formulas_name_sheets_that_exist(parts):
    sheets = {element.get("name") for element in parts["xl/workbook.xml"].iter(f"{MAIN}sheet")}
    formulas = [
        re.sub('"[^"]*"', "", element.text or "")
        for root in parts.values()
        for element in root.iter()
        if element.tag.rpartition("}")[2] in {"f", "formula1", "definedName"}
    ]
    named = {
        quoted or bare for text in formulas for quoted, bare in re.findall(r"(?:'([^']+)'|(\w+))!", text)
    }
    assert named <= sheets
    assert len(named) > 10

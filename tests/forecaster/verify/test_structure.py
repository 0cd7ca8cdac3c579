"""Something planted in a report's file: found, with its sheet and cell."""

import re
import zipfile

import openpyxl
import pytest

from forecaster.errors import InputError
from forecaster.verify import lines, verify
from forecaster.verify.book import Leaf, read
from forecaster.verify.rows import broken_rows

RELATIONS = "xl/_rels/workbook.xml.rels"
CELL = r'<c r="([A-Z]+[0-9]+)"([^>]*)>'


def checked(path):
    """Findings of a look at the file alone: sheet, cell, what was found."""
    report = verify(path, recalculate=False, rerun=False)
    return [(finding.sheet, finding.cell, finding.found) for finding in report.findings]


def swap(pattern, replacement, seen=None):
    """Change the first match; its first group is the address of the cell."""

    def change(text):
        match = re.search(pattern, text)
        assert match, pattern
        if seen is not None:
            seen.append(match[1])
        return text[: match.start()] + match.expand(replacement) + text[match.end() :]

    return change


def test_an_untouched_report_passes(report):
    assert checked(report) == []


def test_an_untouched_report_of_one_or_two_years_passes(short_report):
    assert checked(short_report) == []


FORMULA = CELL + r"<f>(SUM\([^<]*\))</f>"

PLANTED = {
    "constant": (FORMULA, r'<c r="\1"\2><f>\3+7</f>', r"7 in =SUM\(.*\)\+7"),
    "banned function": (FORMULA, r'<c r="\1"\2><f>OFFSET(A1,0,1)</f>', r"OFFSET in =OFFSET\(A1,0,1\)"),
    "volatile function": (FORMULA, r'<c r="\1"\2><f>\3+NOW()</f>', r"NOW in =SUM.*"),
    "long formula": (FORMULA, r'<c r="\1"\2><f>\3' + "+A1" * 40 + "</f>", "a formula of 1.. characters"),
    "link outside": (FORMULA, r'<c r="\1"\2><f>\3+[1]Sheet1!A1</f>', r"=SUM.*\+\[1\]Sheet1!A1"),
    "error cell": (CELL + r"<v>[0-9.]+</v>", r'<c r="\1" t="e"><v>#REF!</v>', "#REF!"),
    "no value": (FORMULA + r"<v>[^<]*</v>", r'<c r="\1"\2><f>\3</f>', r"=SUM\(.*\) without a value"),
}


def test_what_is_planted_in_a_cell_is_found_there(planted):
    """All at once, each in the next cell that holds its like."""
    seen = []

    def change(text):
        done = ""
        for pattern, replacement, _ in PLANTED.values():
            match = re.search(pattern, text)
            seen.append(match[1])
            done, text = done + text[: match.start()] + match.expand(replacement), text[match.end() :]
        return done + text

    found = checked(planted({"Outlays": change}))
    for cell, (_, _, told) in zip(seen, PLANTED.values(), strict=True):
        named = [entry for entry in found if re.fullmatch(told, entry[2])]
        assert [entry[:2] for entry in named] == [("Outlays", cell)], told


def test_a_broken_row_is_found_in_its_cell(planted):
    """The second year of a row of sums no longer adds up what its neighbours do."""
    seen = []
    pattern = r'<c r="(F[0-9]+)"([^>]*)><f>SUM\(F([0-9]+):F([0-9]+)\)</f>'
    path = planted({"Outlays": swap(pattern, r'<c r="\1"\2><f>SUM(G\3:G\4)</f>', seen)})
    ((sheet, cell, found),) = checked(path)
    assert (sheet, cell) == ("Outlays", seen[0])
    assert found.startswith("=SUM(G")


@pytest.mark.parametrize("short_report", [2], indirect=True)
def test_a_row_of_two_years_is_judged_along_them(short_report, planted):
    seen = []
    pattern = r'<c r="(F[0-9]+)"([^>]*)><f>SUM\(F([0-9]+):F([0-9]+)\)</f>'
    path = planted({"Outlays": swap(pattern, r'<c r="\1"\2><f>SUM(G\3:G\4)</f>', seen)}, short_report)
    ((sheet, cell, _),) = checked(path)
    assert (sheet, cell) == ("Outlays", seen[0])


LIST = {
    (1, 1): "state", (1, 2): "year", (1, 3): "strain", (1, 4): "note",
    **{(row, 1): "AT" for row in range(2, 8)},
    **{(row, 2): 2026 for row in range(2, 8)},
    **{(row, 4): "a word" for row in range(2, 8)},
}  # fmt: skip


def test_a_list_with_a_year_in_each_record_is_judged_downwards():
    """Its records hold one year and words, as a row of titles does, but a formula too."""
    formulas = {(row, 3): f"=A{row}+B{row}" for row in range(2, 8)} | {(5, 3): "=A5+B6"}
    leaf = Leaf("List", True, LIST, formulas, {}, frozenset(), frozenset(), (), ())
    assert [place for place, _, _ in broken_rows(leaf)] == [(5, 3)]


def test_a_number_typed_over_a_formula_is_found(planted):
    seen = []
    pattern = r'<c r="(F[0-9]+)"([^>]*)><f>SUM\(F[0-9]+:F[0-9]+\)</f><v>[^<]*</v>'
    path = planted({"Outlays": swap(pattern, r'<c r="\1"\2><v>123.25</v>', seen)})
    assert checked(path) == [("Outlays", seen[0], "123.25 typed in")]


def test_hidden_sheets_are_found(planted):
    def hide(text):
        less = text.replace('<sheet name="Plans"', '<sheet state="hidden" name="Plans"')
        return less.replace('<sheet name="Calls"', '<sheet state="veryHidden" name="Calls"')

    path = planted({"xl/workbook.xml": hide})
    assert checked(path) == [("Calls", "", "hidden sheet"), ("Plans", "", "hidden sheet")]


def test_a_hidden_row_and_a_hidden_column_are_found(planted):
    path = planted(
        {
            "Plans": swap(r'<row (r="9")', r'<row hidden="1" \1'),
            "Calls": swap(r'<col (min="2")', r'<col hidden="1" \1'),
        }
    )
    assert checked(path) == [("Calls", "column B", "hidden"), ("Plans", "row 9", "hidden")]


@pytest.mark.parametrize("hidden", ['hidden="t"', 'hidden="on"', 'ht="0" customHeight="1"'])
def test_a_row_out_of_sight_is_found(planted, hidden):
    path = planted({"Plans": swap(r'<row (r="9")', rf"<row {hidden} \1")})
    assert checked(path) == [("Plans", "row 9", "hidden")]


def test_rows_and_columns_without_a_size_are_found(planted):
    path = planted(
        {
            "Plans": swap(r"<sheetFormatPr( )", r'<sheetFormatPr zeroHeight="1"\1'),
            "Calls": swap(r'<col (min="2" max="2") width="[0-9.]+"', r'<col \1 width="0"'),
        }
    )
    assert checked(path) == [
        ("Calls", "column B", "hidden"),
        ("Plans", "rows without a height of their own", "hidden"),
    ]


def test_hidden_columns_that_end_nowhere_are_found(planted):
    path = planted(
        {
            "Plans": swap(r'<col (min="3") max="3"', r'<col hidden="1" \1'),
            "Calls": swap(r'<col (min="2") max="2"', r'<col hidden="1" \1 max="20000"'),
        }
    )
    assert checked(path) == [("Calls", "columns B to XFD", "hidden"), ("Plans", "column C", "hidden")]


def test_what_is_hidden_is_found_wherever_a_relation_leads(planted):
    path = planted(
        {
            "Plans": swap(r'<row (r="9")', r'<row hidden="1" \1'),
            RELATIONS: lambda text: text.replace('"worksheets/', '"../xl/worksheets/../worksheets/'),
        }
    )
    assert checked(path) == [("Plans", "row 9", "hidden")]


def test_merged_cells_are_found(planted):
    """What lies under them no program shows, and formulas count it."""
    merge = r'</sheetData><mergeCells count="1"><mergeCell ref="B90:D90"/></mergeCells>'
    assert checked(planted({"Plans": swap("(</sheetData>)", merge)})) == [
        ("Plans", "B90:D90", "merged cells")
    ]


def test_rows_and_cells_out_of_order_are_read(planted, report):
    """Other programs show them: openpyxl reads them too, but not row by row."""

    def last(text):
        row = re.search(r'<row r="9".*?</row>', text, re.DOTALL)[0]
        cells = re.findall(r"<c [^>]*/>|<c .*?</c>", row, re.DOTALL)
        assert len(cells) > 2
        moved = re.match("<row[^>]*>", row)[0] + "".join(reversed(cells)) + "</row>"
        return text.replace(row, "").replace("</sheetData>", f"{moved}</sheetData>")

    assert read(planted({"Plans": last})).leaves["Plans"] == read(report).leaves["Plans"]


def test_a_row_that_comes_twice_is_read_as_it_is_shown(planted):
    row = r'<row r="9"><c r="B9" t="e"><v>#REF!</v></c></row>\1'
    assert checked(planted({"Plans": swap("(</sheetData>)", row)})) == [("Plans", "B9", "#REF!")]


def test_a_formula_that_shows_an_empty_text_has_a_value(planted):
    path = planted({"Outlays": swap(FORMULA + r"<v>[^<]*</v>", r'<c r="\1"\2 t="str"><f>\3</f><v></v>')})
    assert checked(path) == []


def test_two_sheets_of_a_name_are_both_read(planted, report, monkeypatch):
    """A program shows the first under its name, and opens the other under a new one."""
    monkeypatch.setattr("forecaster.verify.again._rerun", lambda *_: report)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    leads = f'<Relationship Id="rId990" Type="{kind}" Target="worksheets/sheet990.xml"/></Relationships>'
    holds = f'<Override PartName="/xl/worksheets/sheet990.xml" ContentType="{sheet}"/></Types>'
    with zipfile.ZipFile(report) as archive:
        names = re.findall('<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        past = archive.read(f"xl/worksheets/sheet{names.index('Past') + 1}.xml").decode()
    path = planted(
        {
            "xl/workbook.xml": swap('(<sheet name="Past")', r'\1 sheetId="990" r:id="rId990"/>\1'),
            RELATIONS: lambda text: text.replace("</Relationships>", leads),
            "[Content_Types].xml": lambda text: text.replace("</Types>", holds),
            "xl/worksheets/sheet990.xml": re.sub(
                r"<v>[0-9]+\.[0-9]+</v>", "<v>999</v>", re.sub("<drawing [^>]*/>", "", past), count=1
            ),
        }
    )
    found = verify(path, recalculate=False, workers=1).findings
    assert {(one.sheet, one.found) for one in found} == {("Past", "999"), ("Past1", "a sheet")}


def test_a_chart_that_is_gone_is_told(report, tmp_path):
    gone = "xl/charts/chart1.xml"
    with zipfile.ZipFile(report) as source, zipfile.ZipFile(tmp_path / "less.xlsx", "w") as target:
        for name in set(source.namelist()) - {gone}:
            target.writestr(name, source.read(name))
    with pytest.raises(InputError, match=f"less.xlsx: cannot be read as a workbook .*{gone}.* damaged"):
        checked(tmp_path / "less.xlsx")


def test_a_hidden_row_without_a_number_is_counted(planted):
    path = planted({"Plans": swap(r'<row (r="2")', '<row hidden="1"')})
    assert checked(path) == [("Plans", "row 2", "hidden")]


def test_hidden_columns_that_stand_together_are_named_together(planted):
    path = planted({"Calls": swap(r'<col (min="2") max="2"', r'<col hidden="1" \1 max="4"')})
    assert checked(path) == [("Calls", "columns B to D", "hidden")]


def test_cells_beyond_the_size_that_a_sheet_states_are_read(planted, report):
    path = planted({"Plans": swap(r'<dimension ref="(A1):[A-Z]+[0-9]+"', r'<dimension ref="\1:B2"')})
    assert read(path).leaves["Plans"] == read(report).leaves["Plans"]


def test_parts_that_no_report_has_are_found(planted):
    parts = ("xl/embeddings/oleObject1.bin", "xl/externalLinks/externalLink1.xml", "xl/vbaProject.bin")
    found = checked(planted(dict.fromkeys(parts, "<x/>")))
    assert sorted(found) == [("", part, "macro, link or embedded file") for part in parts]


def test_a_control_that_fails_is_found(planted):
    path = planted({"Strain": swap(r'(<c r="A3".*?<v>Master check: )PASS', r"\1FAIL")})
    ((sheet, cell, found),) = checked(path)
    assert (sheet, cell) == ("Strain", "A3")
    assert "FAIL" in found


def test_a_changed_case_is_found_without_running_it(planted):
    """Another seed in the stored case: its file has another fingerprint."""
    path = planted({"xl/sharedStrings.xml": swap(r"<t>(seed = )7</t>", r"<t>\g<1>8</t>")})
    ((sheet, cell, found),) = checked(path)
    assert (sheet, cell) == ("Case", "assumptions.toml")
    assert found.startswith("SHA-256 ")


def test_another_run_id_is_found(planted):
    """A case whose fingerprints were changed with it does not fit the run id on every sheet."""
    path = planted({"xl/sharedStrings.xml": swap(r"(read,plans\.csv,)[0-9a-f]{8}", r"\g<1>00000000")})
    ((sheet, cell, _),) = checked(path)
    assert (sheet, cell) == ("Cover", "A3")


def test_a_copy_without_values_is_told_once_a_sheet(report, tmp_path):
    """openpyxl keeps formulas and drops what they show."""
    openpyxl.load_workbook(report).save(tmp_path / "copy.xlsx")
    found = checked(tmp_path / "copy.xlsx")
    outlays = [told for sheet, _, told in found if sheet == "Outlays"]
    assert len(outlays) == 2
    assert re.fullmatch(r"[0-9]+ formulas without a value, the first in A3", outlays[0])
    assert outlays[1] == "nothing"


def test_findings_are_a_table(planted):
    path = planted({"xl/workbook.xml": swap(r'<sheet (name="Plans")', r'<sheet state="hidden" \1')})
    told = list(lines(verify(path, recalculate=False, rerun=False)))
    assert told[0].split()[:3] == ["structure", "1", "found"]
    assert [line.split()[0] for line in told[3:5]] == ["reproduction", "recalculation"]
    assert told[-2].split() == ["sheet", "cell", "found", "expected", "what", "to", "do"]
    assert told[-1].startswith("Plans ")

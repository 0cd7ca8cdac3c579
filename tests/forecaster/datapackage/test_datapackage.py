"""Tables as CSV: they obey their own schema, hold the run's numbers, and are whole or not there."""

import csv
import hashlib
import io
import json
import math
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecaster import datapackage, pipeline
from forecaster.case import Case
from forecaster.case.settings import settled
from forecaster.datapackage.text import harmless, table_bytes
from forecaster.errors import OutputExists, OutputNotWritable
from forecaster.machine import output
from forecaster.report.fans import PERCENTILES
from forecaster.run import Run
from models.arrays import UNION
from models.metrics import EVENTS, METRICS

Table = list[dict[str, str]]

PARSERS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "object": json.loads,
}
"""Type of a column -> what reads its text; each raises where a text is none."""


@pytest.fixture(scope="module")
def run(invented_union: Case) -> Run:
    return pipeline.run(settled(invented_union, paths=2048, drivers=False), workers=1)


@pytest.fixture(scope="module")
def files(run: Run) -> dict[str, bytes]:
    return datapackage.content(run)


@pytest.fixture(scope="module")
def described(files: dict[str, bytes]) -> dict[str, Any]:
    return json.loads(files["datapackage.json"])


@pytest.fixture(scope="module")
def tables(files: dict[str, bytes]) -> dict[str, Table]:
    return {name[:-4]: parsed(content) for name, content in files.items() if name.endswith(".csv")}


def parsed(content: bytes) -> Table:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def schema_problems(schema: dict[str, Any], heads: list[str], rows: Table) -> list[str]:
    """What a table breaks of its schema: heads, types, missing values, double keys."""
    found = [] if heads == [field["name"] for field in schema["fields"]] else [f"heads {heads}"]
    found += [
        f"line {n}: width" for n, row in enumerate(rows, start=2) if None in row or None in row.values()
    ]
    for field in schema["fields"]:
        for number, row in enumerate(rows, start=2):
            text = row.get(field["name"])
            if text in schema["missingValues"]:
                if field.get("constraints", {}).get("required"):
                    found.append(f"line {number}, {field['name']}: missing")
                continue
            try:
                PARSERS[field["type"]](text)
            except (ValueError, KeyError, TypeError):
                found.append(f"line {number}, {field['name']}: {text!r} is no {field['type']}")
    keys = Counter(tuple(row.get(column) for column in schema["primaryKey"]) for row in rows)
    return found + [f"key {key} twice" for key, count in keys.items() if count > 1]


def test_the_description_names_every_file(files: dict[str, bytes], described: dict[str, Any]) -> None:
    assert described["profile"] == "tabular-data-package"
    assert {one["path"] for one in described["resources"]} == set(files) - {"datapackage.json"}
    assert set(datapackage.file_names()) == set(files)
    for one in described["resources"]:
        content = files[one["path"]]
        assert one["bytes"] == len(content)
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["encoding"] == "utf-8"


@pytest.mark.parametrize("name", [resource.name for resource in datapackage.RESOURCES])
def test_a_table_obeys_its_schema(
    tables: dict[str, Table], described: dict[str, Any], files: dict[str, bytes], name: str
) -> None:
    (resource,) = (one for one in described["resources"] if one["name"] == name)
    heads = files[f"{name}.csv"].decode("utf-8").split("\r\n", 1)[0].split(",")
    assert schema_problems(resource["schema"], heads, tables[name]) == []
    for key in resource["schema"].get("foreignKeys", []):
        other = key["reference"]
        known = {row[other["fields"]] for row in tables[other["resource"]]}
        assert {row[key["fields"]] for row in tables[name]} <= known, key


def test_breaches_of_a_schema_are_found() -> None:
    fields = [
        {"name": "a", "type": "number", "constraints": {"required": True}},
        {"name": "b", "type": "date"},
    ]
    schema = {"fields": fields, "missingValues": [""], "primaryKey": ["a"]}
    assert schema_problems(schema, ["a", "b"], [{"a": "1.5", "b": ""}, {"a": "2", "b": "2026-01-31"}]) == []
    wrong = [{"a": "", "b": "31.1.2026"}, {"a": "x", "b": ""}, {"a": "x", "b": ""}]
    assert len(schema_problems(schema, ["a"], wrong)) == 1 + 1 + 1 + 2 + 1


def test_every_column_says_what_it_is_and_where_from(described: dict[str, Any]) -> None:
    for resource in described["resources"]:
        assert resource["title"]
        for field in resource["schema"]["fields"]:
            assert field["description"], (resource["name"], field["name"])
            assert field["source"], (resource["name"], field["name"])


def test_results_are_those_of_the_run(run: Run, tables: dict[str, Table]) -> None:
    found = {
        (row["scenario"], row["place"], row["metric"], row["statistic"], row["year"]): float(row["value"])
        for row in tables["results"]
    }
    assert len(found) == len(tables["results"]) > 5000
    for scenario in run.settings.scenarios:
        for place in (*run.states, UNION):
            for metric in METRICS:
                if run.statistics.has(metric, scenario):
                    levels = run.statistics.percentiles(metric, scenario, place)
                    shown = [
                        [found[scenario, place, metric, name, str(year)] for name in PERCENTILES]
                        for year in run.years
                    ]
                    assert np.array_equal(shown, levels)
    net = [found["squeeze", "NO", "net_call", "mean", str(year)] for year in run.years]
    assert np.array_equal(net, run.statistics.mean("net_call", "squeeze", "NO"))
    tail = [found["squeeze", UNION, "gap", "shortfall", str(year)] for year in run.years]
    assert np.array_equal(tail, run.statistics.shortfall("gap", "squeeze", UNION, 0.95))
    error = [found["squeeze", "NO", "strain", "standard_error", str(year)] for year in run.years]
    assert np.array_equal(error, run.statistics.standard_error("strain", "squeeze", "NO"))
    assert {key[2] for key in found if key[3] == "standard_error"} == {
        "strain",
        "strain_without",
        "strain_difference",
    }


def test_layers_stand_in_the_baseline(tables: dict[str, Table]) -> None:
    scenarios = {row["scenario"] for row in tables["results"] if row["metric"] == "cofinancing"}
    assert scenarios == {"baseline"}


def test_probabilities_are_those_of_the_run(run: Run, tables: dict[str, Table]) -> None:
    rows = [row for row in tables["probabilities"] if (row["scenario"], row["event"]) == ("squeeze", "red")]
    for place in (*run.states, UNION):
        mine = [row for row in rows if row["place"] == place]
        for column, values in (
            ("probability", run.statistics.probability("red", "squeeze", place)),
            ("half_width", run.statistics.half_width("red", "squeeze", place)),
        ):
            assert np.array_equal([float(row[column]) for row in mine], values)
    assert len(tables["probabilities_any_year"]) == len(run.settings.scenarios) * 4 * len(EVENTS)
    together = [
        row for row in tables["states_in_red"] if (row["scenario"], row["year"]) == ("baseline", "2030")
    ]
    assert math.fsum(float(row["probability"]) for row in together) == pytest.approx(1.0, abs=1e-12)


def test_outlays_are_those_of_the_run(run: Run, tables: dict[str, Table]) -> None:
    paid = [
        float(row["value"])
        for row in tables["outlays"]
        if (row["scenario"], row["line"], row["metric"], row["statistic"])
        == ("baseline", "works", "payments", "P50")
    ]
    assert np.array_equal(paid, run.statistics.percentiles("payments", "baseline", "works")[:, 3])
    (committed,) = (
        float(row["value"])
        for row in tables["line_totals"]
        if (row["scenario"], row["line"], row["metric"]) == ("baseline", UNION, "commitments")
        and row["statistic"] == "mean"
    )
    assert committed == run.statistics.mean("commitments", "baseline", UNION)[0]


def test_what_went_in_is_there(run: Run, tables: dict[str, Table]) -> None:
    figure = run.case.budgets.figure("spending", "NO", 2025)
    assert figure is not None
    (row,) = (
        row
        for row in tables["figures"]
        if (row["table"], row["place"], row["item"]) == ("spending", "NO", "2025")
    )
    assert (float(row["value"]), row["raw"], row["cell"]) == (figure.value, figure.raw, figure.cell)
    assert len(tables["figures"]) == len(run.case.budgets.figures)
    assert {row["key"] for row in tables["assumptions"]} == set(run.case.records)
    assert {row["passed"] for row in tables["checks"]} == {"true"}
    assert ("run_id", run.run_id) in {(row["name"], row["value"]) for row in tables["settings"]}
    assert {(row["place"], row["rate"]) for row in tables["rates"]} == {("BO", "20.0")}


def test_fewer_states_are_fewer_rows(run: Run) -> None:
    content = datapackage.content(replace(run, states=("NO",)))
    assert {row["place"] for row in parsed(content["results.csv"])} == {"NO", UNION}
    assert {row["place"] for row in parsed(content["plans.csv"])} <= {"NO"}


def test_lines_end_as_the_standard_says(files: dict[str, bytes]) -> None:
    """RFC 4180: CRLF after each record, quotes doubled; here also: no byte order mark, no bare line end."""
    for name in set(files) - {"datapackage.json"}:
        content = files[name]
        assert content.endswith(b"\r\n"), name
        assert not content.startswith(b"\xef\xbb\xbf")
        unquoted = b"".join(content.split(b'"')[::2])
        assert unquoted.count(b"\n") == unquoted.count(b"\r\n") == unquoted.count(b"\r"), name
    assert table_bytes(["a"], [('say "no", please',), ("two\nlines",)]) == (
        b'a\r\n"say ""no"", please"\r\n"two\nlines"\r\n'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("+1+1", "'+1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ("-2.5", "-2.5"),
        ("+1,234.5", "+1,234.5"),
        ("a=b", "a=b"),
        ("bell\x07", "bell␇"),
        ("", ""),
    ],
)
def test_no_text_turns_into_a_formula(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_kinds_of_cells() -> None:
    row = (None, float("nan"), 0.1 + 0.2, 1e-9, True, False, 7, date(2026, 1, 31), np.float64(0.5))
    assert table_bytes(["x"] * 9, [row]).splitlines()[1] == (
        b",,0.30000000000000004,1e-09,true,false,7,2026-01-31,0.5"
    )


def test_pandas_reads_the_tables(files: dict[str, bytes]) -> None:
    found = pd.read_csv(io.BytesIO(files["results.csv"]))
    assert found["value"].dtype == float
    assert not found["value"].isna().any()
    assert len(found.set_index(["scenario", "place", "year", "metric", "statistic"]).index.unique()) == len(
        found
    )


def test_the_same_run_gives_the_same_bytes(run: Run, files: dict[str, bytes]) -> None:
    assert datapackage.content(run) == files


def test_a_package_is_kept_unless_forced(run: Run, tmp_path: Any) -> None:
    folder = tmp_path / "tables"
    datapackage.write(run, folder, force=False)
    assert {path.name for path in folder.iterdir()} == set(datapackage.file_names())
    (folder / "mine.txt").write_text("mine")
    (folder / "results.csv").write_text("old")
    with pytest.raises(OutputExists, match=r"already holds places\.csv and \d+ more .* --force"):
        datapackage.write(run, folder, force=False)
    assert (folder / "results.csv").read_text() == "old"
    datapackage.write(run, folder, force=True)
    assert (folder / "results.csv").stat().st_size > 1000
    assert (folder / "mine.txt").read_text() == "mine"


def test_nothing_half_written_is_left(run: Run, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = output._written
    written: list[Any] = []

    def full_at_the_third(part: Any, content: bytes) -> None:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(part)
        whole(part, content)

    monkeypatch.setattr(output, "_written", full_at_the_third)
    with pytest.raises(OutputNotWritable, match="No space left on device"):
        datapackage.write(run, tmp_path / "tables", force=False)
    assert len(written) == 2
    assert list(tmp_path.iterdir()) == []


def test_without_all_tables_there_is_no_description(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table open in a spreadsheet program on Windows cannot be replaced."""
    files = {"a.csv": b"new", "b.csv": b"new", "whole.json": b"{}"}
    output.save_folder(files, tmp_path, force=False, seal="whole.json")
    replaced = type(tmp_path).replace

    def held(part: Any, target: Any) -> Any:
        if target.name == "a.csv":
            raise PermissionError(13, "in use")
        return replaced(part, target)

    monkeypatch.setattr(type(tmp_path), "replace", held)
    monkeypatch.setattr(output, "PAUSES", ())
    with pytest.raises(OutputNotWritable, match=r"open in another program, or write-protected: a\.csv"):
        output.save_folder({**files, "b.csv": b"newer"}, tmp_path, force=True, seal="whole.json")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.csv": b"new",
        "b.csv": b"newer",
    }


def test_a_description_that_is_held_is_named_and_all_stays(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.csv": b"old", "whole.json": b"{}"}
    output.save_folder(files, tmp_path, force=False, seal="whole.json")
    unlinked = type(tmp_path).unlink

    def held(file: Any, **options: Any) -> None:
        if file.name == "whole.json":
            raise PermissionError(13, "in use")
        unlinked(file, **options)

    monkeypatch.setattr(type(tmp_path), "unlink", held)
    monkeypatch.setattr(output, "PAUSES", ())
    with pytest.raises(
        OutputNotWritable, match=r"open in another program, or write-protected: whole\.json\."
    ):
        output.save_folder({**files, "a.csv": b"new"}, tmp_path, force=True, seal="whole.json")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_a_folder_that_cannot_be_is_told(tmp_path: Any) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputNotWritable, match=r"is a file\. Name a folder"):
        output.ready_folder(tmp_path / "file", ("a",), force=True)
    with pytest.raises(OutputNotWritable, match="does not exist"):
        output.ready_folder(tmp_path / "no" / "such", ("a",), force=True)

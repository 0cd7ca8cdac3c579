"""The bounds of the law on a programme that names it."""

import re

from toml_files import changed, read

from forecaster.case.law import legal_checks


def test_the_law_is_checked_where_it_is_named(tmp_path):
    found, _ = read(tmp_path, "programme.toml", changed("programme.toml"))
    assert all(check.holds for check in legal_checks(found))
    assert {check.bound for check in legal_checks(found)} == {180.0, 360.0, 300.0, 52.5, 0.25, 0.5, 3.0, 4.0}
    moved = changed(
        "programme.toml", (r"amount = 240\.0", "amount = 140.0"), (r"amount = 440\.0", "amount = 540.0")
    )
    found, _ = read(tmp_path, "programme.toml", moved)
    broken = [check for check in legal_checks(found) if not check.holds]
    assert [(check.name, check.found, check.bound, check.kind) for check in broken] == [
        ("procurement: amount", 140.0, 180.0, "at least")
    ]
    another = re.sub("32025R2643", "32023R2418", moved)
    assert legal_checks(read(tmp_path, "programme.toml", another)[0]) == ()

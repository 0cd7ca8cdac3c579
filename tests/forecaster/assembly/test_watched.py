"""What is read of a case is noted, and nothing else moves what is made of it."""

from forecaster import assembly
from forecaster.assembly.watched import read_of, source
from forecaster.case import Case
from forecaster.drivers.trials import assuming as with_value
from forecaster.drivers.trials import tried
from models.variants import differing


def test_sources_are_all_that_moves_a_part(invented_union: Case) -> None:
    """Each assumption with a range, at both ends, and what is worked out of several (prices, first call)."""
    found = assembly.budget_forecast(invented_union, range(2026, 2036))
    sources, before = assembly.sources(invented_union, found), assembly.model(invented_union, found)
    moved = set[str]()
    for ends in tried(invented_union):
        read = {part for part, keys in sources.items() if source(ends.key) in keys}
        for value in (end for end in (ends.low, ends.high) if end is not None):
            after = assembly.model(with_value(invented_union, ends.key, value), found)
            parts = {name.split(".")[0] for name in differing(before, after)}
            assert parts <= read, ends.key
            moved |= parts
    assert moved == {*assembly.PARTS}
    assert {"cost.price_sd_drones", "programme.calls"} <= sources["lots"]
    assert "run.base_year" in sources["participation"]
    assert "fiscal.in_path" not in sources["states"]


def test_all_that_is_read_is_noted_however_it_is_read(invented_union: Case) -> None:
    """By name, entry by entry, by what a table works out, and where a table is asked for as one."""
    every = {key for key, _ in invented_union.assumptions.entries()}
    assert every <= read_of(invented_union, lambda case: case.records)
    cost = read_of(invented_union, lambda case: [*case.assumptions.cost])
    assert cost >= {key for key in every if key.startswith("cost.")}
    assert not cost & {key for key in every if key.startswith("award.")}
    prices = read_of(invented_union, lambda case: case.assumptions.cost.price_sd)
    assert prices == {key for key in every if key.startswith("cost.price_sd_")}
    assert read_of(invented_union, lambda _, rest: rest, 1) == frozenset()

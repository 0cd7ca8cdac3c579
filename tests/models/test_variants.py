"""The same draws under another model: what is kept must be what would be drawn again."""

from dataclasses import fields, replace

import numpy as np
import pytest

from models.lots import Lot
from models.model import PARTS, Draws, Model, draws
from models.promises import together
from models.shocks import DRIVERS, drawn
from models.simulation import outcome
from models.strain import Outcome
from models.stress import scenario
from models.tables import Table
from models.variants import (
    ONLY_MONEY,
    Sample,
    differing,
    drivers_read,
    kept,
    mixed,
    same,
    sample,
    under,
)

BASELINE = scenario("baseline", {}, 10)


@pytest.fixture(scope="module")
def before(invented_model):
    return sample(invented_model, drawn(7, 0, 1), BASELINE)


def moved(model: Model, field: str) -> Model:
    """The model with one number of a field changed, named as in `ONLY_MONEY`."""
    part, _, name = field.partition(".")
    held = getattr(model, part)
    if part == "states":
        value = np.nan_to_num(getattr(held[0], name), nan=100.0) * 1.1 + 1.0
        return replace(model, states=(replace(held[0], **{name: value}), *held[1:]))
    name = name or next(f.name for f in fields(held) if isinstance(getattr(held, f.name), float | np.ndarray))
    value = getattr(held, name)
    value = replace(value, values=value.values * 1.1) if hasattr(value, "values") else value * 1.1
    return replace(model, **{part: replace(held, **{name: value})})


def alike(found: Sample, whole: tuple[Outcome, ...]) -> bool:
    """Whether states and the union have and promise in a sample what they do in a simulation."""
    states = tuple(found.promises())
    return all(
        same(
            (one.investment, one.committed, one.net_call, one.strained()[0]),
            (other.standing.investment, other.standing.committed, other.net_call, other.strain),
        )
        for one, other in zip((*states, together(states)), whole, strict=True)
    ) and all(same(one.strained()[1], other.gap) for one, other in zip(states, whole[:-1], strict=True))


def test_parts_make_the_draws_of_a_simulation(invented_model, before):
    whole = draws(invented_model, drawn(7, 0, 1))
    assert set(PARTS) == {field.name for field in fields(Draws)} - {"fiscal"}
    assert all(same(getattr(whole, name), getattr(before.draws, name)) for name in PARTS)


def test_a_sample_has_the_outcomes_of_a_simulation(invented_model, before):
    assert alike(before, outcome(invented_model, drawn(7, 0, 1), BASELINE))


@pytest.mark.parametrize("lever", ["deflator", "rates"])
def test_a_sample_is_at_the_prices_and_rates_of_its_scenario(invented_model, lever):
    """Inflation moves contracts signed before, interest the loans that a defence budget serves."""
    stress = scenario("any", {lever: 0.03}, 10)
    whole = outcome(invented_model, drawn(7, 0, 1), stress)
    assert alike(sample(invented_model, drawn(7, 0, 1), stress), whole)
    usual = outcome(invented_model, drawn(7, 0, 1), BASELINE)
    assert not same(whole[-1].standing.committed, usual[-1].standing.committed)


@pytest.mark.parametrize("field", sorted(ONLY_MONEY))
def test_what_only_money_reads_moves_no_draw(invented_model, before, field):
    other = moved(invented_model, field)
    assert not same(other, invented_model)
    again = sample(other, drawn(7, 0, 1), BASELINE)
    assert same(again.draws, before.draws)
    assert same(again.net_calls, before.net_calls)


def changes(model: Model) -> list[Model]:
    """Models that differ in one thing each."""
    lot = replace(model.lots[0], amount=model.lots[0].amount * 2.0)
    return [
        moved(model, "capacity.committed"),
        moved(model, "capacity.share_own"),
        moved(model, "states.plan"),
        moved(model, "states.median"),
        moved(model, "economy.growth_common"),
        moved(model, "economy.deflator_common"),
        moved(model, "timing.premium"),
        replace(model, lots=(lot, *model.lots[1:])),
        replace(model, lots=(replace(lot, keys=(0.5, 0.25, 0.25)), *model.lots[1:])),
        replace(model, lots=(replace(lot, name="another"), *model.lots[1:])),
        replace(model, lots=(*model.lots[:-1], replace(model.lots[-1], contract=True, state_share=1.0))),
        replace(model, lots=(replace(model.lots[0], minimum=3), *model.lots[1:])),
        replace(model, lots=model.lots[1:]),
        replace(model, states=(replace(model.states[0], currency_sd=0.05), *model.states[1:])),
        replace(model, participation=replace(model.participation, per_contract=1)),
        replace(model, thresholds=replace(model.thresholds, red=1.1)),
    ]


@pytest.mark.parametrize("number", range(16))
def test_a_variant_is_what_a_simulation_of_its_model_finds(invented_model, before, number):
    other = changes(invented_model)[number]
    changed = differing(invented_model, other)
    assert changed
    assert alike(under(before, other, changed), outcome(other, drawn(7, 0, 1), BASELINE))


def other_lot(lot: Lot, name: str) -> Lot:
    """The lot with another value of a field."""
    value = getattr(lot, name)
    words = {"line": "aid", "rest": "eu", "grant_to": "industry" if value == "states" else "states"}
    found = {
        bool: lambda: not value,
        int: lambda: value + 1,
        float: lambda: value * 0.9 + 0.01,
        str: lambda: words.get(name, f"another {value}"),
        tuple: lambda: tuple(np.multiply(value, 0.9).tolist()),
        type(None): lambda: (0.5, 1.5) if name == "spread" else (0.5, 0.25, 0.25),
        Table: lambda: replace(value, values=value.values * 1.1),
    }[type(value)]()
    if name == "steps":
        found = ((1.5, 1.0), *value)
    return replace(lot, **{name: found})


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("name", [field.name for field in fields(Lot)])
def test_a_variant_reads_every_field_of_a_lot(invented_model, before, name, index):
    lots = list(invented_model.lots)
    lots[index] = other_lot(lots[index], name)
    other = replace(invented_model, lots=tuple(lots))
    changed = differing(invented_model, other)
    assert changed == {f"lots.{name}"}
    assert alike(under(before, other, changed), outcome(other, drawn(7, 0, 1), BASELINE))


@pytest.mark.parametrize("yearly", [0.0, 1000.0])
def test_a_variant_reads_the_successor_where_there_is_one(invented_model, yearly):
    levers = {"successor": yearly} if yearly else {}
    stress = scenario("any", levers, 10)
    other = moved(invented_model, "successor.size")
    found = under(sample(invented_model, drawn(7, 0, 1), stress), other, differing(invented_model, other))
    assert alike(found, outcome(other, drawn(7, 0, 1), stress))
    assert same(found.net_calls, sample(invented_model, drawn(7, 0, 1), stress).net_calls) == (not yearly)


def test_an_equal_model_keeps_everything(invented_model, before):
    again = under(before, replace(invented_model), differing(invented_model, replace(invented_model)))
    assert all(getattr(again.draws, name) is getattr(before.draws, name) for name in PARTS)
    assert again.net_calls is before.net_calls
    assert again.has is before.has


def test_missing_values_are_equal_to_themselves():
    assert same(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]))
    assert not same(np.array([np.nan, 1.0]), np.array([1.0, 1.0]))
    assert not same((1.0,), (1.0, 2.0))
    assert not same(1, 1.0)


def test_a_family_is_taken_from_another_source_alone(invented_model, before):
    """Mixing all drivers is the other source; mixing none is this one."""
    asked, streams = drivers_read(invented_model)
    every = frozenset(name.split("/")[0] for name in streams)
    other = drawn(7, 0, 1, replica=1)
    assert same(mixed(before, other, every, asked).draws, sample(invented_model, other, BASELINE).draws)
    assert same(mixed(before, other, frozenset(), asked).draws, before.draws)
    budgets = mixed(before, other, frozenset({"budget", "budget.common"}), asked)
    assert same(budgets.draws.lots, before.draws.lots)
    assert budgets.draws.keys is before.draws.keys
    assert not same(budgets.draws.states, before.draws.states)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_mixture_is_what_a_simulation_of_its_shocks_finds(invented_model, before, driver):
    """Whatever is kept must be what would come out again: also with a currency of a state's own."""
    abroad = replace(invented_model.states[0], currency_sd=0.05)
    model = replace(invented_model, states=(abroad, *invented_model.states[1:]))
    other = drawn(7, 0, 1, replica=1)
    start = sample(model, before.shocks, BASELINE)
    asked, _ = drivers_read(model)

    def source(name, rows):
        return (other if name.split("/")[0] == driver else before.shocks)(name, rows)

    assert alike(mixed(start, other, frozenset({driver}), asked), outcome(model, source, BASELINE))


def test_loans_that_defence_pays_are_promised(invented_model, before):
    """In the state's own money: it is that budget which bears a moved rate."""
    states = tuple(replace(state, pays_loan=True, currency_sd=0.05) for state in invented_model.states)
    model = replace(invented_model, states=states)
    whole = outcome(model, before.shocks, BASELINE)
    assert any(state.safe_loans.any() for state in states)
    assert alike(sample(model, before.shocks, BASELINE), whole)
    assert alike(under(before, model, differing(invented_model, model)), whole)


def test_a_stream_is_drawn_once():
    source = kept(drawn(7, 0, 1))
    assert source("budget/NO", 3) is source("budget/NO", 3)
    assert source("budget/NO", 3).tolist() == drawn(7, 0, 1)("budget/NO", 3).tolist()

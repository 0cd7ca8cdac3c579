"""The model for one draw in plain Python: loops, `math` and lists, nothing from the project.

Written from the design of the financing model, as a second opinion on `models`; its files bear the names of
those of `models` that they are read beside. A case comes as plain values, normals come from a function of
stream name and row, levers as they stand in scenarios.toml.
"""

from collections.abc import Mapping
from typing import Any

from reference_model.billing import add_calls, empty_calls, in_own_money
from reference_model.capacity import budgets, investment_ratio, promised, scale, whole_plan
from reference_model.case import Case, Levers, Normal, Result, Row
from reference_model.distributions import nine
from reference_model.economy import World, euro_path, surroundings
from reference_model.financing import loan_draws, loan_service, own_resources, ukraine_loan
from reference_model.fiscal import POINTS, mean_by_gdp, points
from reference_model.outlays import Draw, capabilities, lot, waves
from reference_model.participation import kept, shares


def result(case: Case, levers: Mapping[str, Any], normal: Normal) -> Result:
    lever = Levers(levers, len(case.years))
    world = surroundings(case, lever, normal)
    lots, calls = {}, {code: empty_calls(case) for code in case.states}
    for wave in waves(case, lever):
        for line in case.lines:
            for capability in capabilities(line):
                name = f"{line['id']}:{capability}"
                key = shares(case, line, name, lever, normal)
                one = lot(case, line, capability, key, Draw(world, lever, normal, wave))
                lots[wave.name + name] = one
                for code in case.states:
                    own = kept(case, line, name, lever, normal)[code]
                    add_calls(calls[code], line, case, capability, (key[code], own), one, lever)
    for code in case.states:
        in_own_money(case, code, calls[code], normal)
    paid = [sum(one["paid"][t] for one in lots.values()) for t in range(len(case.years))]
    places = {code: place(case, code, calls[code], paid, world, lever, normal) for code in case.states}
    first = next(iter(places.values()))
    union = {
        name: [sum(one[name][t] for one in places.values()) for t in range(len(case.years))] for name in first
    }
    union.update({name: mean_by_gdp(case, places, name) for name in POINTS})
    return Result({**places, "EU": union}, lots)


def place(
    case: Case,
    code: str,
    calls: Mapping[str, Row],
    paid: Row,
    world: World,
    lever: Levers,
    normal: Normal,
) -> Mapping[str, Row]:
    count = range(len(case.years))
    budget = budgets(case, code, lever, normal)
    ratio, drawn = investment_ratio(case, code, lever, normal), loan_draws(case, code)
    before = [ratio[t] * budget[t] * nine(scale(case, code)) for t in count]
    new, bound = case.assumed["capacity.safe_new"], case.assumed["capacity.safe_committed"]
    investment = [before[t] + new * sum(drawn[t]) for t in count]
    committed = promised(case, code, before, world, lever, normal)
    committed = [committed[t] + bound * new * sum(drawn[t]) for t in count]
    service, in_defence = (
        loan_service(case, drawn, world),
        case.loans.get(code, (0.0, False, ""))[2] == "defence",
    )
    euro = euro_path(case, code, normal)
    owed = [service[t] * euro[t] if in_defence else 0.0 for t in count]
    committed = [committed[t] + owed[t] for t in count]
    plan_cost = whole_plan(case, code, world, lever, normal)
    plan_cost = [plan_cost[t] + bound * new * sum(drawn[t]) + owed[t] for t in count]
    net = calls["net_call"]
    additional = case.assumed["treasury.additionality"] * lever.number("additionality", 1.0)
    additional *= 1.0 - lever.number("joining_key", 0.0)
    own = [own_resources(case, code, t) * paid[t] * additional for t in count]
    treasury, loan = [0.0 if in_defence else x for x in service], ukraine_loan(case, code)
    return {
        **calls,
        "budget": budget,
        "investment": investment,
        "committed": committed,
        "gap": [max(0.0, committed[t] + net[t] - investment[t]) for t in count],
        "gap_without": [max(0.0, committed[t] - investment[t]) for t in count],
        "eu_budget": own,
        "plan_gap": [max(0.0, plan_cost[t] - investment[t]) for t in count],
        "safe_service": treasury,
        "ukraine_loan": loan,
        "treasury_call": [own[t] + treasury[t] + loan[t] for t in count],
        **points(case, code, budget, paid, world, lever, normal),
    }

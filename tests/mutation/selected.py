"""The tests that judge mutants, the most telling first; left out is what takes seconds in plain Python."""

SIMULATION = "tests/models/test_simulation.py"
REFERENCE = f"{SIMULATION}::test_without_tables_the_model_is_the_reference"
TESTS = (
    *(f"{REFERENCE}[{case}]" for case in ("drawn-squeeze", "named-parting", "named-sequel", "long-severe")),
    f"{SIMULATION}::test_one_state_and_one_contract_worked_by_hand",
    *(
        f"tests/models/test_{name}.py"
        for name in ("strain", "metrics", "participation", "billing", "financing", "capacity", "outlays")
    ),
)
SLOW = {
    "financing": (
        "money_times_a_thousand_is_money_times_a_thousand_and_ratios_stay",
        "own_resources_of_all_states_are_eu_payments",
        "the_union_is_the_sum_of_its_states",
    ),
    "billing": (
        "calls_are_each_bill_by_its_key",
        "calls_of_all_states_are_the_states_part_of_contracts",
    ),
    "capacity": (
        "correlations_of_budgets_are_those_assumed",
        "the_median_budget_is_the_forecasts",
        "shares_of_investment_have_the_spread_and_memory_assumed",
        "shares_lean_on_the_growth_of_the_budget",
        "pledges_are_kept_half_on_the_median_and_together",
    ),
    "participation": ("one_state_is_drawn_with_probability_proportional_to_investment",),
    "outlays": (
        "cost_and_slip_of_a_lot_and_costs_of_two_lots_move_together",
        *(
            f"{name}[{line}]"
            for name in (
                "payments_within_and_beyond_and_decommitted_are_commitments",
                "states_industry_ukraine_and_the_eu_pay_the_contract",
                "planned_and_slipped_outlays_are_the_contract",
                "where_nothing_deviates_cost_is_plan_and_dates_are_kept",
            )
            for line in ("joint", "works", "project", "aid", "fund", "office")
        ),
    ),
}
LEFT_OUT = tuple(
    f"tests/models/test_{file}.py::test_{name}" for file, names in SLOW.items() for name in names
)

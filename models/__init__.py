"""Pure models: arrays in, arrays out. They read no file, clock or environment, and print nothing.

Budgets to come, from history, plans and pledges:
    budgets, projection, plans, scale, dependence
    pooled, univariate, fitted, calibration
              METHODS and what they learn from
    accuracy, hindcast, scoring
              how good they were in the past
One path, from normal shocks to who pays what and how much that strains whom:
    philox, shocks, stress
              the only random numbers, and the levers of scenarios
    model, simulation, reach
              all a simulation needs, the order in which it goes, and what scenarios have in common
    economy, capacity
              growth, prices, rates; what a state has to invest and what of it is promised
    lots, outlays, participation, billing, programme
              contracts, who takes part, what they cost and call for
    financing, fiscal, strain, promises, metrics
              whose pocket, which deficit, what no longer fits; METRICS, what a run reports of it
Paths in whole numbers:
    tally, cells, counting, histograms, sums, statistics
What moves it, and what would break it:
    sensitivity, variants, conditions
    severity, reverse, breaking, remedies
Ground:
    arrays, compiled, rounding, tables
"""

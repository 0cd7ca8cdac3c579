"""Budgets alone: in the years to come, and in the past against what happened.

ahead     percentiles of each state's budget
backtest  how good a case's forecasts would have been in the past
series    any yearly series forecast from its past
"""

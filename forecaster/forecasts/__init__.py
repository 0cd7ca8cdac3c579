"""Budgets alone: in the years to come, and in the past against what happened.

ahead     percentiles of each state's budget
backtest  how good a case's forecasts would have been in the past
cautions  what a reader may not expect of them
series    any yearly series forecast from its past
"""

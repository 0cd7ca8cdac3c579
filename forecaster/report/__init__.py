"""A report as data: what a sheet is made of, how it looks, where everything lands.

sheet     Sheet: notes, tables, charts, cells named by keys
formulas  formulas that are used again and again, with their values
fans      a fan chart with its table
records   tables with a record for each scenario, state and year
tornado   what moves a figure, the strongest first
places    the states shown, the rest of the union, the union
national  euros in a state's own money
styles    fonts, fills, number formats, colours by role and unit
layout    keys -> addresses
"""

"""A report as data: what a sheet is made of, how it looks and is laid out, and what is told in words."""

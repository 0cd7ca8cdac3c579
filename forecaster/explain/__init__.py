"""One number taken apart: from the inputs of a state to its strain in one year, step by step.

spot       the state, year and scenario asked about, and its path without any shock
steps      Step: a quantity, how it comes about, its unit, its source, its cell
budget, investment, commitments, calls, result
           the chapters of the chain, in this order; CHAPTERS in chain
chain      all chapters of a spot
addresses  cells of the workbook, from its layout
told       a chain as lines and as plain data
"""

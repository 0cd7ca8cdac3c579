"""Two cases beside each other: what changed, and how much of each result it moved.

sides     a folder or a report -> Side: a case and what it is run with
parts     what can be taken from one side or the other; a mixture of both as a Case
groups    parts -> the bars of the bridge, few enough to read
figures   a run -> the headline figures
bridge    the share of each bar in the change of each figure
told      a comparison as lines and as plain data
steps     a bridge as a chart
pages     a comparison as the sheets of a workbook
"""

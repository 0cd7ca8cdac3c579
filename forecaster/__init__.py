"""The command-line application: reads a case, runs the models, writes workbooks.

Its parts in order: each uses those before it in this list and none after it.

    errors      what a user is told of a mistake, and the exit status
    machine     files that are whole or not there, memory, processes, Ctrl-C
    toml        the TOML files of a case: read, checked, written
    figures     all figures of a case, each with the cell it came from
    readers     spreadsheets -> figures
    case        all that a run starts from, read, changed by --set, checked, written out again
    assembly    a case -> the arrays of the models
    forecasts   budgets alone, in years to come and in the past
    engine      paths counted by this process, by helpers or by a cluster
    drivers     what moves the figures, and what would break them
    run         what a run came to, frozen: all that a sheet may see
    report      a report as data: cells, looks, layout
    findings    a run -> what it found, in sentences
    checks      what a run is held against
    pipeline    a case -> a run
    sheets      a run -> sheets, one file or folder each
    workbook    sheets -> an Excel workbook
    datapackage a run -> CSV files with a description
    verify      whether a report is whole and what it says it is
    compare     what changed between two reports or cases
    explain     why a number is what it is
    cli         parse, call, print
"""

__version__ = "0.1.0"

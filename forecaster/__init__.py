"""The command-line application: reads a case, runs the models, writes workbooks.

Its parts in order: each uses those before it in this list and none after it.

    errors      what a user is told of a mistake, and the exit status
    machine     files that are whole or not there, memory, processes, Ctrl-C
    figures     a number with the cell it came from; TOML and CSV
    readers     spreadsheets -> figures
    case        all that a run starts from, read, changed by --set, checked, written out again
    assembly    a case -> the arrays of the models
    engine      paths counted by this process, by helpers or by a cluster
    drivers     what moves the figures, and what would break them
    run         what a run came to, frozen: all that a sheet may see
    report      a report as data: cells, looks, layout, sentences
    checks      what a run is held against
    pipeline    a case -> a run
    sheets      a run -> sheets, one file each
    workbook    sheets -> an Excel workbook
    package     a run -> CSV files with a description
    verify      whether a report is whole and what it says it is
    compare     what changed between two reports or cases
    explain     why a number is what it is
    cli         parse, call, print
"""

__version__ = "0.1.0"

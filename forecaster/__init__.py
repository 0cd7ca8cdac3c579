"""The command-line application: reads a case, runs the models, writes workbooks.

Its files by what they are for, those of models left out; each says more in its first line.

A user asks, and is answered:
    cli choices endings errors answer
A case is read, changed by --set, checked:
    case figures readers toml assumptions quantities programme scenarios changes gaps cautions slips overview
It has one text, which makes its identity and is written out again:
    canonical csv_text toml_text reproduce fingerprint
It becomes a model:
    build investment lots treasury fiscal volatility settings
The model is run, from forecasts to checks:
    pipeline run controls expectations severity proof backtest
Paths are counted, by this process, by helpers or by a cluster:
    engine pilot count precision checkpoint crew cluster processes errands handover interrupts memory
    scratch
What moves the figures is looked for:
    judgements trials drivers swings breaking
A report is told and laid out as data:
    sheets sheet layout styles formulas places records national fans plan_bridge picks pick_charts curve
    findings ministry_findings fiscal_findings strained
It is written:
    workbook package ministries output
It is asked what changed, why, and whether it is whole:
    compare explain verify
"""

__version__ = "0.1.0"

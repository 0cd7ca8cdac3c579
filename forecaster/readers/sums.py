"""Rows that hold no figure of their own: sums of other rows, and parts of the row above, by their labels.

Labels are folded (`names.folded`).
"""

import re

_AT_EITHER_END = (
    "total|totale|totales|gesamt|insgesamt|ogolem|razem|celkem|spolu|osszesen|yhteensa|kokku|skupaj|ukupno"
    "|общо"
)
_WORDS = (
    rf"(grand |sub-?|sous-)?({_AT_EITHER_END}|totals|totali|totais|totaal|totalt|summe|sum|summa|suma"
    r"|gesamtsumme|gesamtausgaben|zusammen|zwischensumme|soucet|sucet|mezisoucet|medzisucet|ensemble|kopa"
    r"|is viso|i alt|всичко|συνολο)"
)
SUM = re.compile(rf"{_WORDS}\b|.*\b({_AT_EITHER_END})$")
"""A sum among lines of a budget, 'Výdaje celkem' too, where 'Gesamtstaatliche Aufgaben' is a line."""
AMONG_STATES = re.compile(
    rf"{_WORDS}|(eu|ue|ea|euro area|european union|eda|pms|nato)\b|eu27_2020|world|europe"
)
"""A sum among states: of the union, of an alliance."""
PART = re.compile(
    r"(of which|davon|darunter|dont|w tym|z toho|z tego|di cui|de los cuales|waarvan|varav|din care)\b"
)

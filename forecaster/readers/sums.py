"""Rows that hold no figure of their own: sums of other rows, and parts of the row above, by their labels.

Labels are folded (`names.folded`).
"""

import re

_WORDS = (
    r"(grand |sub-?)?(total|totals|totale|totaal|totalt|summe|sum|summa|suma|gesamt|gesamtsumme|insgesamt"
    r"|zusammen|ogolem|razem|celkem|spolu|ensemble|osszesen|yhteensa|kokku|kopa|is viso|skupaj|ukupno|i alt"
    r"|общо|συνολο)"
)
SUM = re.compile(rf"{_WORDS}\b")
"""A sum among lines of a budget, where 'Gesamtstaatliche Aufgaben' is a line."""
AMONG_STATES = re.compile(
    rf"{_WORDS}|(eu|ue|ea|euro area|european union|eda|pms|nato)\b|eu27_2020|world|europe"
)
"""A sum among states: of the union, of an alliance."""
PART = re.compile(
    r"(of which|davon|darunter|dont|w tym|z toho|z tego|di cui|de los cuales|waarvan|varav|din care)\b"
)

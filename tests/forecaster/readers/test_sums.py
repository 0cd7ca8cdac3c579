"""Sums and parts by their labels, in the languages of the union."""

import pytest

from forecaster.readers.names import folded
from forecaster.readers.sums import AMONG_STATES, PART, SUM

TOTALS = [
    "Total",
    "Totale",
    "Totali",
    "Totais",
    "Totales",
    "Totaal",
    "Totalt",
    "Summe",
    "Suma",
    "Summa",
    "Insgesamt",
    "Zusammen",
    "Zwischensumme",
    "Ogółem",
    "Razem",
    "Celkem",
    "Spolu",
    "Součet",
    "Mezisoučet",
    "Súčet",
    "Medzisúčet",
    "Ensemble",
    "Összesen",
    "Yhteensä",
    "Kokku",
    "Kopā",
    "Skupaj",
    "Ukupno",
    "Общо",
    "Всичко",
    "Σύνολο",
]
PARTS = (
    "of which: drones",
    "davon Heer",
    "dont équipement",
    "w tym inwestycje",
    "z tego",
    "di cui",
    "de los cuales",
    "varav",
    "din care: investiții",
)


@pytest.mark.parametrize(
    "label", [*TOTALS, "Gesamtausgaben Epl. 14", "Iš viso", "I alt", "Grand total", "Sub-total", "Sous-total"]
)
def test_totals_in_their_languages(label):
    assert SUM.match(folded(label))
    assert AMONG_STATES.match(folded(label))


@pytest.mark.parametrize("label", ["Výdaje celkem", "Wydatki ogółem", "Ausgaben insgesamt", "Gasto total"])
def test_totals_that_end_with_their_word(label):
    assert SUM.match(folded(label))


@pytest.mark.parametrize("label", PARTS)
def test_parts_in_their_languages(label):
    assert PART.match(folded(label))


@pytest.mark.parametrize(
    "label", ["Gesamtstaatliche Aufgaben", "Summit security", "European aid", "Davonport"]
)
def test_lines_that_only_begin_alike(label):
    assert not SUM.match(folded(label))
    assert not PART.match(folded(label))


@pytest.mark.parametrize(
    "label", ["EU-27", "EU27_2020", "NATO Europe", "European Union", "World", "Gesamtsumme"]
)
def test_sums_of_the_union_and_of_an_alliance(label):
    assert AMONG_STATES.match(folded(label))

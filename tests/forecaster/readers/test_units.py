import pytest

from forecaster.readers import units


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("EUR thousand", "EUR thousand"),
        ("EUR million", "EUR million"),
        ("Ποσά σε €", "EUR"),
        ("Milliounen Euro", "EUR million"),
        ("EUR billion", "EUR billion"),
        ("Million US dollars", "USD million"),
        ("€ bn", "EUR billion"),
        ("€m", "EUR million"),
        ("in Tausend Euro", "EUR thousand"),
        ("Mio. €", "EUR million"),
        ("in Mrd. EUR", "EUR billion"),
        ("TEUR", "EUR thousand"),
        ("in 1.000 EUR", "EUR thousand"),
        ("Billionen Euro", "EUR trillion"),
        ("milliers d'euros", "EUR thousand"),
        ("en millions d'euros", "EUR million"),
        ("milliards d'euros", "EUR billion"),
        ("Md€", "EUR billion"),
        ("migliaia di euro", "EUR thousand"),
        ("milioni di euro", "EUR million"),
        ("miliardi di euro", "EUR billion"),
        ("miles de euros", "EUR thousand"),
        ("millones de euros", "EUR million"),
        ("mil millones de euros", "EUR billion"),
        ("tys. zł", "PLN thousand"),
        ("w mln zł", "PLN million"),
        ("mld zł", "PLN billion"),
        ("tis. Kč", "CZK thousand"),
        ("mil. Kč", "CZK million"),
        ("mld. Kč", "CZK billion"),
        ("duizend euro", "EUR thousand"),
        ("miljoen euro", "EUR million"),
        ("millió Ft", "HUF million"),
        ("mii lei", "RON thousand"),
        ("Million national currency units", "national currency million"),
        ("Figures are in US $m., in current prices", "USD million"),
        ("% of GDP", "% of GDP"),
        ("en % du PIB", "% of GDP"),
        ("percentage of gross domestic product", "% of GDP"),
        ("Percentage of total defence expenditure", "%"),
        ("tūkst. EUR", "EUR thousand"),
        ("mlrd. eurų", "EUR billion"),
        ("u tisućama eura", "EUR thousand"),
        ("milijuna eura", "EUR million"),
        ("v tisoč evrih", "EUR thousand"),
        ("miljonit eurot", "EUR million"),
        ("tuhandetes eurodes", "EUR thousand"),
        ("tuhatta euroa", "EUR thousand"),
        ("хил. лв.", "BGN thousand"),
        ("млн. евро", "EUR million"),
        ("mnkr", "SEK million"),
        ("Ist 2019 (Euro)", "EUR"),
        ("All amounts in EUR", "EUR"),
        ("Defence budget, EUR", "EUR"),
        ("€000", "EUR thousand"),
        ("EUR '000", "EUR thousand"),
        ("Estimates 2026 €000s", "EUR thousand"),
        ("in 1.000.000 EUR", "EUR million"),
        ("x € 1 000 000", "EUR million"),
        ("bedragen x € 1 mln", "EUR million"),
        ("in miljoenen euro", "EUR million"),
        ("MFt", "HUF million"),
        ("tuh €", "EUR thousand"),
        ("Sección 14, miles de euros", "EUR thousand"),
        ("Pääluokka 27, 1 000 €", "EUR thousand"),
    ],
)
def test_units_in_their_languages(text, label):
    assert units.parsed(text).label == label


@pytest.mark.parametrize(
    ("text", "code", "label"),
    [
        ("mil EUR", "ES", "EUR thousand"),
        ("mil EUR", "SK", "EUR million"),
        ("mil. EUR", "", "EUR million"),
        ("Ausgaben in Billionen Euro", "DE", "EUR trillion"),
        ("Defence budget, EUR billion", "DE", "EUR billion"),
        ("Billion euro", "", "EUR billion"),
        ("Mkr", "SE", "SEK million"),
        ("mia. kr.", "DK", "DKK billion"),
    ],
)
def test_words_that_differ_between_languages(text, code, label):
    assert units.parsed(text, code).label == label


@pytest.mark.parametrize(
    "text", ["mil EUR", "Defence budget", "more than 10% of the total", "Thousands", "2024"]
)
def test_an_unknown_unit_is_none(text):
    assert units.parsed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "lakh EUR",
        "EUR milllion",
        "in EUR tsk.",
        "Amounts (crore zł)",
        "xyz euros",
        "Tds. EUR",
        "Beträge in duiz. EUR",
        "тис. лв.",
        "100 EUR",
        "in 100 Mio. EUR",
        "the 100-million-EUR fund",
        "10^3 EUR",
        "10³ €",
    ],
)
def test_a_word_that_is_not_known_beside_a_currency_is_no_unit(text):
    """It may be a scale: a thousand read as one is a budget a thousand times too small."""
    assert units.parsed(text) is None
    assert units.as_set(text, "") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("43.1bn", True),
        ("4,5 mld zł", True),
        ("2000 mln zł", True),
        ("PLN 1", True),
        ("2 ships", False),
        ("Dz.U. 2025", False),
        ("in 2024", False),
        ("31.12.2024", False),
        ("mln zł", False),
    ],
)
def test_an_amount_is_a_number_beside_words_of_its_unit(text, amount):
    assert units.is_amount(text) is amount


def test_a_word_of_two_meanings_alone_is_no_unit():
    assert units.parsed("Billion EUR", "DE") is None


@pytest.mark.parametrize(
    "texts",
    [
        ["Verteidigungshaushalt / Defence budget, EUR billion"],
        ["EUR billion", "Jahr"],
        ["EUR", "in billion", "Jahr"],
        ["EUR", "in mil"],
    ],
)
def test_a_scale_of_two_meanings_is_no_unit_whatever_stands_beside_it(texts):
    """A billion had been 10^12, and of a currency in a cell of its own each figure was one euro."""
    assert units.among(list(enumerate(texts)), "AT") == []


def test_the_language_is_told_by_the_texts_around():
    assert units.parsed("Billion Euro", around="Haushalt und Ausgaben") is None
    assert units.parsed("Billion Euro", "DE", around="Defence budget").label == "EUR billion"
    assert units.parsed("mil EUR", around="gastos del presupuesto de defensa").label == "EUR thousand"


def test_a_scale_and_a_currency_in_two_cells_make_a_unit():
    assert units.among([("A1", "in Mio."), ("B1", "Euro")]) == [(units.money("EUR", 1e6), "A1")]


@pytest.mark.parametrize(
    ("code", "label"),
    [("MIO_EUR", "EUR million"), ("PC_GDP", "% of GDP"), ("MIO_NAC", "national currency million")],
)
def test_codes_of_eurostat(code, label):
    assert units.coded(code).label == label


def test_factors_lead_to_millions_and_shares():
    assert [units.parsed(text).factor for text in ("EUR", "EUR thousand", "EUR billion", "% of GDP")] == [
        1e-6,
        1e-3,
        1e3,
        0.01,
    ]

"""In which unit are these numbers? Read from the texts beside a table; unknown is None, never a guess."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from forecaster.readers import cells
from forecaster.readers.names import folded

Place = TypeVar("Place")

MILLION = 1e-6
_SHORT = 40
UNCLEAR = 0.0  # a scale that differs between languages

_WORDS = {
    1e3: "thousand thousands tsd tausend teur milliers millier migliaia miles tys tysiecy tysiac "
    "tisic tisice tis duizend tusen tusental tusentals tusinde mii ezer milhares k keur kkr tkr "
    "tukst tukstanciai tukstanciu tukstosi tuhat tuhatta tuhandetes tuhansia tisuca tisuce tisucama tisoc "
    "tisocih duizenden tuh χιλ χιλιαδες хил хиляди 1000 000",
    1e6: "million millions mio mill millionen millones millon milioni milione mln miliony milionow milionu "
    "milion milionech miljoen miljoner miljonit miljonites miljoonaa miljoonia miljoni milj milhoes milhao "
    "milioane millio milijuna milijuni milijunima milijonai milijonu milijonov milijonih mn meur mkr mnkr "
    "miljoenen milliounen mft εκατ εκατομμυρια млн милиона милиони 1000000",
    1e9: "billions bn mrd mld mia milliard milliards milliarden miliardi miliardo miliard miliardy miliardow "
    "miliarde miliardu miljard miljarder miljardit miljardites miljardia milliardia miljardi milijarde "
    "milijarda milijardi milijardai milijardu milijard mlrd mljrd mdkr md mds mdeur δισ δισεκατομμυρια млрд "
    "miljarden милиарда милиарди 1000000000",
    1e12: "billionen billones billon biliony bilionow bilionu bilion trillion trillions",
}
_SCALE = {word: scale for scale, words in _WORDS.items() for word in words.split()}
_PLAIN_WORDS = (
    "in en w v u at d de of all the amount amounts betrag betrage value values figure figures is are unit "
    "units σε ποσα currency current constant ist soll"
)
_BESIDE = frozenset(_PLAIN_WORDS.split())
_LETTERS = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}
_CURRENCIES = {
    "EUR": "eur euro euros eura euroa eurot eurodes euru eurais eurima evra evro evrov evrih eiro "
    "€ ευρω евро teur keur meur mdeur",
    "USD": "usd us$ $ dollar dollars dolarow dolaru",
    "PLN": "pln zl zloty zlote zlotych zlotys",
    "CZK": "czk kc korun koruny koruna",
    "HUF": "huf ft forint forints forintban mft",
    "RON": "ron lei leu",
    "SEK": "sek kronor krona mkr mnkr mdkr kkr tkr",
    "DKK": "dkk kroner",
    "BGN": "bgn lv leva лв лева",
    "GBP": "gbp £ pounds",
    "NOK": "nok",
    "CHF": "chf",
}
_CURRENCY = {word: code for code, words in _CURRENCIES.items() for word in words.split()}
_WORDS_OF_UNITS = {*_SCALE, *_CURRENCY, *_LETTERS, *_BESIDE, "mil", "billion", "kr"}
_KR = {"SE": "SEK", "DK": "DKK"}
_CLAUSES = re.compile(
    rf"[()\[\],;:/|]|(?<=\w)\. (?!{'|'.join(map(re.escape, _CURRENCY))})| in | en | w | - "
)  # 'Tds. EUR' stays whole: what is abbreviated before a currency may be a scale
_NATIONAL = re.compile(
    r"(national|local) currenc|landeswahrung|monnaie nationale|moneda nacional|waluta krajowa"
)
_GDP = r"(gdp|gross domestic product|bip|pib|pkb|hdp|bbp|pil|bnp|rhdp)"
_PERCENT = re.compile(
    rf"(?<!\d)(?<!\d )(%|percent|per cent|percentage|share|anteil|prozent|pour ?cent)[^.;]*?\b{_GDP}\b"
)
_OF_OTHER = re.compile(r"(?<!\d)(?<!\d )(%|percentage|per cent|share of)(?!\w)")
_PER_HEAD = re.compile(r"per capita|per head|je einwohner|par habitant|per inhabitant")
_PRICES = re.compile(r"\(?\b(constant )?((19|20)\d\d )?prices( and exchange rates)?\)?")
_CURRENT = re.compile(r"\b(bezn|biezac)\w+ cen\w+|\b(laufend|jeweilig)\w+ preisen?|\bтекущи цени")
_CONSTANT = re.compile(
    r"\bconstant\b(?! (currenc|exchange))|\b(19|20)\d\d prices|\bprices of (19|20)\d\d"
    r"|\bkonstante[nr]? preise|\bpreisen? von (19|20)\d\d|\b(prix|euros) constants"
    r"|\b(precios|euros|precos) constantes|\bprezzi costanti|\bceny stale|\bcenach stalych|\bstalych cenach"
    r"|\bconstante prijzen|\bfasta priser|\bconstants\b|\bprijspeil (19|20)\d\d|\b(19|20)\d\d ars priser"
    r"|\b(19|20)\d\d-pl\b|\bcen(y|ach)( z)?( roku)? (19|20)\d\d|\bstale ceny|\bσταθερ\w* τιμ"
    r"|\bτιμεσ (του )?(19|20)\d\d|\bvaltozatlan aron|\b(19|20)\d\d-[aeo]s aron|\bpreturi constante"
    r"|\bпостоянни цени|\bцени (от|на) (19|20)\d\d"
    r"|\bstaln\w+ c(ij)?en|\bfaste priser|\bkiintei\w+ hinn|\bpreisbereinigt|\bprix de (19|20)\d\d"
)
_TOKEN = re.compile(r"us ?\$|\d{1,3}(?:[ '.,]000)+(?!\d)|[^\W\d]+|[€$£%]|\d+")
_NUMBER = re.compile(r"(?<!\d)\d{1,3}[ -]?$")
_TIMES = re.compile(r"\bx ?[€$£]? ?1 ?$")
_GROUPING = re.compile(r"(?<=\d)['.,](?=\d)")
_LANGUAGE = {"CZ": "cs", "SK": "cs", "ES": "es", "PT": "es", "RO": "cs", "DE": "de", "AT": "de", "LU": "de"}
_GERMAN = re.compile(
    r"haushalt|verteidigung|ausgabe|angaben|ministerium|jahr|gesamt|\bsoll\b|\bist\b|\bund\b|staat"
)
_ENGLISH = re.compile(r"defence|budget|expenditure|spending|states?\b|country|year|\bof\b|\bthe\b|\band\b")
_HINTS = {
    "es": "gasto gastos presupuesto defensa ejercicio euros ano anos de en",
    "cs": "rozpocet vydaje obrany kc korun rok ministerstvo obrana",
    "fr": "depenses defense annee budget loi en",
}


@dataclass(frozen=True)
class Unit:
    """A unit of measure. factor: number x factor is million of `currency`, or a share where kind is 'share'.

    currency: code, 'national' where each state has its own, '' where there is none.
    """

    label: str
    kind: str
    factor: float
    currency: str = ""


def parsed(text: str, code: str = "", around: str = "") -> Unit | None:
    """Read a unit from a text. code: the state a file belongs to; around: other texts, to tell the language.

    '% of GDP' is a share; 'Mrd. €', 'tys. zł', 'millions of US$' are money; None where no unit is named, or
    where a word beside the currency is not known: it may be a scale.
    """
    plain = _plain(text)
    if _PERCENT.search(plain):
        return Unit("% of GDP", "share", 0.01)
    percent = _OF_OTHER.search(plain)
    currency = _currency(plain, code)
    if not currency:
        return Unit("%", "share", 0.01) if percent else None
    scale = _scale(plain, code, around)
    if scale == UNCLEAR:
        return None
    if _PER_HEAD.search(plain):
        return Unit(f"{currency} per head", "other", scale or 1.0, currency)
    return money(currency, scale or 1.0) if scale or _stands_alone(plain) else None


def alone(text: str, code: str = "") -> Unit | None:
    """Read a text that is a unit and nothing else: 'tis. Kč' or '%', but not 'Kč'."""
    unit = parsed(text, code)
    if unit is None or unit.kind != "money":
        return unit if "%" in text and len(text) < _SHORT else None
    return unit if unit.factor != MILLION and _WORDS_OF_UNITS.issuperset(_tokens(_plain(text))) else None


def of_line(text: str, code: str = "") -> Unit | None:
    """Read the unit of a line of text between rows: not of a note such as 'Source: NBP, EUR'."""
    unit = parsed(text, code)
    whole = unit is not None and _WORDS_OF_UNITS.issuperset(_tokens(_plain(text)))
    return unit if whole or (unit is not None and unit.factor != MILLION) else None


def is_amount(text: str) -> bool:
    """Whether a text is a number beside words of its unit alone: '44 bn', 'PLN 1', but not '2 ships'."""
    tokens = _tokens(_plain(text))
    words = {token for token in tokens if not token.isdecimal()}
    numbered = any(map(str.isdecimal, tokens))
    return numbered and words <= _WORDS_OF_UNITS and not words <= _BESIDE


def at_constant_prices(text: str) -> bool:
    """Whether a text says that amounts are at the prices of one year: 'constant 2020 prices'."""
    return _CONSTANT.search(_CURRENT.sub(" ", folded(text))) is not None


def as_set(text: str, code: str) -> Unit | None:
    """Read a unit a user set: in English, 'EUR billion', unless only the state's own language makes sense."""
    return parsed(text, around="budget") or parsed(text, code)


def money(currency: str, scale: float) -> Unit:
    """Return the unit of amounts counted in `scale` of a currency."""
    word = {1.0: "", 1e3: " thousand", 1e6: " million", 1e9: " billion", 1e12: " trillion"}[scale]
    name = "national currency" if currency == "national" else currency
    return Unit(f"{name}{word}", "money", scale * MILLION, currency)


def scale_only(text: str, code: str, around: str) -> float | None:
    """Return the scale of a text that names no currency: 'in Mio.'."""
    plain = _plain(text)
    return None if _currency(plain, code) else _scale(plain, code, around) or None


def shown_scale(text: str, code: str, around: str) -> float | None:
    """Return the factor to million that words beside a number name, with a currency or without; else None."""
    scale = _scale(_plain(text), code, around) if text else None
    return scale * MILLION if scale else None


def currency_only(text: str, code: str) -> str:
    """Return the currency of a short text that names no scale."""
    plain = _plain(text)
    return _currency(plain, code) if len(plain) < _SHORT and not _scale(plain, code, "") else ""


def is_unclear(text: str, code: str, around: str = "") -> bool:
    """Whether a short text names a scale that may be one or another."""
    plain = _plain(text)
    return len(plain) < _SHORT and _scale(plain, code, around) == UNCLEAR


def _plain(text: str) -> str:
    plain = folded(text).replace("_", " ").replace("’", "'")
    return _PRICES.sub(" ", plain)


def _tokens(plain: str) -> list[str]:
    return [_GROUPING.sub("", token.replace(" ", "")) for token in _TOKEN.findall(plain)]


def _currency(plain: str, code: str) -> str:
    if _NATIONAL.search(plain) or "nac" in plain.split():
        return "national"
    tokens = _tokens(plain)
    if "kr" in tokens and code in _KR:
        return _KR[code]
    return next((_CURRENCY[token] for token in tokens if token in _CURRENCY), "")


def _scale(plain: str, code: str, around: str) -> float | None:
    """Return how many units of currency one of a table's units is; None where no text says."""
    if re.search(r"\bmil(es)? (de )?(millones|milhoes)\b", plain):
        return 1e9
    if re.search(r"\be ?ft\b", plain):
        return 1e3
    tokens = _tokens(plain)
    places = [match.start() for match in _TOKEN.finditer(plain)]
    for position, (token, place) in enumerate(zip(tokens, places, strict=True)):
        if token in {"mil", "billion", "b"}:
            return _by_language(token, plain, code, around)
        if token in _SCALE and not _is_count(plain[:place]):
            return _SCALE[token]
        if token in _LETTERS and _beside_currency(tokens, position):
            return _LETTERS[token]
    return None


def _stands_alone(plain: str) -> bool:
    """Whether a currency is the unit itself: 'in EUR', 'Ist 2019 (Euro)', but not 'lakh EUR' or '100 EUR'."""
    if _NATIONAL.search(plain):
        return True
    return any(
        not _CURRENCY.keys().isdisjoint(clause)
        and all(token in _CURRENCY or token in _BESIDE or cells.year(token) is not None for token in clause)
        for clause in map(_tokens, _CLAUSES.split(plain))
    )


def _is_count(before: str) -> bool:
    """Whether a scale word after a text is no unit: in '2 million', not in '27, million' or 'x 1 million'."""
    return _NUMBER.search(before) is not None and _TIMES.search(before) is None


def _beside_currency(tokens: list[str], position: int) -> bool:
    near = tokens[max(position - 1, 0) : position + 2]
    return any(token in _CURRENCY or token == "kr" for token in near)  # noqa: S105 - a word, no password


def _by_language(token: str, plain: str, code: str, around: str) -> float | None:
    """'mil.' is a million in Czech, 'mil' a thousand in Spanish; 'Billion' would be 10^12 in German.

    UNCLEAR where the language is not known either, and of a 'billion' beside German words: 'EUR billion' may
    head a table in both languages.
    """
    if token == "b":  # noqa: S105 - a letter, no password
        return 1e9 if _beside_currency(_tokens(plain), _tokens(plain).index("b")) else None
    if token == "billion":  # noqa: S105 - a word, no password
        texts = f"{plain} {_plain(around)}"
        german = _LANGUAGE.get(code) == "de" and not _ENGLISH.search(texts)
        return UNCLEAR if german or _GERMAN.search(texts) else 1e9
    if "mil." in plain or _currency(plain, code) in {"CZK", "RON"}:
        return 1e6
    language = _LANGUAGE.get(code) or _language(f"{plain} {_plain(around)}")
    return {"cs": 1e6, "es": 1e3}.get(language, UNCLEAR)


def _language(plain: str) -> str:
    words = set(re.findall(r"[^\W\d]+", plain))
    scores = {language: len(words & set(hints.split())) for language, hints in _HINTS.items()}
    best = max(scores, key=lambda language: scores[language])
    tied = [language for language, score in scores.items() if score == scores[best]]
    return best if scores[best] and len(tied) == 1 else ""


def may_name(text: str, code: str) -> bool:
    """Whether a text names a unit, or its scale or currency, whatever the language of other texts."""
    plain = _plain(text)
    share = _PERCENT.search(plain) or _OF_OTHER.search(plain)
    return bool(share or _currency(plain, code)) or _scale(plain, code, "") is not None


def among(texts: Sequence[tuple[Place, str]], code: str = "", around: str = "") -> list[tuple[Unit, Place]]:
    """All different units that texts name, each with the first place. texts: (place, text).

    A scale in one cell and a currency in another make a unit where there is one of each; a currency beside a
    scale that is not clear makes none.
    """
    scaled: dict[Unit, Place] = {}
    whole: dict[Unit, Place] = {}
    for place, text in texts:
        unit = parsed(text, code, around)
        if unit is not None and (unit.kind != "money" or unit.factor != MILLION):
            scaled.setdefault(unit, place)
        elif unit is not None:
            whole.setdefault(unit, place)
    if all(unit.kind == "share" for unit in scaled):  # beside a bare currency, which it may be a share of
        unclear = any(is_unclear(text, code, around) for _, text in texts)
        return list({**scaled, **(_joined(texts, code, around) or ({} if unclear else whole))}.items())
    return list(scaled.items())


def _joined(texts: Sequence[tuple[Place, str]], code: str, around: str) -> dict[Unit, Place]:
    """The unit of a scale in one cell and a currency in another, where there is one of each."""
    scales = {scale: place for place, text in texts if (scale := scale_only(text, code, around))}
    currencies = {name for _, text in texts if (name := currency_only(text, code))}
    if len(scales) != 1 or len(currencies) != 1:
        return {}
    scale, place = next(iter(scales.items()))
    return {money(currencies.pop(), scale): place}


_CODES = {"MIO": 1e6, "THS": 1e3, "MRD": 1e9, "BN": 1e9}


def coded(text: str) -> Unit | None:
    """Read a unit code of Eurostat's (MIO_EUR, PC_GDP) or, failing that, its label."""
    scale, _, rest = text.strip().partition("_")
    if scale == "PC":
        return Unit("% of GDP" if rest == "GDP" else "%", "share", 0.01)
    if scale in _CODES and rest in {"EUR", "NAC", "EURO"}:
        return money("national" if rest == "NAC" else "EUR", _CODES[scale])
    return parsed(text) if text else None

"""What is this cell: a number, a missing value, a year, a text; its flag, the style of its decimals."""

import re
from dataclasses import dataclass
from typing import TypeGuard

MISSING = frozenset(
    {
        "",
        ":",
        "..",
        "...",
        "…",
        "n/a",
        "n.a.",
        "n.a",
        "na",
        "nan",
        "#n/a",
        "n.d.",
        "nd",
        "-",
        "--",
        "—",
        "xxx",
        "c",
        "x",
        ".",
    }
)
FLAGS = frozenset("bcdefnprsuz")
_UNITS = frozenset({"bn", "pc", "pp"})  # made of Eurostat's flags, which no file has together
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "tak", "sì", "si", "sí"})
NO = frozenset({"no", "n", "false", "0", "nein", "non", "nie"})

_BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2002\u2003"), " ")
# marks of the direction of writing, of where a word may break, of the order of bytes
_UNSEEN = dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF), ""
)
_SIGNS = {0x2212: "-", 0x2013: "-", 0x2012: "-", 0xFE63: "-", 0x2019: "'", 0x02BC: "'"}
_WIDE: dict[int, str] = {
    0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)
}  # as keyboards of East Asia write digits
_PLAIN = {**_BLANKS, **_UNSEEN, **_SIGNS, **_WIDE}
_MARKS = (
    r"(?:\s*(?:\(\s*[\da-z]{1,2}\s*\)|\[\d{1,2}\]|(?<!\d)\d{1,2}\)|[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰]+|[a-z]{1,3}(?![a-z])))*"
)
_NUMBER = re.compile(
    rf"""^(?P<open>\()?\s*(?P<sign>[+-])?\s*
    (?P<core>(?:\d[\d., ']*\d|\d|[.,]\d+)[.,]?)(?P<power>[eE][+-]?\d{{1,2}})?
    (?P<trail>-)?\s*(?P<percent>%)?\s*(?P<close>(?(open)\)))
    (?P<marks>{_MARKS})\s*$""",
    re.VERBOSE,
)
_TOKEN = re.compile(r"\(\s*[\da-z]{1,2}\s*\)|\[\d+\]|\d+\)|[a-z]+|[^\s\w()]+|[¹²³⁴⁵⁶⁷⁸⁹⁰]+")
_MISSING_FLAG = re.compile(r"^(?P<core>:|\.\.\.?|…|n/a|-)\s*\(?(?P<marks>[a-z*]{1,3})\)?$")
_STANDINGS = (
    "plan planned budget draft voted adopted approved proposed actual actuals outturn forecast estimate "
    "estimated provisional preliminary prel revised final year ist soll ansatz entwurf finanzplan haushalt "
    "haushaltsplan jahr lfi plf lfr projet prévision exercice exécution exécuté budgété année rok roku "
    "r\\. wykonanie projekt ustawa prognoza rozpočet skutečnost návrh výhled schválený rozpočtu "
    "skutočnosť rozpočtový terv tény évi év előirányzat teljesítés año ano ejercicio presupuesto previsto "
    "anno esercizio previsione consuntivo jaar begroting raming realisatie år regnskab utfall prognos "
    "prognose budsjett finanslov vuosi anul buget program execuție godina izvršenje leto metai m\\. gads "
    "execuţie aasta eelarve г\\. г год година бюджет план отчет проект έτος "
    "projection projected outlook enacted supplementary exec rect vot bva voranschlag erfolg vorläufig vorl "
    "fpl očekávaná odhad upravený predikce očakávaná przewidywane przewidywana realizat "
    "preliminat propunere estimat estimări proiecție várható javaslat proračun projekcija izvršenje planas "
    "projektas plāns orçamento execução estimativa ejecutado avance bilancio assestato ontwerpbegroting "
    "vastgesteld talousarvio tilinpäätös anslag закон прогноза изпълнение προϋπολογισμός εκτίμηση πρόβλεψη "
    "förslag beräknat realizacija veljavni za godinu liquidación proyecto prorrogado gada budžets prognoze "
    "lpm rege regierungsentwurf eckwerte propuneri fl tae ta tp kehys zmianach po "
    "vote estimates rev estimado απολογισμός πραγματοποιήσεις εκτιμήσεις προβλέψεις realizare proiect "
    "estimare rendiconto stanziamento allocation"
)
_STANDING = "|".join(sorted(_STANDINGS.split(), key=len, reverse=True))
_ABOUT = re.compile(
    rf"[(\[]\s*(?:{_STANDING})\.?\s*[)\]]|(?<![^\W\d])(?:{_STANDING})(?![^\W\d])\.?", re.IGNORECASE
)
_YEAR = re.compile(
    r"^(?:(?:FY|BY|CY)\s*)?"
    r"(?P<year>(?:19|20)\d\d)(?:\.0)?(?:\s*[/-]\s*(?P<second>(?:(?:19|20)\d\d)|\d\d))?"
    r"\s*(?:[-_(\[]?\s*(?P<flag>est|[a-z]{1,2})\s*\.?[)\]]?)?\s*(?:[*†‡¹²³⁴⁵⁶⁷⁸⁹⁰]+\)?|\(?\d\))*$",
    re.IGNORECASE,
)
# '2028 ff.': and the years that follow
_ONWARDS = frozenset({"ff", "ss", "sq", "n", "nn", "ev", "fg", "jj", "kk", "sk", "sl", "on"})
_OPEN = re.compile(r"^(?!-).*\d(?: +[fs]\.| ?(?:-|\.\.\.))$")  # so are '2028 f.', '2028 -', '2028 ...'
_SHORT_YEAR = re.compile(r"^FY\s*'?(?=\d\d(?!\d))", re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?:19|20)\d\d|FY", re.IGNORECASE)  # tells most cells of a long table apart fast
_HEADING = 40  # longer texts are sentences
_SOME_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Split:
    """A number text taken apart. core: digits and separators; flag: letters and marks found after it."""

    core: str
    power: str
    negative: bool
    percent: bool
    flag: str


@dataclass(frozen=True, slots=True)
class Year:
    """A year heading. second: whether it names two calendar years, as 2023/24 does."""

    year: int
    flag: str
    second: bool


def clean(text: str) -> str:
    """Text with ordinary blanks, minus and apostrophe, without blanks around it and signs nobody sees."""
    return (text if text.isascii() else text.translate(_PLAIN)).strip()


def is_missing(text: str) -> bool:
    """Whether a text stands for a missing value, with or without a flag (': c')."""
    plain = clean(text).lower()
    return plain.replace(" ", "") in MISSING or _MISSING_FLAG.match(plain) is not None


def is_words(text: str) -> bool:
    """Whether a text holds words and no digit, and is no missing value."""
    return not is_missing(text) and not any(char.isdecimal() for char in text)


def is_figure(found: object) -> TypeGuard[int | float | str]:
    """Whether a cell holds a number, or a text of one."""
    if isinstance(found, str):
        return not is_missing(found) and split(found) is not None
    return isinstance(found, int | float) and not isinstance(found, bool)


def missing_flag(text: str) -> str:
    """Return the flag of a missing value: 'c' for ': c'."""
    plain = clean(text).lower()
    found = _MISSING_FLAG.match(plain)
    return found["marks"] if found else "c" if plain == "c" else ""


def split(text: str) -> Split | None:
    """Take a number text apart; None where it is not a number."""
    found = _NUMBER.match(_spaced(clean(text)))
    if found is None:
        return None
    negative = bool(found["open"]) or found["sign"] == "-" or bool(found["trail"])
    flag = _flag(found["marks"])
    return (
        None
        if flag is None
        else Split(found["core"].strip(), found["power"] or "", negative, bool(found["percent"]), flag)
    )


def _spaced(text: str) -> str:
    """'45.2e' as '45.2 e', so that an estimate mark is not taken for a power of ten."""
    return re.sub(r"(?<=\d)(?=[eE]$)", " ", text)


def _flag(marks: str) -> str | None:
    """Letters and marks after a number, in order; None where the letters are no flags ('7 km', '6 pp')."""
    tokens = _TOKEN.findall(marks)
    letters = "".join(token.strip("() ") for token in tokens if token.strip("() ").isalpha())
    notes = "".join(token for token in tokens if not token.strip("() ").isalpha())
    return letters + notes if set(letters) <= FLAGS and letters not in _UNITS else None


def evidence(core: str) -> str:
    """Which decimal mark a text proves: '.', ',', '?' where it may be either, '' where it has none."""
    seps = [char for char in core if char in ".,"]
    if not seps:
        return ""
    if len(set(seps)) == 2:
        return seps[-1]
    other = "," if seps[0] == "." else "."
    if len(seps) > 1:
        return other
    before, after = core.split(seps[0])
    grouped = " " in before or "'" in before
    if grouped or len(after) != 3 or len(before) > 3 or before.strip() in {"", "0"}:
        return seps[0]
    return "?"


def value(parts: Split, decimal: str = ".") -> float | None:
    """Return the number of a text in a style of decimals; None where its groups do not fit ('1.23.4')."""
    group = "," if decimal == "." else "."
    whole, mark, fraction = parts.core.partition(decimal)
    groups = re.split(rf"[{re.escape(group)} ']", whole)
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(part) != 3 for part in groups[1:])):
        return None
    digits = "".join(groups)
    if not (digits + fraction).isdecimal():
        return None
    number = float(f"{digits or '0'}{'.' if mark else ''}{fraction}{parts.power}")
    return -number if parts.negative else number


def year(found: object) -> Year | None:
    """Return the year a heading names: 2024, '2024e', 'FY2024', 'FY24', '2023/24', 'plan 2026'; else None."""
    if isinstance(found, int | float) and not isinstance(found, bool):
        return Year(int(found), "", second=False) if 1900 <= found < 2100 and found == int(found) else None
    text = clean(found) if isinstance(found, str) else ""
    plain = _ABOUT.sub(" ", text).strip(" .,:-") if _ANY_YEAR.search(text) else ""
    match = _YEAR.match(_SHORT_YEAR.sub("FY20", plain))
    if match is None:
        return None
    flag = (match["flag"] or "").lower()
    second = match["second"]
    if flag in _ONWARDS or _OPEN.match(text):
        return None
    if second and int(second[-2:]) != (int(match["year"]) + 1) % 100:
        return None
    return Year(int(match["year"]), "e" if flag == "est" else flag, bool(second))


def mentions_year(text: str) -> bool:
    """Whether a year stands somewhere in a heading: '2026 (mln zł)', '2026-12-31'."""
    return year_within(text) is not None


def year_within(text: str) -> int | None:
    """Return the first year that stands somewhere in a heading, None where none does."""
    found = _SOME_YEAR.search(clean(text)) if len(text) <= _HEADING else None
    return int(found[0]) if found else None


def yes(text: str) -> bool | None:
    """Return the answer of a yes/no cell, None where it is neither."""
    plain = clean(text).lower()
    return True if plain in YES else False if plain in NO else None

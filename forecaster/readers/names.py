"""Which member state does this text name? By code, alias or name, case and footnotes aside."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from forecaster.figures import State
from forecaster.readers.cells import clean

_LONGEST = 60  # a longer text is no name of a state; comparing it would only take time
_NOTES = re.compile(
    r"(\s*(\([^()]{0,80}\)|\[[^\]]{0,9}\]|[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰]|(?<=[^\W\d])\d{1,2}\)?|(?<=\s)\d{1,2}\)))+\s*$"
)


@dataclass(frozen=True)
class Names:
    """The states of a case and every text that names one of them."""

    states: tuple[State, ...]

    def code(self, text: str) -> str | None:
        """Return the code of a state named by a text such as 'EL', 'Greece*' or 'Albania   (Leks)'."""
        if text not in self._found:
            self._found[text] = self._named(text) or self._named(without_notes(text))
        return self._found[text]

    def _named(self, text: str) -> str | None:
        """Code of a state named by a text as it stands; capitals may bear no accents, as in Greek."""
        bare = self._unaccented.get(folded(text)) if text.isupper() else None
        return self._known.get(plain(text)) or bare

    def within(self, text: str) -> str:
        """Return the code of the only state named in a longer text, '' where it names none or several."""
        words = re.findall(r"[^\W\d_]+", clean(text))
        runs = [" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)]
        codes = {self._known.get(plain(run)) for run in runs if len(run) > 3} - {None}
        return str(codes.pop()) if len(codes) == 1 else ""

    def of_file(self, name: str) -> str:
        """Return the code of the state a file is named after, such as 'PL_plan.xlsx' or 'Austria.csv'."""
        stem = name.split(".", 1)[0]
        parts = re.split(r"[ _\-]+", stem)
        own = {self._known.get(plain(part)) for part in parts if len(part) != 2 or part.isupper()} - {None}
        return str(own.pop()) if len(own) == 1 else self.within(stem)

    def suggestion(self, text: str) -> str:
        """' Did you mean Greece (EL)?' for the nearest name, or nothing."""
        word = plain(text)
        if len(word) >= _LONGEST or any(char.isdecimal() for char in word):
            return ""
        own, least = _letters(word), _letters(word).bit_count()
        likely = [name for name, letters in self._lettered if 2 * (letters & own).bit_count() >= least]
        near = get_close_matches(word, likely, n=1, cutoff=0.7)
        if not near:
            return ""
        state = self._by_code[self._known[near[0]]]
        return f" Did you mean {state.name} ({union_code(state)})?"

    @cached_property
    def _found(self) -> dict[str, str | None]:
        """Answers given before: the same few names stand in thousands of rows."""
        return {}

    @cached_property
    def _lettered(self) -> list[tuple[str, int]]:
        """Known texts with their letters: a sheet may hold thousands of rows that are near none of them."""
        return [(name, _letters(name)) for name in self._known]

    @cached_property
    def _by_code(self) -> dict[str, State]:
        return {state.code: state for state in self.states}

    @cached_property
    def _unaccented(self) -> dict[str, str]:
        return {folded(name): code for name, code in self._known.items()}

    @cached_property
    def _known(self) -> dict[str, str]:
        return {plain(text): state.code for state in self.states for text in _texts(state)}


def _letters(word: str) -> int:
    """Which letters a word holds, a bit each."""
    held = 0
    for char in word:
        held |= 1 << (ord(char) % 64)
    return held


def plain(text: str) -> str:
    """Return a name without case, blanks around it and doubled blanks within."""
    return " ".join(unicodedata.normalize("NFKC", clean(text)).casefold().split())


def folded(text: str) -> str:
    """Return a text without accents, case, blanks around and doubled blanks within."""
    letters = unicodedata.normalize("NFKD", clean(text)).casefold().replace("ł", "l")
    if not letters.isascii():
        letters = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(letters.split())


def without_notes(text: str) -> str:
    """Return a name without footnote marks and what stands in brackets after it."""
    plain_text = clean(text)
    return plain_text if plain_text[-1:].isalpha() else _NOTES.sub("", plain_text)  # no note ends in a letter


def bare(text: str) -> str:
    """Return a label as labels are compared: folded, without its notes."""
    return folded(without_notes(text))


def union_code(state: State) -> str:
    """Return the code in use by the Union's institutions: EL for Greece."""
    return next((alias for alias in state.aliases if len(alias) == 2 and alias.isupper()), state.code)


def _texts(state: State) -> Iterable[str]:
    return (*state.aliases, state.name, state.code)

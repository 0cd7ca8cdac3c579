"""Which member state does this text name? By code, alias or name, accents, case and footnotes aside."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from forecaster.figures import State
from forecaster.readers.cells import clean

_CODE = re.compile(r"[A-Z]{2,3}")


@dataclass(frozen=True)
class Names:
    """The states of a case and every text that names one of them."""

    states: tuple[State, ...]

    def code(self, text: str) -> str | None:
        """Return the code of a state named by a text such as 'EL', 'Greece*' or 'Albania   (Leks)'."""
        return self._known.get(folded(text)) or self._known.get(folded(without_notes(text)))

    def suggestion(self, text: str) -> str:
        """' Did you mean Greece (EL)?' for the nearest name, or nothing."""
        near = get_close_matches(folded(text), self._known, n=1, cutoff=0.7)
        if not near:
            return ""
        state = self._by_code[self._known[near[0]]]
        return f" Did you mean {state.name} ({union_code(state)})?"

    def name(self, code: str) -> str:
        """Return the name of a state, the code itself where it is unknown."""
        return self._by_code[code].name if code in self._by_code else code

    @cached_property
    def _by_code(self) -> dict[str, State]:
        return {state.code: state for state in self.states}

    @cached_property
    def _known(self) -> dict[str, str]:
        return {folded(text): state.code for state in self.states for text in _texts(state)}


def folded(text: str) -> str:
    """Return a text without accents, case, blanks around and doubled blanks within."""
    plain = unicodedata.normalize("NFKD", clean(text)).casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def without_notes(text: str) -> str:
    """Return a name without footnote marks and what stands in brackets after it."""
    return re.sub(r"\s*(\([^()]*\)|\[[^\]]*\]|[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰]|(?<=\D)\d{1,2}\)?)+\s*$", "", clean(text))


def union_code(state: State) -> str:
    """Return the code in use by the Union's institutions: EL for Greece."""
    return next((alias for alias in state.aliases if len(alias) == 2 and alias.isupper()), state.code)


def _texts(state: State) -> Iterable[str]:
    return (*state.aliases, state.name, state.code)

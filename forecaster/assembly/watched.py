"""What of a case is read, found by watching it: names of assumptions that something is made from."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from forecaster.case import Case
from forecaster.case.programme import LINE
from forecaster.case.quantities import Record
from forecaster.toml import Table

LINES = "programme.lines"
"""Stands for all that is read of any line of the programme."""


def source(key: str) -> str:
    """What stands for a key such as "cost.premium" or "line.procurement.new" where `read_of` tells it."""
    return LINES if key.startswith(f"{LINE}.") else key


def read_of(case: Case, made: Callable[..., object], *rest: object) -> frozenset[str]:
    """Keys of the assumptions that are read when something is made of a case; LINES where its lines are.

    What is not read then is not read either where it alone is another: it could not change what is read.
    rest: what it is made of besides.
    """
    seen: set[str] = set()
    watched: dict[str, Any] = {
        "assumptions": _Watched(case.assumptions, "", seen),
        "programme": _Watched(case.programme, "programme.", seen),
    }
    made(replace(case, **watched), *rest)
    return frozenset(seen)


class _Watched:
    """A table in whose place it stands, noting all that is read of it but for tables, which it watches too.

    What a table works out of its entries is worked out of what is watched.
    """

    def __init__(self, table: Table, path: str, seen: set[str]) -> None:
        self._table, self._path, self._seen = table, path, seen

    @property  # type: ignore[misc]  # of object it can be set
    def __class__(self) -> type[Table]:  # type: ignore[override]  # it passes for what it stands for
        """That of the table, for those who ask whether it is one."""
        return type(self._table)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the table has under that name
        kind = type(self._table)
        if name in kind.model_fields:
            return self._noted(name, getattr(self._table, name))
        return getattr(kind, name).__get__(self, kind)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """All entries, as a table gives them."""
        return ((name, self._noted(name, value)) for name, value in self._table)

    def _noted(self, name: str, value: object) -> object:
        if isinstance(value, Table) and not isinstance(value, Record):
            return _Watched(value, f"{self._path}{name}.", self._seen)
        self._seen.add(self._path + name)
        return value

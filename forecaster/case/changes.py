"""Single values changed on the command line, as if they stood in the files of the case."""

import copy
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from forecaster.errors import Problems, did_you_mean
from forecaster.toml import ASSUMPTIONS, OPTION, PROGRAMME, SCENARIOS, TomlFile
from forecaster.toml.keys import Key

RUN = "run"

NOT_SET = {"id", "ranges"}
"""Keys of a line that the command line does not set."""


def changed(
    files: Mapping[str, TomlFile], settings: Sequence[str], problems: Problems
) -> dict[str, TomlFile]:
    """Files with values replaced: cost.growth_median=1.3, recession.growth=-0.02, line.procurement.new=0.5.

    Each change is told where the value stands: its source says what it was. What cannot be placed is among
    the problems.
    """
    new = {name: replace(file, data=copy.deepcopy(file.data)) for name, file in files.items()}
    said: dict[str, dict[Key, str]] = {file.name: {} for file in new.values()}
    for setting in settings:
        path, equals, value = (part.strip() for part in setting.partition("="))
        known = {name: place for file in new.values() for name, place in _places(file)}
        if not equals:
            problems.add(OPTION, setting, "is not of the form key=value, such as cost.growth_median=1.3.")
        elif path not in known:
            told = did_you_mean(path, known) or " Write section.key, scenario.lever or line.id.key."
            problems.add(OPTION, setting, f"unknown key.{told}")
        else:
            file, key = known[path]
            _set(file, key, path, _value(value))
            said[file.name][key] = setting
    return {name: replace(file, settings=said[file.name]) for name, file in new.items()}


def _value(text: str) -> object:
    """A value as TOML has it; a word without quotes is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML, thousands of digits, lists hundreds deep
        return text


def _set(file: TomlFile, key: Key, path: str, value: object) -> None:
    """Replace one value, and say so in its source."""
    table, last = _table(file.data, key[:-1]), key[-1]
    was = table.get(last)
    table[last] = _like(was, value)
    _tell(file, key, path, was)


def _like(was: object, value: object) -> object:
    """A whole number where a number with a fraction stood."""
    return float(value) if isinstance(was, float) and type(value) is int else value


def _tell(file: TomlFile, key: Key, path: str, was: object) -> None:
    """Say in the source that the value was changed, and from what."""
    if key[0] == RUN:
        return
    holder = _table(file.data, key[:1] if file.name == SCENARIOS else key[:-1])
    words = f"Changed on the command line: {path} was {was}" if was is not None else f"Added: {path}"
    holder["source"] = f"{words}. Before: {holder.get('source', '')}"
    if file.name == ASSUMPTIONS:
        holder["status"] = "judgement"
        holder.pop("range", None)
    if isinstance(ranges := holder.get("ranges"), dict):
        ranges.pop(key[-1], None)


def _table(data: Any, key: Key) -> Any:  # noqa: ANN401  what a TOML table holds
    for part in key:
        data = data[part]
    return data


def _places(file: TomlFile) -> Iterator[tuple[str, tuple[TomlFile, Key]]]:
    """What can be set in a file: its short name, the file and where it stands."""
    if file.name == ASSUMPTIONS:
        yield from ((path, (file, key)) for path, key in _assumptions(file.data))
    elif file.name == PROGRAMME:
        yield from ((path, (file, key)) for path, key in _lines(file.data))
    elif file.name == SCENARIOS:
        yield from ((path, (file, key)) for path, key in _levers(file.data))


def _assumptions(data: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    for section, entries in data.items():
        for name, entry in entries.items() if isinstance(entries, Mapping) else ():
            if section == RUN:
                yield f"{RUN}.{name}", (RUN, name)
            elif isinstance(entry, Mapping) and "value" in entry:
                yield f"{section}.{name}", (section, name, "value")


def _lines(data: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    from forecaster.case.programme import LINE, Line

    for number, line in enumerate(data.get(LINE, ())):
        names = [name for name in Line.model_fields if name not in NOT_SET]
        yield from ((f"{LINE}.{line.get('id')}.{name}", (LINE, number, name)) for name in names)


def _levers(data: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    from models.stress import LEVERS

    for scenario in data:
        yield from ((f"{scenario}.{lever}", (scenario, "levers", lever)) for lever in LEVERS)

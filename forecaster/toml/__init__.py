"""The TOML files of a case: read, checked against a pydantic model, each problem with its line and key.

keys      where each key stands, and how it is written
mistakes  what is wrong, in sentences
writing   TOML written: the standard library only reads it
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StrictStr, StringConstraints, ValidationError

from forecaster.errors import Problems
from forecaster.toml.keys import Key, dotted, key_lines
from forecaster.toml.mistakes import findings, syntax_error

Model = TypeVar("Model", bound=BaseModel)

TOML_FILES = ASSUMPTIONS, PROGRAMME, SCENARIOS = "assumptions.toml", "programme.toml", "scenarios.toml"
"""The files of a case."""

Words = Annotated[StrictStr, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that is more than blanks."""

OPTION = "--set"
_QUOTES = re.compile(r",? (without|in) quotes,?")  # a command line has none


class Table(BaseModel):
    """A TOML table with fixed keys: frozen, no unknown key, no NaN and no infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class TomlFile:
    """The content of a file, where each key stands [line, from 1], and the hash of its bytes.

    settings: key -> what the command line said, where that put the value in the place of the file's.
    """

    name: str
    data: Mapping[str, Any]
    lines: Mapping[Key, int]
    sha256: str
    settings: Mapping[Key, str] = field(default_factory=dict)

    def line(self, key: Key) -> int:
        """Line of a key, or of the nearest key above it; 0 where none stands in the file."""
        above = (self.lines.get(key[:length], 0) for length in range(len(key), 0, -1))
        return next((number for number in above if number), 0)

    def place(self, key: Key) -> str:
        """'line 12, cost.growth_median', or the key alone where it has no line."""
        line = self.line(key)
        return f"line {line}, {dotted(key, self.data)}" if line else dotted(key, self.data)

    def note(self, problems: Problems, key: Key, text: str) -> None:
        """Note an error at a key: at what the command line set there, or else at its place in the file."""
        given = [
            one for at, one in self.settings.items() if all(a == b for a, b in zip(at, key, strict=False))
        ]
        if given:
            problems.add(OPTION, ", ".join(given), _QUOTES.sub("", text))
        else:
            problems.add(self.name, self.place(key), text)


def read(path: Path, problems: Problems) -> TomlFile | None:
    """File, or None with the reason among the problems."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError:
        problems.add(
            path.name, "", "not found. `forecaster init` writes a complete set of files to copy it from."
        )
    except OSError as error:
        problems.add(path.name, "", f"cannot be read ({error.strerror}).")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.add(path.name, f"line {line}", "not UTF-8 text. Save the file with the encoding UTF-8.")
    except tomllib.TOMLDecodeError as error:
        problems.add(path.name, *syntax_error(str(error), text))
    except RecursionError:
        problems.add(path.name, "", "lists or tables are nested hundreds deep. No key needs more than three.")
    except ValueError:  # the one that is left: Python reads no longer number
        problems.add(path.name, "", "holds a number of thousands of digits. No key takes one.")
    else:
        return TomlFile(path.name, data, key_lines(text), hashlib.sha256(content).hexdigest())
    return None


def checked(model: type[Model], file: TomlFile, problems: Problems, at: Key = ()) -> Model | None:
    """Check the file, or its table `at`, against a model; None, with all that is wrong among the problems."""
    data: Any = file.data
    for part in at:
        data = data[part]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = [(at + key, text) for key, text in findings(model, data, error.errors())]
        for key, text in sorted(found, key=lambda finding: file.line(finding[0])):
            file.note(problems, key, text)
        return None

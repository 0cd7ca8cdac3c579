"""Plants a mutant in a process that has loaded the project.

A mistake in a function: the living function is handed other code, which takes no time. This is why loops must
run as plain Python. A mistake in what runs when a module is imported (tables, defaults, classes): the project
is forgotten, and the module found with the mistake in it when it is imported anew.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType


@dataclass(frozen=True)
class Case:
    """A module (`models.strain`), its file, and the text that stands in its place."""

    module: str
    path: Path
    text: str


def handed_over(case: Case, functions: Sequence[FunctionType]) -> bool:
    """Hand living functions the code they have in a case; False where that is not all there is to it."""
    before, after = (compile(text, case.path, "exec") for text in (case.path.read_text("utf-8"), case.text))
    changes = {old: new for old, new in paired(before, after) if meaning(old) != meaning(new)}
    living = [one for one in functions if one.__module__ == case.module and one.__code__ in changes]
    reached = {one.__code__ for one in living}
    if any(old not in reached and own(old) != own(new) for old, new in changes.items()):
        return False
    if any(code.co_freevars != changes[code].co_freevars for code in reached):
        return False
    for function in living:
        function.__code__ = changes[function.__code__]
    return True


def paired(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The code of a module, of its functions and of what is in them, without and with a mistake."""
    yield before, after
    for old, new in zip(inner(before), inner(after), strict=False):
        yield from paired(old, new)


def inner(code: CodeType) -> list[CodeType]:
    return [part for part in code.co_consts if isinstance(part, CodeType)]


def own(code: CodeType) -> tuple[object, ...]:
    """What a piece of code does itself: all of it but its lines and the code in it."""
    constants = [repr(part) for part in code.co_consts if not isinstance(part, CodeType)]
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants, len(inner(code))


def meaning(code: CodeType) -> tuple[object, ...]:
    """What a piece of code does, and the code in it."""
    return own(code), [meaning(part) for part in inner(code)]


def forgotten(root: Path) -> None:
    """Forget all modules under a folder, but for installed ones and those of this driver."""
    driver = Path(__file__).parent
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "/")
        if file.is_relative_to(root) and file.parent != driver and "site-packages" not in file.parts:
            del sys.modules[name]


class Planted(SourceFileLoader):
    """Loads a case as if its text stood in the file."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.module, str(case.path))
        self.case = case

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.case.text, self.get_filename(fullname), "exec")


class Finder:
    """Finds a case where its module is looked for; first in `sys.meta_path`."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.case.module:
            return None
        return spec_from_file_location(name, self.case.path, loader=Planted(self.case))

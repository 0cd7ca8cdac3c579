"""The case that comes with the tool, and what a user starts from: copies of it."""

from pathlib import Path

from forecaster.machine import output
from forecaster.readers import WORKBOOK
from forecaster.readers.own.tables import TABLES
from forecaster.toml import PROGRAMME, TOML_FILES

README = "README.md"
EXAMPLES = "examples"


def bundled() -> Path:
    """Folder of the bundled inputs: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "inputs"
    return installed if installed.is_dir() else package.parent / "inputs"


def examples() -> tuple[str, ...]:
    """Names of other programmes that come with the tool."""
    return tuple(sorted(file.stem for file in (bundled() / EXAMPLES).glob("*.toml")))


def init(folder: Path, *, csv: bool, force: bool, example: str | None = None) -> tuple[str, ...]:
    """Copy the bundled case into a folder, the tables as a workbook or as CSV; the names of the files.

    example: of another programme, in place of the bundled one.

    Raises OutputExists where one of them is there already, OutputNotWritable where a file cannot be written.
    """
    tables = [f"{table.name}.csv" for table in TABLES] if csv else [WORKBOOK]
    names = (*tables, *TOML_FILES, README)
    output.make_parents(folder)
    sources = {name: bundled() / name for name in names}
    if example:
        sources[PROGRAMME] = bundled() / EXAMPLES / f"{example}.toml"
    output.save_folder({name: source.read_bytes() for name, source in sources.items()}, folder, force=force)
    return names

"""Start the command line: python -m forecaster."""

from forecaster.cli import main

main()

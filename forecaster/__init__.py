"""The command-line application: reads a case, runs the models, writes workbooks."""

__version__ = "0.1.0"

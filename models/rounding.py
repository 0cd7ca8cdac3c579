"""Numbers at so many significant digits; whole arrays to the bit as text would give them."""

import numpy as np

from models.arrays import Floats

DIGITS = 12
"""Digits of tables and of what else a simulation reads as it is: as many as an array can be rounded to."""

TEN: Floats = np.array([float(f"1e{power}") for power in range(23)])
"""Powers of ten that are floats exactly."""

LOWEST, HIGHEST = -9, 12
"""Powers of ten between which steps of at most twelve digits are measured by powers in TEN."""

DECADES: Floats = np.array([float(f"1e{power}") for power in range(LOWEST, HIGHEST + 1)])

MIDDLE = 0.01
"""Distance from the middle of two steps within which text decides: the error of steps is 0.0003 at most."""


def rounded(values: Floats, digits: int) -> Floats:
    """Values at so many significant digits, so that last-bit differences of exp, log and solvers vanish.

    digits: 12 at most. A value is a whole number of steps of a power of ten where it is clear of which; text
    decides what lies near the middle of two, and what is very large, very small or no number. Zeros stay.
    """
    flat = np.asarray(values, dtype=np.float64).ravel()
    size = np.abs(flat)
    usual = (size > DECADES[0]) & (size < DECADES[-1])
    places = digits - LOWEST - np.searchsorted(DECADES, np.where(usual, size, 1.0), side="right")
    up, down = TEN[np.maximum(places, 0)], TEN[np.maximum(-places, 0)]
    steps = np.where(usual, flat, 1.0) * up / down
    whole = np.rint(steps)
    clear = usual & (np.abs(np.abs(steps - whole) - 0.5) > MIDDLE)
    clear &= (np.abs(whole) >= TEN[digits - 1]) & (np.abs(whole) < TEN[digits])
    found = np.where(size == 0.0, flat, whole * down / up)
    for index in np.flatnonzero(~clear & (size != 0.0)).tolist():
        found[index] = float(f"{flat[index]:.{digits}g}")
    return found.reshape(np.shape(values))


def rounded_number(value: float, digits: int = DIGITS) -> float:
    """One number at so many significant digits."""
    return float(f"{value:.{digits - 1}e}")

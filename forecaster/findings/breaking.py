"""What breaks a state, in sentences: the way into red, how often it is gone, how far that can be believed."""

from collections.abc import Iterator

from forecaster.drivers.breaking import AGREEMENT, LEAST, BreakingPoint

TOLD = 0.1
"""Part of all effects on strain from which a move is told in the sentence: judgement."""

POINT = 0.01
"""Share from which the programme's part is told as a number."""


def sentence(point: BreakingPoint, name: str) -> str:
    """What turns a state red, in words: "Latvia 2028 turns red if ... while ...; about one path in 6."."""
    if not point.reached:
        return f"{name} {point.year}: nothing within eight standard deviations turns it red."
    red = point.index > 0.0
    told = _joined([_clause(measure, point.moves[measure]) for measure in _told(point)])
    found = point.simulated if point.simulated * point.paths >= LEAST else point.probability
    turn = "turns red if" if red else "is red at the median already; it stays out of it if"
    return f"{name} {point.year} {turn} {told}; {frequency(found if red else 1.0 - found)}."


def _told(point: BreakingPoint) -> Iterator[str]:
    """Measures that matter on the way to the break, the largest effect first."""
    effects = point.effects
    total = sum(abs(effect) for effect in effects.values())
    ranked = sorted(effects, key=lambda measure: -abs(effects[measure]))
    return (measure for measure in ranked if abs(effects[measure]) >= TOLD * total)


def _joined(clauses: list[str]) -> str:
    first, *others = clauses
    if not others:
        return first
    *some, last = others
    return f"{first} while {', '.join(some)} and {last}" if some else f"{first} while {last}"


def _clause(measure: str, move: float) -> str:
    """One move in natural units."""
    less, size = move < 0.0, abs(move)
    match measure:
        case "budget":
            return f"its defence budget comes {_percent(size)} {'under' if less else 'over'} the median"
        case "share":
            return f"the share invested is {100.0 * size:.1f} points {'lower' if less else 'higher'}"
        case "cost":
            return f"contracts signed before cost {_percent(size)} {'less' if less else 'more'}"
    return f"the programme calls for {_euros(size)} {'less' if less else 'more'}"


def _percent(share: float) -> str:
    size = 100.0 * share
    return f"{size:.0f} %" if share >= 0.0095 else f"{size:.1f} %" if share >= 0.0005 else f"{size:.1g} %"


def _euros(millions: float) -> str:
    """An amount [EUR million], with decimals where it would read as zero."""
    return f"EUR {millions:,.0f} m" if millions >= 0.95 else f"EUR {millions:.1g} m"


def frequency(probability: float) -> str:
    """A probability in words: how many paths it takes to see it once."""
    if probability < 1e-4:
        return "less than one path in 10,000"
    if probability < 0.4:
        return f"about one path in {round(1.0 / probability):,}"
    if probability < 0.6:
        return "about every second path"
    if probability > 0.95:
        return "every path" if probability == 1.0 else "nearly every path"
    return f"about {round(10.0 * probability)} paths in 10"


def headline(points: tuple[BreakingPoint, ...]) -> str:
    """What most often leads into red, and how much of it is the programme's, in one sentence."""
    broken = [point for point in points if point.reached]
    if not broken:
        return "No state can be turned red within eight standard deviations."
    first = [next(iter(ranked(point))) for point in broken]
    most = max(dict.fromkeys(first), key=first.count)
    programme = max(point.importance["programme"] for point in broken)
    part = f"{100.0 * programme:.0f} % of it at most" if programme >= POINT else "less than 1 % of it"
    return (
        f"On the likeliest way into red the first driver is '{most}'{_of(first.count(most), len(points))}; "
        f"prices, delays and savings of the programme are {part}."
    )


def ranked(point: BreakingPoint) -> tuple[str, ...]:
    """Groups of drivers, the one with the largest importance first."""
    return tuple(sorted(point.importance, key=lambda name: -point.importance[name]))


def agreement(points: tuple[BreakingPoint, ...]) -> str:
    """How far first-order probabilities can be believed, in one sentence."""
    told = [point for point in points if point.verdict != "too rare to tell"]
    off = [f"{point.code} {point.year}" for point in told if point.verdict == "differs"]
    rare = len(points) - len(told)
    if not told:
        return "Red is too rare to tell how far first-order probabilities can be believed."
    return (
        f"The first-order probability is within a factor {AGREEMENT} of the simulated one"
        f"{_of(len(told) - len(off), len(told))}"
        + (f"; it is not for {', '.join(off)}: take the simulated one there" if off else "")
        + (f"; {rare} more {'is' if rare == 1 else 'are'} too rarely red to tell" if rare else "")
        + "."
    )


def _of(count: int, states: int) -> str:
    """In how many of the states; nothing where the one there is is meant."""
    return "" if count == states == 1 else f" in {count} of {states} states"

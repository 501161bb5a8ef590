"""The rows of the table of goals."""

from statistics import median


def row(what, goal, values, unit="", at_least=False):
    """Return a row of the table: the median of `values` is what was found, their least and most its spread."""
    found = median(values)
    reached = found >= goal if at_least else found <= goal
    spread = [min(values), max(values)] if len(values) > 1 else None
    return {
        "what": what,
        "goal": goal,
        "unit": unit,
        "at_least": at_least,
        "found": found,
        "spread": spread,
        "reached": reached,
    }


def table(rows):
    """Return the rows as lines of text."""
    lines = [f"{'what':<64}{'goal':>12}{'found':>11}  {'spread':<17}"]
    for one in rows:
        sign = "≥" if one["at_least"] else "≤"
        spread = "-".join(_short(value) for value in one["spread"] or ())
        goal = f"{sign} {_short(one['goal'])} {one['unit']}"
        lines.append(
            f"{one['what']:<64}{goal:>12}{_short(one['found']):>11}  {spread:<17}"
            + ("reached" if one["reached"] else "MISSED")
        )
    return "\n".join(lines)


def _short(value):
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"

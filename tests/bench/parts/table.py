"""A table of figure, baseline, ratio and goal, as text and as JSON."""
import dataclasses
import json


@dataclasses.dataclass
class Row:
    key: str            # for --json
    what: str
    figure: float
    unit: str
    baseline: float | None = None
    against: str = ""   # what the baseline is
    goal: float | None = None       # of the ratio, or of the figure where there is no baseline
    note: str = ""
    least: float | None = None      # in place of a goal: the ratio, then of baseline to figure, or the figure is to be that

    @property
    def ratio(self):
        if not self.baseline:
            return None
        return self.figure / self.baseline if self.least is None else self.baseline / self.figure

    @property
    def good(self):
        value = self.ratio if self.baseline else self.figure
        if self.least is not None:
            return value >= self.least
        return None if self.goal is None else value <= self.goal

    @property
    def wanted(self):
        """The goal, as text."""
        bound, sign = (self.goal, "≤") if self.least is None else (self.least, "≥")
        return "" if bound is None else f"{sign} {bound:g}" + ("" if self.baseline else f" {self.unit}")


@dataclasses.dataclass
class Phases:
    """Where the time of a row went."""
    title: str
    head: tuple
    rows: list
    notes: list = dataclasses.field(default_factory=list)


def number(value):
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def aligned(rows, right):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.rjust(w) if i in right else cell.ljust(w)
                               for i, (cell, w) in enumerate(zip(row, widths))) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * (w - 1) + ":" if i in right else "-" * w for i, w in enumerate(widths)) + " |")
    return "\n".join(lines)


def text(rows, phases):
    cells = [("", "figure", "baseline", "ratio", "goal", "")]
    for row in rows:
        unit = f" {row.unit}"
        verdict = {None: "", True: "met", False: "MISSED"}[row.good]
        cells.append((row.what, number(row.figure) + unit, number(row.baseline) + unit if row.baseline else "",
                      number(row.ratio), row.wanted, verdict))
    parts = [aligned(cells, {1, 2, 3})]
    notes = [f"- {row.what}: {text}." for row in rows for text in (row.against and f"baseline: {row.against}", row.note) if text]
    if notes:
        parts.append("\n".join(notes))
    for one in phases:
        lines = [tuple(one.head)] + [(name, *map(number, values)) for name, *values in one.rows]
        parts.append(f"{one.title}\n\n" + aligned(lines, set(range(1, len(one.head)))))
        if one.notes:
            parts.append("\n".join(f"- {note}." for note in one.notes))
    return "\n\n".join(parts)


def as_json(rows, phases):
    return json.dumps({
        "rows": [{**dataclasses.asdict(row), "ratio": row.ratio, "met": row.good} for row in rows],
        "phases": [dataclasses.asdict(one) for one in phases]}, indent=2, ensure_ascii=False)

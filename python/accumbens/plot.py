"""Pictures with matplotlib: one call for each of the report's, and more.

>>> plot.ranking(comparison)
>>> figure = plot.averages(comparison)
>>> figure.savefig("averages.pdf")

Each returns a ``matplotlib.figure.Figure``; those of one panel draw on ``ax`` where one is given. Needs the extra:
``pip install 'accumbens[plot]'``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .credit import Signal
    from .findings import Findings
    from .fit import Comparison, Peri
    from .recordings import Recording
    from .theories import Simulation

__all__ = [
    "averages",
    "choices",
    "credit",
    "curves",
    "dopamine",
    "evidence",
    "example",
    "findings",
    "frequency",
    "heat",
    "intervals",
    "peri",
    "ranking",
    "recording",
    "recovery",
]

#: Colours of theories, best first: those of the report.
PALETTE = (
    "#d1495b", "#3b7dd8", "#e0912f", "#2f9e77", "#8d62c9", "#7d8597", "#b58900", "#00a0b0", "#c2478f", "#6a994e",
)  # fmt: skip
#: Theories that curves draw beside what was observed.
_DRAWN = 2
#: Single trials that are drawn, about.
_TRIALS = 50


def _plt() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}; pictures need pip install 'accumbens[plot]'") from error
    return plt


def _on(ax: Axes | None, width: float, height: float) -> tuple[Figure, Axes]:
    if ax is not None:
        return ax.figure, ax  # type: ignore[return-value]
    figure, made = _plt().subplots(figsize=(width, height), layout="constrained")
    return figure, made


def _bare(ax: Axes) -> None:
    ax.spines[["top", "right"]].set_visible(False)


def _panels(count: int, columns: int, width: float, height: float, **options: Any) -> tuple[Figure, list[Axes]]:
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    size = (width * columns, height * rows)
    figure, axes = _plt().subplots(rows, columns, figsize=size, layout="constrained", squeeze=False, **options)
    flat = list(axes.flat)
    for spare in flat[count:]:
        spare.remove()
    return figure, flat[:count]


def _numbers(values: Sequence[float | None]) -> Any:
    return np.asarray([np.nan if v is None else v for v in values], dtype=float)


def _colors(order: Sequence[str]) -> dict[str, str]:
    return {label: PALETTE[i % len(PALETTE)] for i, label in enumerate(order)}


def ranking(comparison: Comparison, ax: Axes | None = None) -> Figure:
    """Held-out density of each theory against the best, nats, with standard errors over subjects."""
    data = comparison.figures
    colors = _colors(data["order"])
    figure, ax = _on(ax, 6, 1 + 0.35 * len(data["order"]))
    for i, row in enumerate(data["ranking"]):
        color = colors[row["theory"]]
        ax.errorbar(row["delta"], i, xerr=row["error"], fmt="o", color=color, capsize=0)
        if row["truth"]:
            ax.annotate("truth", (row["delta"], i), (0, 7), textcoords="offset points", ha="center", fontsize=8)
    ax.axvline(0, color="0.6", lw=0.8, zorder=0)
    ax.set(xlabel="Δ nats to the best, evidence", yticks=range(len(data["order"])), yticklabels=data["order"])
    ax.margins(y=0.12)
    ax.invert_yaxis()
    _bare(ax)
    return figure


def frequency(comparison: Comparison, ax: Axes | None = None) -> Figure:
    """How frequent each theory is among animals (bars), and its protected exceedance probability (dots)."""
    data = comparison.figures
    colors = _colors(data["order"])
    figure, ax = _on(ax, 6, 1 + 0.35 * len(data["order"]))
    for i, row in enumerate(data["ranking"]):
        ax.barh(i, row["frequency"], color=colors[row["theory"]], alpha=0.35)
        ax.plot(row["protected"], i, "o", color=colors[row["theory"]], clip_on=False)
    ax.set(xlabel="frequency (bar), protected exceedance (dot)", xlim=(0, 1))
    ax.set(yticks=range(len(data["order"])), yticklabels=data["order"])
    ax.invert_yaxis()
    _bare(ax)
    return figure


def evidence(comparison: Comparison, ax: Axes | None = None) -> Figure:
    """Held-out density of each theory in each subject against the subject's best, nats."""
    data = comparison.figures
    subjects = list(dict.fromkeys(row["subject"] for row in data["evidence"]))
    cells = np.full((len(subjects), len(data["order"])), np.nan)
    for row in data["evidence"]:
        cells[subjects.index(row["subject"]), data["order"].index(row["theory"])] = row["delta"]
    figure, ax = _on(ax, 1.5 + 0.9 * len(data["order"]), 1.5 + 0.4 * len(subjects))
    ax.imshow(np.sqrt(-cells), cmap="Reds", aspect="auto")
    low = np.sqrt(-np.nanmin(cells)) or 1.0
    for (i, j), value in np.ndenumerate(cells):
        dark = np.sqrt(-value) > 0.55 * low
        text = "best" if value == 0 else f"{value:.0f}"
        ax.text(j, i, text, ha="center", va="center", color="white" if dark else "black", fontsize=8)
    ax.set(yticks=range(len(subjects)), yticklabels=subjects)
    ax.set_xticks(range(len(data["order"])), data["order"], rotation=40, ha="left")
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    return figure


def _curves(rows: list[dict[str, Any]], keys: list[str], order: list[str], unit: str, label: str) -> Figure:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[k] for k in keys), []).append(row)
    figure, axes = _panels(len(groups), 3, 3.1, 2.3)
    colors = _colors(order)
    for ax, (name, points) in zip(axes, groups.items()):
        x = _numbers([p["x"] for p in points])
        error = np.nan_to_num(_numbers([p["error"] for p in points]))
        ax.errorbar(x, _numbers([p["y"] for p in points]), yerr=error, fmt="o", ms=3, color="0.35", lw=0.8)
        # The description without theory says nothing of choices.
        for theory in [label for label in order if f"p:{label}" in points[0]][:_DRAWN]:
            ax.plot(x, _numbers([p[f"p:{theory}"] for p in points]), color=colors[theory], lw=1.8, label=theory)
        ax.set_title(", ".join(name), fontsize=9)
        _bare(ax)
    figure.supxlabel(label, fontsize=10)
    figure.supylabel(unit, fontsize=10)
    axes[0].legend(frameon=False, fontsize=8)
    return figure


def curves(comparison: Comparison) -> Figure:
    """Responses over the animal's life, observed and as the two leading theories predict them."""
    data = comparison.figures
    keys = ["subject", "event"] if len(data["events"]) > 1 else ["subject"]
    return _curves(data["curves"], keys, data["order"], data["unit"], "event number")


def choices(comparison: Comparison) -> Figure:
    """Shares of the first option in consecutive choices, and the chance that the two leading theories give it."""
    data = comparison.figures
    if not data["choices"]:
        raise ValueError("there are no choices; accepted: a comparison of a study with choices")
    several = len({row["event"] for row in data["choices"]}) > 1
    keys = ["subject", "event"] if several else ["subject"]
    return _curves(data["choices"], keys, data["order"], f"share of {data['choices'][0]['event']}" if not several else "share", "choice")


def intervals(comparison: Comparison) -> Figure:
    """Responses against the time since the previous outcome, observed and predicted."""
    data = comparison.figures
    return _curves(data["intervals"], ["subject"], data["order"], data["unit"], "time since the previous outcome (s)")


def averages(comparison: Comparison) -> Figure:
    """The signal around each scored event: mean over animals with its 95 % interval; the scored window shaded."""
    data = comparison.figures
    figure, axes = _panels(len(data["events"]), 4, 3.4, 2.6, sharey=True)
    for ax, event in zip(axes, data["events"]):
        rows = [r for r in data["averages"] if r["event"] == event]
        t = _numbers([r["t"] for r in rows])
        for window in (w for w in data["windows"] if w["event"] == event):
            ax.axvspan(window["from"], window["to"], color="0.5", alpha=0.1, lw=0)
        ax.fill_between(t, _numbers([r["low"] for r in rows]), _numbers([r["high"] for r in rows]), alpha=0.25, lw=0)
        ax.plot(t, _numbers([r["y"] for r in rows]), color=PALETTE[1], lw=1.8)
        ax.axvline(0, color="0.4", lw=0.8, ls=":")
        ax.set(title=event, xlabel="time (s)")
        _bare(ax)
    axes[0].set_ylabel(data["signal"])
    return figure


def heat(comparison: Comparison) -> Figure:
    """The signal around each response, in the order of the animal's life."""
    items = comparison.figures["heat"]
    figure, axes = _panels(len(items), 3, 3.2, 2.4)
    for ax, item in zip(axes, items):
        values = _numbers(item["cells"]).reshape(item["rows"], item["columns"])
        finite = values[np.isfinite(values)]
        top = max(abs(np.quantile(finite, 0.01)), np.quantile(finite, 0.99)) or 1.0
        extent = (item["from"], item["to"], item["trials"], 0)
        drawn = ax.imshow(values, cmap="RdBu_r", vmin=-top, vmax=top, extent=extent, aspect="auto")
        figure.colorbar(drawn, ax=ax, shrink=0.8)
        ax.axvline(0, color="0.3", lw=0.8, ls=":")
        ax.set_title(f"{item['subject']}, {item['event']}", fontsize=9)
    figure.supxlabel("time (s)", fontsize=10)
    figure.supylabel("trial", fontsize=10)
    return figure


def example(comparison: Comparison) -> Figure:
    """A stretch of one session: the trace, and the dopamine of the leading theories through the sensor."""
    data = comparison.figures
    shown = data["example"]
    if not shown:
        raise ValueError("no session has a continuous trace to show")
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in shown["lines"]:
        lines.setdefault(row["who"], []).append(row)
    seen = lines.pop("observed")
    figure, axes = _panels(len(lines), 1, 9, 1.6, sharex=True, sharey=True)
    colors = _colors(data["order"])
    for ax, (theory, rows) in zip(axes, lines.items()):
        ax.plot([r["t"] for r in seen], _numbers([r["y"] for r in seen]), color="0.6", lw=0.7)
        ax.plot([r["t"] for r in rows], _numbers([r["y"] for r in rows]), color=colors[theory], lw=1.4, label=theory)
        ax.legend(frameon=False, loc="upper right", fontsize=8)
        _bare(ax)
    _marked(axes[-1], [(e["t"], e["event"]) for e in shown["events"]])
    axes[-1].set_xlabel("time (s)")
    figure.supylabel(data["signal"], fontsize=10)
    figure.suptitle(f"{shown['subject']}, {shown['session']}", fontsize=10)
    return figure


def recovery(comparison: Comparison, ax: Axes | None = None) -> Figure:
    """What would be said of this study: simulated studies of each truth (rows), and what was said of them (columns)."""
    data = comparison.figures["recovery"]
    if not data:
        raise ValueError("recovery was not asked for; accepted: compare(..., recovery=5)")
    labels = list(dict.fromkeys(c["truth"] for c in data["cells"]))
    answers = list(dict.fromkeys(c["answer"] for c in data["cells"]))
    cells = np.zeros((len(labels), len(answers)))
    for c in data["cells"]:
        cells[labels.index(c["truth"]), answers.index(c["answer"])] = c["n"]
    figure, ax = _on(ax, 2 + 0.7 * len(labels), 1.5 + 0.5 * len(labels))
    ax.imshow(cells, cmap="Greens", vmin=0, vmax=data["studies"], aspect="auto")
    for (i, j), n in np.ndenumerate(cells):
        if n:
            ax.text(j, i, f"{n:.0f}", ha="center", va="center", color="white" if n > data["studies"] / 2 else "black")
    ax.set(yticks=range(len(labels)), yticklabels=labels, ylabel="truth", xlabel="what would be said")
    ax.set_xticks(range(len(answers)), answers, rotation=40, ha="left")
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.spines[:].set_visible(False)
    return figure


def _marked(ax: Axes, events: Sequence[tuple[float, str]]) -> None:
    """Marks events along the bottom, each kind by a symbol of its own."""
    kinds = list(dict.fromkeys(name for _, name in events))
    for symbol, kind in zip("^osD*vPX", kinds):
        times = [t for t, name in events if name == kind]
        ax.plot(times, [0.03] * len(times), symbol, ms=4, color="0.2", transform=ax.get_xaxis_transform(), label=kind)
    if kinds:
        ax.legend(frameon=False, fontsize=8, ncols=min(len(kinds) + 1, 5), loc="upper right")


def dopamine(
    simulation: Simulation, span: tuple[float, float] | None = None, channels: Sequence[str] | None = None
) -> Figure:
    """What a theory released, channel by channel, with the events; ``span`` (s) shows a part."""
    table = simulation.dopamine
    named = list(dict.fromkeys(table["channel"])) if channels is None else list(channels)
    figure, axes = _panels(len(named), 1, 9, 1.9, sharex=True)
    of = np.asarray(table["channel"])
    low, high = span or (0.0, float(max(table["time"][-1], simulation.log.time[-1])))
    for i, (ax, channel) in enumerate(zip(axes, named)):
        at = (of == channel) & (table["time"] >= low) & (table["time"] <= high)
        time, value = table["time"][at], table["dopamine"][at]
        ax.vlines(time, 0, value, color=PALETTE[i % len(PALETTE)], lw=1.2)
        ax.axhline(0, color="0.6", lw=0.8)
        ax.set_ylabel(channel)
        _bare(ax)
    names = simulation.log.event
    _marked(axes[-1], [(t, n) for t, n in zip(simulation.log.time, names) if low <= t <= high])
    axes[-1].set(xlabel="time (s)", xlim=(low, high))
    figure.suptitle(simulation.theory.label, fontsize=10)
    return figure


def recording(
    recording: Recording, span: tuple[float, float] | None = None, channels: Sequence[str] | None = None
) -> Figure:
    """The channels of a recording, one above the other, with the events; ``span`` (s) shows a part."""
    named = [c.name for c in recording.channels] if channels is None else list(channels)
    figure, axes = _panels(len(named), 1, 9, 1.5, sharex=True)
    low, high = span or (float(recording.time[0]), float(recording.time[-1]))
    at = (recording.time >= low) & (recording.time <= high)
    for i, (ax, name) in enumerate(zip(axes, named)):
        channel = recording.channel(name)
        ax.plot(recording.time[at], channel.data[at], color=PALETTE[i % len(PALETTE)], lw=0.9)
        ax.set_ylabel(f"{name}\n({channel.unit})" if channel.unit else name, fontsize=9)
        _bare(ax)
    log = recording.events
    _marked(axes[-1], [(t, n) for t, n in zip(log.time, log.event) if low <= t <= high])
    axes[-1].set(xlabel="time (s)", xlim=(low, high))
    return figure


def peri(peri: Peri) -> Figure:
    """The signal around events: some trials faint, spread over all, and the mean with its standard error over them."""
    events = list(dict.fromkeys(peri.trials["event"]))
    figure, axes = _panels(len(events), 4, 3.4, 2.6, sharey=True)
    of = np.asarray(peri.trials["event"])
    for ax, event in zip(axes, events):
        values = peri.values[of == event]
        mean = np.nanmean(values, axis=0)
        error = np.nanstd(values, axis=0) / np.sqrt(np.maximum(np.isfinite(values).sum(axis=0), 1))
        some = values[:: max(1, len(values) // _TRIALS)]
        ax.plot(peri.lags, some.T, color="0.5", lw=0.4, alpha=0.25)
        ax.fill_between(peri.lags, mean - error, mean + error, color=PALETTE[1], alpha=0.3, lw=0)
        ax.plot(peri.lags, mean, color=PALETTE[1], lw=1.8)
        ax.axvline(0, color="0.4", lw=0.8, ls=":")
        spread = 4 * np.nanstd(values)
        ax.set(title=f"{event} ({len(values)} trials)", xlabel="time (s)")
        ax.set_ylim(np.nanmin(mean) - spread, np.nanmax(mean) + spread)
        _bare(ax)
    axes[0].set_ylabel(peri.unit)
    return figure


def findings(findings: Findings, ax: Axes | None = None) -> Figure:
    """Theory × finding: agrees, disagrees, cannot say."""
    from matplotlib.colors import ListedColormap

    r = findings.results
    number = {"agrees": 2, "cannot_say": 1, "disagrees": 0}
    cells = np.asarray([number[c["verdict"]] for c in r["cells"]]).reshape(len(r["findings"]), len(r["theories"]))
    figure, ax = _on(ax, 3 + 0.3 * cells.shape[1], 1.5 + 0.22 * cells.shape[0])
    ax.imshow(cells, cmap=ListedColormap(["#d1495b", "#e6e8ec", "#2f9e77"]), vmin=0, vmax=2, aspect="auto")
    for (i, j), cell in np.ndenumerate(cells):
        ax.text(j, i, "✗·✓"[cell], ha="center", va="center", color="0.4" if cell == 1 else "white", fontsize=8)
    ax.set_yticks(range(cells.shape[0]), r["findings"], fontsize=8)
    ax.set_xticks(range(cells.shape[1]), r["theories"], rotation=60, ha="left", fontsize=8)
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    return figure


def credit(signal: Signal, rows: Sequence[int] | None = None, ax: Axes | None = None) -> Figure:
    """Where a batch of sequences is credited: advantages, one row a sequence."""
    advantages = np.asarray(signal.advantages)
    shown = advantages if rows is None else advantages[list(rows)]
    figure, ax = _on(ax, 8, 1.2 + 0.12 * len(shown))
    top = float(np.nanmax(np.abs(shown))) or 1.0
    drawn = ax.imshow(shown, cmap="RdBu_r", vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
    figure.colorbar(drawn, ax=ax, label="advantage")
    ax.set(xlabel="step", ylabel="sequence")
    return figure

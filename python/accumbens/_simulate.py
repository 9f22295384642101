"""Lives of theories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .events import EventLog
from .tables import Table

if TYPE_CHECKING:
    from .experiments import Experiment
    from .theories import Theory


@dataclass(eq=False)
class Simulation:
    """What came of a theory's life."""

    theory: Theory
    #: Everything that happened, the animal's own actions and their consequences among it.
    log: EventLog
    #: One row a release: time (s), the events it answers, channel, dopamine.
    dopamine: Table
    #: What the animal did with each choice: time (s), what was offered, what it took, its latency (s).
    choices: Table
    #: The probability of a conditioned response to each cue, where it was asked for.
    responses: Table
    #: What the theory was told and could not learn.
    told: list[str]
    #: The end state, as the theory describes it.
    end: Any

    def answers(self, event: str, channel: str | None = None) -> Table:
        """Dopamine in answer to events of one name, in their order."""
        channel = channel or self.dopamine["channel"][0]
        rows = zip(self.dopamine["event"], self.dopamine["channel"])
        return self.dopamine.where([event in said.split("+") and of == channel for said, of in rows])

    def __repr__(self) -> str:
        return f"Simulation of {self.theory.label}: {len(self.dopamine)} releases over {len(self.log)} events"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{self.dopamine._repr_html_()}"


def simulate(
    what: EventLog | Experiment | str,
    theory: Theory | str,
    *,
    group: str | None = None,
    subject: int = 1,
    seed: int = 1,
    region: str | None = None,
    behaviour: bool = False,
    clamps: Sequence[tuple[float, float, float]] = (),
    event_clamps: Mapping[int, float] | None = None,
    changes: Sequence[tuple[float, str, float]] = (),
    end: float = 0.0,
) -> Simulation:
    """Lets a theory live through a log, or through an experiment (or its name), and returns what it releases and does.

    Of an experiment, ``group`` and ``subject`` (from 1) say whose life. ``region`` mixes the channels into what a region
    receives. ``clamps`` hold dopamine at a value: (from, to, value), s; ``event_clamps`` hold the answer to the event of
    a row; ``changes`` set a parameter at a time: (time, name, value). The life ends at ``end`` (s), or 5 s after the last
    event. With ``behaviour`` the conditioned response to each cue is kept. The clock of a log starts with the session, at
    0 s. Raises ``ValueError`` where its first event comes more than a day later (the clock is a computer's: take the start
    off every time) or the life would last more than 1e8 s, and ``RuntimeError`` where the theory cannot go on, with the event
    and its time; what a theory written in Python raised is the cause.
    """
    from .experiments import opened
    from .theories import named

    lived = named(theory)
    schedule = json.dumps(
        {
            "clamps": [{"from": a, "to": b, "value": v} for a, b, v in clamps],
            "event_clamps": [{"row": row, "value": v} for row, v in (event_clamps or {}).items()],
            "changes": [{"time": t, "parameter": p, "value": v} for t, p, v in changes],
            "end": end,
        }
    )
    handle = lived._handle
    if isinstance(what, EventLog):
        out = handle.live(what._log, schedule, region, seed, behaviour)
    else:
        out = handle.live_experiment(opened(what)._experiment, group, subject, schedule, region, seed, behaviour)
    channels = [out["channels"][i] for i in out["channel"]]
    deeds = list(zip(*out["deeds"])) or [(), (), (), ()]
    responses = list(zip(*out["responses"])) or [(), (), ()]
    return Simulation(
        theory=lived,
        log=EventLog._of(out["log"]),
        dopamine=Table({"time": out["time"], "event": out["event"], "channel": channels, "dopamine": out["value"]}),
        choices=Table(
            {
                "time": list(deeds[0]),
                "offered": ["|".join(o) for o in deeds[1]],
                "taken": [t or "" for t in deeds[2]],
                "latency": list(deeds[3]),
            }
        ),
        responses=Table(
            {"time": list(responses[0]), "event": list(responses[1]), "probability": list(responses[2])}
        ),
        told=out["told"],
        end=json.loads(out["end"]),
    )

"""Coders: what counts as an event, for agents and language models.

`Credit` learns what recurs. A coder says what that is, as integers (B, T), −1 where there is nothing to speak of. Any
function of a :class:`Sequences` that returns such an array is a coder; these are the usual ones:

>>> coder = NGrams(2)                      # what was just written
>>> coder = Places(8)                      # where in the sequence, in eighths
>>> coder = Turns(tool_name)               # the tool that a turn of an agent calls
>>> coder = Turns(Clusters(embed, 64))     # the kind of step, by an embedding
>>> coder = Crossed(NGrams(1), Places(8))  # what, where
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Clusters", "Coder", "Crossed", "NGrams", "Names", "Places", "Sequences", "Turns", "hashed_words", "spans", "tool_name"]

Events = NDArray[np.int32]


@dataclass(eq=False)
class Sequences:
    """A batch as coders see it."""

    #: (B, T): tokens or steps.
    ids: NDArray[np.integer[Any]]
    #: (B, T): which places belong to a sequence and were chosen by the policy.
    mask: NDArray[np.bool_]
    #: What was written, one a sequence: text, or messages with role, content and tool calls.
    completions: Sequence[Any] | None = None
    #: Anything else about each sequence, such as columns of the dataset.
    about: Sequence[Any] | None = None


class Coder(Protocol):
    """Turns a batch into events (B, T), −1 where there is nothing to speak of."""

    def __call__(self, batch: Sequences) -> Events: ...


def _hashed(columns: Sequence[NDArray[Any]], buckets: int) -> Events:
    """One hash of several columns of whole numbers (FNV-1a over 64-bit words), below ``buckets``."""
    state = np.full(columns[0].shape, 0xCBF29CE484222325, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            state = (state ^ column.astype(np.int64).view(np.uint64)) * np.uint64(0x100000001B3)
            state ^= state >> np.uint64(29)
    return (state % np.uint64(buckets)).astype(np.int32)


@dataclass(frozen=True)
class NGrams:
    """What was just written: a hash of the last ``n`` tokens, below ``buckets``. Shorter at the sequence's beginning."""

    n: int = 1
    buckets: int = 2**20

    def __call__(self, batch: Sequences) -> Events:
        ids = np.asarray(batch.ids)
        columns = [ids]
        for back in range(1, self.n):
            moved = np.full_like(ids, -1)
            moved[:, back:] = ids[:, :-back]
            columns.append(moved)
        return np.where(batch.mask, _hashed(columns, self.buckets), -1).astype(np.int32)


@dataclass(frozen=True)
class Places:
    """Where in the sequence: its parts, counted from 0, of which there are ``parts``; each place by itself where ``None``."""

    parts: int | None = 8

    def __call__(self, batch: Sequences) -> Events:
        mask = np.asarray(batch.mask)
        place = np.cumsum(mask, axis=1) - 1
        if self.parts is not None:
            length = np.maximum(mask.sum(axis=1, keepdims=True), 1)
            place = place * self.parts // length
        return np.where(mask, place, -1).astype(np.int32)


@dataclass(frozen=True)
class Crossed:
    """What several coders say together: an event is one combination. Nothing where one of them says nothing."""

    coders: tuple[Coder, ...]
    buckets: int = 2**20

    def __init__(self, *coders: Coder, buckets: int = 2**20) -> None:
        object.__setattr__(self, "coders", coders)
        object.__setattr__(self, "buckets", buckets)

    def __call__(self, batch: Sequences) -> Events:
        said = [coder(batch) for coder in self.coders]
        there = np.all([events >= 0 for events in said], axis=0)
        return np.where(there, _hashed(said, self.buckets), -1).astype(np.int32)


class Names:
    """Numbers for names, in the order in which they first appear; keep it with a checkpoint (it can be pickled)."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def name(self, number: int) -> str:
        """The name of a number. Raises ``IndexError`` where none has it."""
        return list(self._numbers)[number]

    def __len__(self) -> int:
        return len(self._numbers)


def tool_name(message: Any) -> str:
    """The tools that a message of an agent calls, joined by ``+``; ``answer`` where it calls none."""
    calls = message.get("tool_calls") if isinstance(message, dict) else None
    names = []
    for call in calls or ():
        named = call.get("function", call) if isinstance(call, dict) else getattr(call, "function", call)
        names.append(str(named.get("name") if isinstance(named, dict) else getattr(named, "name", named)))
    return "+".join(names) or "answer"


def _runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """From where to where a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], row, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))


@dataclass
class Turns:
    """The turns of an agent: each token of a turn is the event ``of(message)``, a name or a number.

    Turns are the runs of the mask that the policy wrote between what tools answered; messages are those of the assistant in
    ``completions``. A completion of plain text is one message.
    """

    of: Callable[[Any], str | int] = tool_name
    names: Names = field(default_factory=Names)

    def __call__(self, batch: Sequences) -> Events:
        if batch.completions is None:
            raise ValueError("completions: none; expected the messages of each sequence")
        events = np.full(batch.mask.shape, -1, dtype=np.int32)
        for row, (mask, completion) in enumerate(zip(batch.mask, batch.completions)):
            said = completion if isinstance(completion, list) else [{"role": "assistant", "content": completion}]
            own = [m for m in said if not isinstance(m, dict) or m.get("role", "assistant") == "assistant"]
            for (start, end), message in zip(_runs(np.asarray(mask, dtype=bool)), own):
                event = self.of(message)
                events[row, start:end] = self.names[event] if isinstance(event, str) else event
        return events


class Clusters:
    """The kind of a message: the nearest of so many clusters of an embedding, which go on learning (mini-batch k-means).

    ``embed`` turns a text into a vector. Needs scikit-learn. The first ``count`` messages are only gathered, and are −1.
    """

    def __init__(self, embed: Callable[[str], Any], count: int = 64, seed: int = 1) -> None:
        from sklearn.cluster import MiniBatchKMeans  # pyright: ignore[reportMissingImports]

        self.embed, self.count = embed, count
        self._means = MiniBatchKMeans(count, random_state=seed, n_init="auto", batch_size=max(count, 256))
        self._gathered: list[NDArray[np.float64]] = []
        self._ready = False

    def __call__(self, message: Any) -> int:
        text = message.get("content") if isinstance(message, dict) else message
        vector = np.asarray(self.embed(str(text or "")), dtype=np.float64)
        self._gathered.append(vector)
        if len(self._gathered) >= self.count:
            self._means.partial_fit(np.stack(self._gathered))
            self._gathered, self._ready = [], True
        return int(self._means.predict(vector[None])[0]) if self._ready else -1


def hashed_words(text: str, width: int = 256) -> NDArray[np.float64]:
    """A bag of words of a text, hashed to ``width`` numbers of length 1: an embedding that needs no model."""
    vector = np.zeros(width)
    for word in text.lower().split():
        vector[zlib.crc32(word.encode()) % width] += 1.0
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def spans(rows: Sequence[Sequence[tuple[str | int, int, int]]], length: int, names: Names | None = None) -> Events:
    """Events (B, length) of what you know yourself: for each sequence, (event, from, to) in places."""
    names = Names() if names is None else names
    events = np.full((len(rows), length), -1, dtype=np.int32)
    for row, marked in enumerate(rows):
        for event, start, end in marked:
            events[row, start:end] = names[event] if isinstance(event, str) else event
    return events

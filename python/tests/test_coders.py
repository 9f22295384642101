"""Coders say what recurs, and nothing where there is nothing."""

import pickle

import numpy as np
import pytest

from accumbens import coders

IDS = np.array([[5, 6, 5, 6, 0], [6, 5, 6, 7, 8]])
MASK = np.array([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], dtype=bool)
BATCH = coders.Sequences(IDS, MASK)


def test_equal_n_grams_are_equal_events_and_others_are_not():
    one, two = coders.NGrams(1)(BATCH), coders.NGrams(2)(BATCH)
    assert one[0, 0] == one[0, 2] == one[1, 1] != one[0, 1]
    assert two[0, 1] == two[0, 3] == two[1, 2] and two[0, 2] == two[1, 1] != two[0, 1]
    assert one[0, 4] == two[0, 4] == -1 and one.dtype == np.int32
    wide = coders.NGrams(1)(coders.Sequences(np.arange(20_000)[None], np.ones((1, 20_000), dtype=bool)))
    # About as many collisions as chance has among 2^20 buckets: n²/2m = 191.
    assert 20_000 - len(np.unique(wide)) < 191 + 6 * np.sqrt(191)


def test_places_are_parts_of_the_sequence_itself():
    assert coders.Places(2)(BATCH).tolist() == [[0, 0, 1, 1, -1], [0, 0, 0, 1, 1]]
    assert coders.Places(None)(BATCH).tolist() == [[0, 1, 2, 3, -1], [0, 1, 2, 3, 4]]
    crossed = coders.Crossed(coders.NGrams(1), coders.Places(2))(BATCH)
    assert crossed[0, 0] != crossed[0, 2] and crossed[0, 0] == crossed[1, 1] and crossed[0, 4] == -1


def test_turns_are_runs_of_what_the_policy_wrote_under_the_tool_they_call():
    mask = np.array([[1, 1, 0, 1, 1, 0, 1, 0]], dtype=bool)
    said = [
        {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "search", "arguments": {}}}]},
        {"role": "tool", "content": "found"},
        {"role": "assistant", "tool_calls": [{"function": {"name": "search"}}, {"function": {"name": "open"}}]},
        {"role": "tool", "content": "opened"},
        {"role": "assistant", "content": "42"},
    ]
    coder = coders.Turns()
    events = coder(coders.Sequences(np.zeros((1, 8), dtype=int), mask, [said]))
    assert events.tolist() == [[0, 0, -1, 1, 1, -1, 2, -1]]
    assert [coder.names.name(i) for i in range(3)] == ["search", "search+open", "answer"]
    assert pickle.loads(pickle.dumps(coder))(coders.Sequences(np.zeros((1, 8), dtype=int), mask, [said])).tolist() == (
        events.tolist()
    )
    by_words = coders.Turns(lambda message: len(str(message["content"]).split()))
    assert by_words(coders.Sequences(IDS, MASK, ["a b", "c"])).tolist() == [[2, 2, 2, 2, -1], [1, 1, 1, 1, 1]]
    with pytest.raises(ValueError, match="completions"):
        coder(BATCH)


def test_clusters_gather_first_and_then_tell_kinds_of_step_apart():
    pytest.importorskip("sklearn")
    coder = coders.Clusters(coders.hashed_words, count=2)
    texts = ["add the numbers", "multiply all of it"] * 20
    said = [coder({"content": t}) for t in texts]
    # The first is gathered; the message with which there are enough is already answered.
    assert said[0] == -1 and len({said[i] for i in range(10, 40, 2)}) == 1
    assert said[-1] != said[-2] and min(said[1:]) >= 0


def test_spans_are_events_of_ones_own():
    events = coders.spans([[("plan", 0, 2), ("act", 2, 3)], [("act", 1, 2)]], 4)
    assert events.tolist() == [[0, 0, 1, -1], [-1, 1, -1, -1]]

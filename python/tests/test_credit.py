"""Learning signals from Python against loops written from their definitions."""

import pickle
import tracemalloc

import numpy as np
import pytest

from accumbens import credit
from accumbens._arrays import array_of


def loop(rewards, values, last, terminated, gamma, lam):
    """The advantage loop as trainers write it."""
    out, flow = np.zeros_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        after = values[t + 1] if t + 1 < len(rewards) else last
        delta = rewards[t] + gamma * after * (1 - terminated[t]) - values[t]
        flow = delta + gamma * lam * (1 - terminated[t]) * flow
        out[t] = flow
    return out


def test_generalised_advantages_are_those_of_the_usual_loop_in_both_layouts():
    rng = np.random.default_rng(1)
    rewards, values = rng.normal(size=(2, 50, 7)).astype(np.float32)
    terminated, last = (rng.random((50, 7)) < 0.1).astype(np.float32), rng.normal(size=7).astype(np.float32)
    expected = loop(rewards, values, last, terminated, 0.98, 0.9)
    found = credit.gae(rewards, values, last, terminated, gamma=0.98, lam=0.9)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    turned = credit.gae(rewards.T, values.T, last, terminated.T, gamma=0.98, lam=0.9, layout="sequences")
    np.testing.assert_array_equal(turned, found.T)
    on_policy = credit.vtrace(rewards, values, last, terminated, np.ones_like(rewards), gamma=0.98, lam=0.9)
    np.testing.assert_array_equal(on_policy, found)


def test_arrays_go_in_without_a_copy():
    shape = (2048, 256)
    rewards, values, terminated = np.ones(shape, np.float32), np.ones(shape, np.float32), np.zeros(shape, np.float32)
    assert np.shares_memory(array_of(rewards, np.float32), rewards)
    last = np.zeros(256, np.float32)
    tracemalloc.start()
    found = credit.gae(rewards, values, last, terminated)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # NumPy tells tracemalloc of every array it makes; a copy of one input alone would be two million bytes.
    assert found.shape == shape and peak < 100_000, peak


class Tensor:
    """A tensor that is no NumPy array and speaks DLPack, as torch's do."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **words):
        return self.array.__dlpack__(**words)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_dlpack_tensors_are_taken_without_a_copy():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.shares_memory(array_of(Tensor(array), np.float32), array)
    zero = np.zeros((2, 3), np.float32)
    found = credit.gae(Tensor(array), Tensor(zero), None, Tensor(zero), gamma=1.0, lam=1.0)
    np.testing.assert_allclose(found, array[::-1].cumsum(0)[::-1])


def test_groups_are_those_of_grpo_without_a_prior():
    rewards, groups = np.array([1.0, 0, 0, 1, 5, 6, 7, 4]), np.repeat([0, 1], 4)
    found = credit.group_advantages(rewards, groups, centre="mean", prior=0.0)
    by_group = rewards.reshape(2, 4)
    spread = by_group.std(1, ddof=1, keepdims=True)
    np.testing.assert_allclose(found.reshape(2, 4), (by_group - by_group.mean(1, keepdims=True)) / (spread + 1e-4))


def batch(rng, places=4, count=64):
    """Sequences of coin flips of which the second alone is paid for."""
    flips = rng.integers(0, 2, size=(count, places))
    rewards = flips[:, 1] + 0.1 * rng.normal(size=count)
    return (2 * np.arange(places) + flips).astype(np.int32), rewards, np.arange(count) // 8


def test_the_deciding_event_stands_out_and_a_state_goes_on_where_it_was_kept():
    rng, given = np.random.default_rng(3), credit.Credit(mode="contribution")
    for _ in range(20):
        signal = given(*batch(rng))
    strength = np.abs(signal.weights).mean(0)
    assert strength[1] > 10 * np.delete(strength, 1).max()
    kept, next_batch = pickle.loads(pickle.dumps(given)), batch(rng)
    np.testing.assert_array_equal(kept(*next_batch).advantages, given(*next_batch).advantages)


def test_a_gate_keeps_the_sum_and_a_mask_its_zeros():
    rng, given = np.random.default_rng(4), credit.Credit(mode="gate", gate=0.4)
    for _ in range(20):
        events, rewards, group = batch(rng)
        mask = np.ones(events.shape, bool)
        mask[::3, 3] = False
        signal = given(events, rewards, group, mask=mask)
    assert (signal.advantages[~mask] == 0).all()
    sums = signal.sequences * mask.sum(1)
    np.testing.assert_allclose(signal.advantages.sum(1), sums, rtol=1e-4, atol=1e-4)


def test_channels_come_one_by_one_to_the_end():
    rng = np.random.default_rng(5)
    events, rewards, group = batch(rng)
    both = np.stack([rewards, -rewards], 1)
    signal = credit.Credit(2, weights=[1.0, 0.25])(events, both, group)
    np.testing.assert_allclose(signal.conflict, [[1, -1], [-1, 1]], atol=1e-9)
    alone = credit.Credit()(events, rewards, group)
    np.testing.assert_allclose(signal.sequences, 0.75 * alone.sequences)


def test_contingency_finds_the_cause_and_matches_its_closed_form():
    found = credit.Contingency(3, [2], time=2.0)
    start = 20.0 * np.arange(200)
    times = np.stack([start + 3.0, start + 12.0, start + 13.0], 1).ravel()
    found.observe(np.tile([1, 0, 2], 200), times)
    on = found.on(2)
    # Traces of one and of ten seconds ago, less their means over time: one event in twenty seconds, T = 2 s.
    assert on["predecessor"][0] == pytest.approx(np.exp(-0.5) - 2 / 20, abs=0.001)
    assert on["predecessor"][1] == pytest.approx(np.exp(-5.0) - 2 / 20, abs=0.001)
    assert on["net"][0] > 0 > on["net"][1]
    with pytest.raises(ValueError, match="not before"):
        found.observe([0], [1.0])


def test_adjusted_weights_are_those_of_ordinary_least_squares():
    rng = np.random.default_rng(6)
    traces = rng.normal(size=(300, 4)) * (rng.random((300, 4)) < 0.6)
    outcomes = traces @ [2.0, 0.0, -1.0, 0.5] + 3.0 + rng.normal(size=300)
    found = credit.Adjusted(4, ridge=1e-9)
    found.learn(traces[:100], outcomes[:100])
    found.learn(traces[100:], outcomes[100:])
    design = np.column_stack([traces, np.ones(300)])
    solved, rest, *_ = np.linalg.lstsq(design, outcomes, rcond=None)
    errors = np.sqrt(rest[0] / 295 * np.diag(np.linalg.inv(design.T @ design)))
    weights, found_errors = found.weights()
    np.testing.assert_allclose(weights, solved[:4], rtol=1e-6)
    np.testing.assert_allclose(found_errors, errors[:4], rtol=1e-6)
    with pytest.raises(ValueError, match=r"traces: shape \(2, 3\); expected \(2, 4\)"):
        found.learn(np.zeros((2, 3)), [1.0, 2.0])


def test_bad_input_is_a_value_error_that_says_what_was_expected():
    with pytest.raises(ValueError, match="potential, contribution, gate"):
        credit.Credit(mode="hindsight")
    with pytest.raises(ValueError, match=r"rewards: shape \(4, 3\); expected \(4, 2\)"):
        credit.Credit(2)(np.zeros((4, 5), int), np.zeros((4, 3)), np.zeros(4, int))
    with pytest.raises(ValueError, match="terminated: shape"):
        credit.gae(np.zeros((3, 2)), np.zeros((3, 2)), None, np.zeros((2, 2)))
    with pytest.raises(ValueError, match="0 or more"):
        credit.group_advantages([1.0, 2.0], [0, 0], prior=-1.0)


def test_of_two_sources_that_drift_alike_the_noisier_is_learnt_more_slowly_and_pickling_keeps_what_is_known():
    rng = np.random.default_rng(3)
    at = 0.1 * rng.standard_normal((2000, 2)).cumsum(0)
    numbers = (at + np.array([0.3, 3.0]) * rng.standard_normal((2000, 2))).ravel()
    sources = np.tile([0, 1], 2000)
    values = credit.Values(2, drift=0.005)
    gains = values.learn(sources, numbers).reshape(-1, 2)[500:].mean(0)
    # The steady gain of a Kalman filter to which drift and noise are told; two steps lie between numbers of a source.
    before = [0.5 * (0.01 + np.sqrt(0.01**2 + 4 * 0.01 * noise**2)) for noise in (0.3, 3.0)]
    assert np.allclose(gains, [b / (b + n**2) for b, n in zip(before, (0.3, 3.0))], rtol=0.15)
    again = pickle.loads(pickle.dumps(values))
    assert np.array_equal(again.mean, values.mean) and np.array_equal(again.variance, values.variance)
    with pytest.raises(ValueError, match="below 2"):
        values.learn([2], [1.0])

"""Recordings against what other programs write and read."""

import datetime
import subprocess
import sys

import h5py
import layouts
import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.behavior import BehavioralEpochs, BehavioralEvents, IntervalSeries
from pynwb.event import EventsTable
from pynwb.misc import AnnotationSeries

from accumbens import recordings
from accumbens.recordings import Events, Holdings, Stream

NOW = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)


def nwb_file():
    return NWBFile(session_description="d", identifier="i", session_start_time=NOW, session_id="day1")


def save(nwb, path):
    with NWBHDF5IO(str(path), "w") as io:
        io.write(nwb)
    return recordings.read(path)


def events(recording):
    return {e.name: e for e in recording.events}


def light(n=2000, rate=50.0):
    rng = np.random.default_rng(1)
    time = np.arange(n) / rate
    about = [("indicator", "dLight1.3b"), ("location", "NAcc")]
    green = Stream("green", time, 1 + rng.normal(size=n) / 50, "V", "a", "light", 470.0, 520.0, about)
    violet = Stream("violet", time, 1 + rng.normal(size=n) / 50, "V", "a", "light", 405.0, 520.0, about)
    return green, violet


def test_nwb_comes_back_from_pynwb_and_from_our_reader_as_it_was_written(tmp_path):
    green, violet = light()
    reward = Events("reward", np.array([1.0, 5.5, 20.25]), np.array([1.0, 2.0, 1.0]), np.array([0.1, 0.2, np.nan]))
    recording = Holdings("simulated", [green, violet], [reward, Events("lick", np.array([1.5, 1.7]))], "m1", "day1", "2024-05-01T12:00:00+00:00")
    path = tmp_path / "session.nwb"
    subject = {"species": "Mus musculus", "sex": "F", "age": "P90D"}
    recordings.write_nwb(recording, path, subject=subject, session={"experimenter": ["Doe, Jane"]})
    with NWBHDF5IO(str(path), "r") as io:
        nwb = io.read()
        series = nwb.acquisition["green"]
        assert np.array_equal(series.data[:], green.data) and np.array_equal(series.timestamps[:], green.time)
        row = series.fiber_photometry_table_region.data[0]
        table = nwb.lab_meta_data["fiber_photometry"].fiber_photometry_table
        assert table["excitation_wavelength_in_nm"][row] == 470.0 and table["indicator"][row].label == "dLight1.3b"
        assert np.array_equal(nwb.events["reward"]["timestamp"][:], reward.time)
        assert nwb.subject.subject_id == "m1"
    back = recordings.read(path)
    assert (back.subject, back.session) == ("m1", "day1")
    for stream in (green, violet):
        ours = back[stream.name]
        assert np.array_equal(ours.data, stream.data) and np.array_equal(ours.time, stream.time)
        assert (ours.unit, ours.excitation, ours.emission) == ("V", stream.excitation, 520.0)
        assert dict(ours.about)["indicator"] == "dLight1.3b"
    assert back["violet"].could_be == "reference" and back["green"].could_be == "signal"
    assert np.array_equal(events(back)["reward"].magnitude, reward.magnitude)
    assert np.array_equal(events(back)["reward"].duration, reward.duration, equal_nan=True)


def test_nwbinspector_finds_nothing_critical_in_what_we_write(tmp_path):
    from nwbinspector import Importance, inspect_nwbfile

    green, violet = light()
    recording = Holdings("simulated", [green, violet], [Events("lick", np.array([1.5, 1.7]))], "m1", "day1", "2024-05-01T12:00:00+00:00")
    path = tmp_path / "session.nwb"
    recordings.write_nwb(recording, path, subject={"species": "Mus musculus", "sex": "F", "age": "P90D"})
    found = list(inspect_nwbfile(nwbfile_path=path))
    grave = [m for m in found if m.importance in (Importance.CRITICAL, Importance.ERROR, Importance.PYNWB_VALIDATION)]
    assert not grave, grave


def test_every_kind_of_event_in_nwb_is_found(tmp_path):
    nwb = nwb_file()
    table = EventsTable(name="cues", description="d")
    table.add_column(name="label", description="d")
    for t, label in [(1.0, "tone"), (2.0, "light"), (3.0, "tone")]:
        table.add_row(timestamp=t, duration=0.5, label=label)
    nwb.add_events_table(table)
    nwb.add_trial_column("reward_time", "d")
    nwb.add_trial_column("trial_type", "d")
    nwb.add_trial_column("hit", "d")
    for i in range(4):
        nwb.add_trial(start_time=10.0 * i, stop_time=10.0 * i + 4, reward_time=10.0 * i + 3, trial_type="AB"[i % 2], hit=i > 1)
    epochs = BehavioralEpochs(name="epochs")
    epochs.add_interval_series(IntervalSeries(name="bout", data=[1, -1, 2, -2], timestamps=[1.0, 2.0, 5.0, 9.0]))
    happened = BehavioralEvents(name="happened")
    happened.add_timeseries(TimeSeries(name="pump", data=[2.0, 4.0], timestamps=[7.0, 8.0], unit="uL"))
    module = nwb.create_processing_module("behavior", "d")
    module.add(epochs)
    module.add(happened)
    nwb.add_acquisition(AnnotationSeries(name="notes", data=["start", "stop"], timestamps=[0.5, 50.0]))
    line = np.zeros(1000)
    line[100:150] = 5.0
    line[500:505] = 5.0
    nwb.add_acquisition(TimeSeries(name="ttl", data=line, rate=100.0, unit="V"))
    found = events(save(nwb, tmp_path / "events.nwb"))
    times = {name: list(e.time) for name, e in found.items()}
    assert times == {
        "cues tone": [1.0, 3.0],
        "cues light": [2.0],
        "trials A": [0.0, 20.0],
        "trials B": [10.0, 30.0],
        "trials reward_time": [3.0, 13.0, 23.0, 33.0],
        "bout 1": [1.0],
        "bout 2": [5.0],
        "pump": [7.0, 8.0],
        "start": [0.5],
        "stop": [50.0],
        "ttl": [1.0, 5.0],
    }
    assert list(found["pump"].magnitude) == [2.0, 4.0] and list(found["bout 2"].duration) == [4.0]
    assert list(found["trials A"].duration) == [4.0, 4.0]
    assert np.allclose(found["ttl"].duration, [0.5, 0.05])


def test_series_are_read_by_conversion_links_chunks_columns_and_widths(tmp_path):
    from hdmf.backends.hdf5.h5_utils import H5DataIO

    nwb = nwb_file()
    rng = np.random.default_rng(2)
    first = rng.normal(size=(70_001, 2)).astype("f4")
    stamps = np.cumsum(rng.uniform(0.009, 0.011, 70_001))
    a = TimeSeries(name="a", data=H5DataIO(first, compression="gzip", shuffle=True, chunks=(1000, 1)), unit="V", timestamps=stamps)
    counts = rng.integers(-3000, 3000, 70_001).astype("i2")
    b = TimeSeries(name="b", data=counts, unit="V", conversion=0.5, offset=3.0, timestamps=a)
    nwb.add_acquisition(a)
    nwb.add_acquisition(b)
    path = tmp_path / "series.nwb"
    recording = save(nwb, path)
    assert np.array_equal(recording["a 2"].data, first[:, 1].astype(float))
    assert np.array_equal(recording["b"].data, counts * 0.5 + 3.0)
    assert np.array_equal(recording["b"].time, stamps) and recording["b"].clock == recording["a 1"].clock


@pytest.mark.parametrize("filter", ["gzip", "lzf", "zstd", "lz4", "scaleoffset", "fletcher32"])
def test_filters_of_hdf5_are_undone(tmp_path, filter):
    import hdf5plugin

    data = np.round(np.sin(np.arange(5000) / 50), 2)
    how = {
        "gzip": {"compression": "gzip", "shuffle": True},
        "lzf": {"compression": "lzf", "shuffle": True},
        "zstd": hdf5plugin.Zstd(),
        "lz4": hdf5plugin.LZ4(),
        "scaleoffset": {"scaleoffset": 0},
        "fletcher32": {"fletcher32": True},
    }[filter]
    if filter == "scaleoffset":
        data = np.round(100 * data).astype("i4")
    path = tmp_path / "filtered.nwb"
    with NWBHDF5IO(str(path), "w") as io:
        nwb = nwb_file()
        nwb.add_acquisition(TimeSeries(name="a", data=np.zeros(1), unit="V", rate=20.0))
        io.write(nwb)
    with h5py.File(path, "a") as f:
        attributes = dict(f["acquisition/a/data"].attrs)
        del f["acquisition/a/data"]
        f["acquisition/a"].create_dataset("data", data=data, chunks=(700,), **how).attrs.update(attributes)
    assert np.array_equal(recordings.read(path)["a"].data, data)


def test_parquet_of_pyarrow_is_read_with_its_flags_words_and_dates(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    time = np.arange(1000) / 50
    columns = {"time": time, "470": np.sin(time).astype("f4"), "lick": time % 1 < 0.2}
    path = tmp_path / "light.parquet"
    pq.write_table(pa.table(columns | {"state": ["a"] * 1000}), path, row_group_size=300)
    ours = recordings.read(path)
    assert [s.name for s in ours] == ["470", "lick"] and np.array_equal(ours["470"].data, columns["470"].astype(float))
    assert np.array_equal(ours["lick"].data, columns["lick"].astype(float))
    dates = pa.array([0, 1_500_000, 3_000_000], type=pa.timestamp("us"))
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table({"time": dates, "event": ["cue", "lick", "cue"], "magnitude": [1.0, None, 2.0]}), path)
    found = events(recordings.read(path))
    assert list(found["cue"].time) == [0.0, 3.0] and list(found["cue"].magnitude) == [1.0, 2.0]
    assert list(found["lick"].time) == [1.5]


def test_ndx_events_before_version_three_is_read(tmp_path):
    """The layout of ndx-events 0.2, whose package cannot be installed beside the later one."""
    path = tmp_path / "old.nwb"
    with NWBHDF5IO(str(path), "w") as io:
        io.write(nwb_file())
    with h5py.File(path, "a") as f:
        def group(name, kind):
            g = f["acquisition"].create_group(name)
            g.attrs["neurodata_type"], g.attrs["namespace"] = kind, "ndx-events"
            return g

        group("licks", "Events")["timestamps"] = [1.0, 2.0]
        labelled = group("port", "LabeledEvents")
        labelled["timestamps"] = [3.0, 4.0, 5.0]
        labelled["data"] = np.array([1, 3, 1], dtype="u1")
        labelled["data"].attrs["labels"] = ["", "in", "", "out"]
        table = group("table", "AnnotatedEventsTable")
        table["label"] = np.array(["x", "y"], dtype=h5py.string_dtype())
        table["event_times"] = [6.0, 7.0, 8.0]
        table["event_times_index"] = np.array([1, 3], dtype="u1")
        f["acquisition/loop"] = h5py.SoftLink("/acquisition")
    times = {name: list(e.time) for name, e in events(recordings.read(path)).items()}
    assert times == {"licks": [1.0, 2.0], "port in": [3.0, 5.0], "port out": [4.0], "x": [6.0], "y": [7.0, 8.0]}


def test_convert_writes_nwb_from_the_command(tmp_path):
    (tmp_path / "light.csv").write_text("time,470,405\n" + "".join(f"{i / 10},{i % 7},{i % 3}\n" for i in range(100)))
    words = [sys.executable, "-m", "accumbens", "convert", "light.csv", "light.nwb"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    back = recordings.read(tmp_path / "light.nwb")
    assert np.array_equal(back["470"].data, np.arange(100) % 7)


# --- TDT, against TDT's own package ------------------------------------------------------------------------------


@pytest.mark.parametrize("separate", [False, True])
def test_a_tdt_block_is_read_as_tdts_own_package_reads_it(tmp_path, separate):
    import tdt

    store = layouts.tdt_block(tmp_path / "a-b-1", separate)
    theirs = tdt.read_block(str(tmp_path / "a-b-1"))
    ours = recordings.read(tmp_path / "a-b-1")
    for chan in (1, 2):
        data = ours[f"_465 {chan}"].data
        assert np.array_equal(data, store[chan].astype(float))
        # From separate files TDT's package returns a sample more than there is.
        assert 0 <= theirs.streams._465.data.shape[1] - len(data) <= separate
        assert np.array_equal(data.astype("f4"), theirs.streams._465.data[chan - 1][: len(data)])
    assert abs(ours["_465 1"].rate - theirs.streams._465.fs) < 1e-4
    epoch = events(ours)["PC0/"]
    assert np.allclose(epoch.time, theirs.epocs.PC0_.onset, atol=1e-4)
    assert np.allclose(epoch.time + epoch.duration, theirs.epocs.PC0_.offset, atol=1e-4)
    assert np.array_equal(epoch.magnitude, theirs.epocs.PC0_.data)


# --- Doric and Neurophotometrics, to the published layouts ------------------------------------------------------------


def test_doric_files_of_both_layouts_are_read(tmp_path):
    time = layouts.doric_new(tmp_path / "new.doric")
    ours = recordings.read(tmp_path / "new.doric")
    assert np.array_equal(ours["AIN01xAOUT02-LockIn"].data, np.cos(time)) and ours.started.startswith("Wed")
    assert np.allclose(events(ours)["DigitalIO DIO01"].time, [0, 1, 2, 3, 4])
    layouts.doric_old(tmp_path / "old.doric")
    ours = recordings.read(tmp_path / "old.doric")
    assert np.array_equal(ours["AIn-1 - Raw"].data, np.sin(time)) and np.array_equal(ours["AIn-1 - Raw"].time, time)
    assert len(events(ours)["DI--O-1"].time) == 5


def test_neurophotometrics_words_are_read_by_bit(tmp_path):
    path = tmp_path / "npm.csv"
    layouts.neurophotometrics(path, 9)
    ours = recordings.read(path)
    assert [s.name for s in ours] == ["mPFC 415", "G1 415", "mPFC 470", "G1 470", "mPFC 560", "G1 560"]
    assert list(ours["mPFC 470"].data) == [1, 4, 7] and np.allclose(ours["G1 470"].time, 100 + np.array([1, 4, 7]) * 0.025)
    assert list(ours["mPFC 415"].data) == [3, 6] and ours["mPFC 415"].could_be == "reference"
    assert np.allclose(events(ours)["input_0"].time, [100.1]) and np.allclose(events(ours)["input_0"].duration, [0.05])


def test_mat_files_that_scipy_writes_are_read(tmp_path):
    from scipy.io import savemat

    time = np.arange(300.0) / 30
    log = np.array([[5, 1.0, 0], [7, 2.0, 0], [10, 3.0, 1], [5, 4.0, 0]])
    for compressed in (False, True):
        path = tmp_path / "photometry.mat"
        savemat(path, {"T": time[:, None], "dff": np.sin(time)[:, None], "eventlog": log}, do_compression=compressed)
        ours = recordings.read(path)
        assert np.array_equal(ours["dff"].data, np.sin(time)) and np.array_equal(ours["dff"].time, time)
        assert {n: list(e.time) for n, e in events(ours).items()} == {"code 5": [1, 4], "code 7": [2], "code 10 flagged": [3]}


# --- Cleaning, against SciPy and pybaselines --------------------------------------------------------------------------


def trace(n=6000, rate=20.0):
    rng = np.random.default_rng(4)
    time = np.arange(n) / rate
    data = 2 + np.exp(-time / 80) + rng.normal(size=n) / 20
    data[rng.integers(0, n, 60)] += 1.0
    return Stream("light", time, data)


@pytest.mark.parametrize("order", range(1, 9))
def test_filters_are_scipys(order):
    from scipy import signal

    stream = trace()
    for step, kind in (("low_pass", "low"), ("high_pass", "high")):
        for ends in ("odd", "even"):
            cutoff = 3.0 if kind == "low" else 0.5
            ours = recordings.clean(stream, [{"step": step, "cutoff": cutoff, "order": order, "ends": ends}])
            sos = signal.butter(order, cutoff, kind, fs=20.0, output="sos")
            theirs = signal.sosfiltfilt(sos, stream.data, padtype=ends, padlen=3 * (order + 1))
            assert np.max(np.abs(ours.data - theirs)) < 1e-8


def test_a_missing_sample_does_not_leak_into_a_filter():
    stream = trace()
    stream.data[1000:1010] = np.nan
    ours = recordings.clean(stream, [{"step": "low_pass", "cutoff": 3.0}])
    assert np.array_equal(np.isnan(ours.data), np.isnan(stream.data))
    bridged = np.interp(stream.time, stream.time[np.isfinite(stream.data)], stream.data[np.isfinite(stream.data)])
    there = recordings.clean(Stream("light", stream.time, bridged), [{"step": "low_pass", "cutoff": 3.0}])
    kept = np.isfinite(ours.data)
    assert np.max(np.abs(ours.data[kept] - there.data[kept])) < 1e-12


def test_penalised_baselines_are_those_of_pybaselines():
    from pybaselines import Baseline

    stream = trace(1200, 4.0)
    fitter = Baseline()
    for method, words, theirs in (
        ("asls", {"lambda": 1e5, "asymmetry": 0.02}, fitter.asls(stream.data, lam=1e5, p=0.02)[0]),
        ("airpls", {"lambda": 1e5}, fitter.airpls(stream.data, lam=1e5)[0]),
    ):
        step = {"step": "bleaching", "method": method, "rate": 4.0, **words}
        curve = recordings.clean(stream, [step]).channels["signal bleaching"]
        assert np.max(np.abs(curve - theirs)) < 1e-7, method


def test_bad_input_is_one_error_that_names_the_place(tmp_path):
    (tmp_path / "bad.ppd").write_bytes(b"\x05\x00{}{}{")
    with pytest.raises(ValueError, match="bad.ppd"):
        recordings.read(tmp_path / "bad.ppd")
    with pytest.raises(ValueError, match="cutoff.*below"):
        recordings.clean(trace(), [{"step": "low_pass", "cutoff": 30.0}])
    with pytest.raises(ValueError, match="clean\\[0\\].*cutoff"):
        recordings.clean(trace(), [{"step": "low_pass", "cutoff": -1.0}])


def test_record_writes_a_session_as_nwb_that_pynwb_and_we_read(tmp_path):
    words = [sys.executable, "-m", "accumbens", "record", "amo2022", "--theory", "td_csc", "--sessions", "1"]
    words += ["--set", "fibre.dropped=0.01", "--drug", "cocaine:0.5:iv@60", "--out", "session.nwb"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with NWBHDF5IO(str(tmp_path / "session.nwb"), "r") as io:
        assert io.read().subject.subject_id == "mouse-1"
    recording = recordings.read(tmp_path / "session.nwb")
    assert {stream.name for stream in recording.streams} >= {"signal", "isosbestic"}
    assert any(len(events.time) > 10 for events in recording.events)

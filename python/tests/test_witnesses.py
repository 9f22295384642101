"""What other packages read from the same files. GuPPy, which brings a great deal, is asked where it is installed."""

import layouts
import numpy as np
import pytest

from accumbens import recordings


def events(recording):
    return {e.name: e for e in recording.events}


def test_a_tdt_block_is_read_as_neo_reads_it(tmp_path):
    from neo.rawio import TdtRawIO

    layouts.tdt_block(tmp_path / "a" / "b", separate=False)
    ours = recordings.read(tmp_path / "a" / "b")
    theirs = TdtRawIO(dirname=str(tmp_path / "a"))
    theirs.parse_header()
    for at, chan in enumerate((1, 2)):
        data = theirs.get_analogsignal_chunk(block_index=0, seg_index=0, stream_index=0, channel_indexes=[at])
        assert np.array_equal(ours[f"_465 {chan}"].data.astype("f4"), data[:, 0])
    assert abs(ours["_465 1"].rate - theirs.get_signal_sampling_rate(stream_index=0)) < 1e-4


@pytest.fixture
def guppy():
    return pytest.importorskip("guppy.extractors", reason="GuPPy is not installed")


def theirs(extractor, names):
    return {d["store_id"]: d for d in extractor.read(events=list(names), outputPath="")}


def test_doric_files_of_both_layouts_and_csv_are_read_as_guppy_reads_them(tmp_path, guppy):
    new = {"AIN01xAOUT01-LockIn": "signal_a", "AIN01xAOUT02-LockIn": "control_a", "DigitalIO/DIO01": "ttl"}
    old = {"AIn-1 - Raw": "signal_a", "DI--O-1": "ttl"}
    table = {"AIn-1 - Dem (AOut-1)": "signal_a", "DI/O-1": "ttl"}
    cases = [
        ("new.doric", layouts.doric_new, {f"Series0001/{n}" if "AIN" in n else n: k for n, k in new.items()}),
        ("old.doric", layouts.doric_old, old),
        ("session.csv", layouts.doric_csv, table),
    ]
    for name, write, names in cases:
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        write(folder / name)
        ours = recordings.read(folder / name)
        read = theirs(guppy.DoricRecordingExtractor(str(folder), names), names)
        for store, kind in names.items():
            if kind == "ttl":
                found = [e for n, e in events(ours).items() if n.endswith(store.split("/", 1)[-1]) or n == store]
                # A line that is up from the first sample on has no edge for GuPPy.
                edges = [t for t in found[0].time if t > 0]
                assert np.allclose(edges, read[store]["timestamps"]), (name, store)
            else:
                stream = ours[store.removeprefix("Series0001/")]
                assert np.array_equal(stream.data, read[store]["data"]), (name, store)
                assert np.allclose(stream.time, read[store]["timestamps"]), (name, store)


def test_neurophotometrics_frames_are_parted_as_guppy_parts_them(tmp_path, guppy):
    rows = ["FrameCounter,Timestamp,LedState,mPFC,G1"]
    rows += [f"{i},{100 + i * 0.025},{[1, 2, 4][i % 3]},{i},{10 * i}" for i in range(90)]
    (tmp_path / "npm.csv").write_text("\n".join(rows) + "\n")
    ours = recordings.read(tmp_path / "npm.csv")
    streams = guppy.NpmRecordingExtractor(str(tmp_path), num_ch=3).decompose()
    for key, wavelength in [("chev", 415), ("chod", 470), ("chpr", 560)]:
        for column, region in [(1, "mPFC"), (2, "G1")]:
            read, stream = streams[f"file0_{key}{column}"], ours[f"{region} {wavelength}"]
            assert np.array_equal(stream.data, read["data"])
            # GuPPy gives every wavelength the times of the first; we give each frame its own.
            assert key != "chev" or np.allclose(stream.time, read["timestamps"])


def test_a_tdt_block_is_read_as_guppy_reads_it(tmp_path, guppy):
    layouts.tdt_block(tmp_path / "a-b-1", separate=False)
    ours = recordings.read(tmp_path / "a-b-1")
    read = theirs(guppy.TdtRecordingExtractor(str(tmp_path / "a-b-1")), ["_465", "PC0/"])
    both = read["_465"]["data"].reshape(10, 2, -1)
    for chan in (1, 2):
        assert np.array_equal(ours[f"_465 {chan}"].data.astype("f4"), both[:, chan - 1].ravel())
    assert np.allclose(read["PC0/"]["timestamps"] - read["_465"]["timestamps"][0], events(ours)["PC0/"].time, atol=1e-4)

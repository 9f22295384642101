"""Files written to the published layouts of instruments that no recording at hand came from."""

import struct

import h5py
import numpy as np


def tdt_block(folder, separate):
    """A block as Synapse writes it: one store of two channels, an epoch store with its offsets."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    t0, rate, size = 1_600_000_000.0, 1017.2526, 256
    store = {1: rng.normal(size=10 * size).astype("<f4"), 2: rng.normal(size=10 * size).astype("<f4")}
    records, tev = [], b""

    def record(words, kind, name, chan, sort, time, offset, form, frequency):
        offset = struct.pack("<d", offset) if isinstance(offset, float) else struct.pack("<q", offset)
        records.append(struct.pack("<iI4sHHd", words, kind, name, chan, sort, time) + offset + struct.pack("<if", form, frequency))

    record(10, 0, b"\0\0\0\0", 0, 0, 0.0, 0, 0, 0.0)
    record(10, 0x8801, b"\1\0\0\0", 0, 0, t0, 0, 0, 0.0)
    for block in range(10):
        for chan in (1, 2):
            data = store[chan][block * size : (block + 1) * size].tobytes()
            kind = 0x8101 | (0x10 if separate else 0)
            record(10 + size, kind, b"_465", chan, 0, t0 + block * size / rate, len(tev), 0, rate)
            tev += data
        record(10, 0x101, b"PC0/", 0, 0, t0 + block * 0.25 + 0.01, float(block + 1), 4, 0.0)
        chan, sort = struct.unpack("<HH", b"PC0/")
        record(10, 0x102, b"PC0\\", chan, sort, t0 + block * 0.25 + 0.06, float(block + 1), 4, 0.0)
    record(10, 0x8801, b"\2\0\0\0", 0, 0, t0 + 10 * size / rate, 0, 0, 0.0)
    (folder / "a_b.tsq").write_bytes(b"".join(records))
    if separate:
        (folder / "a_b.tev").write_bytes(b"")
        for chan, data in store.items():
            name = b"_465"
            size_bytes = 40 + data.nbytes
            header = struct.pack("<Q3sB4sHHHHBBH", size_bytes, b"SEV", 3, name, chan, 2, 4, 0, 0, 6, 0)
            (folder / f"a_b__465_Ch{chan}.sev").write_bytes(header.ljust(40, b"\0") + data.tobytes())
    else:
        (folder / "a_b.tev").write_bytes(tev)
    form = {"HeadName": "s", "Enabled": 1, "CircType": 0, "NumChan": 2, "StrobeMode": 0, "TankEvType": kind}
    form = {"StoreName": "_465"} | form | {"NumPoints": size, "DataFormat": 0, "SampleFreq": rate}
    said = "".join(f"NAME={name};TYPE=S;VALUE={value};\r\n" for name, value in form.items())
    (folder / "a_b.Tbk").write_text(f"[STOREHDRITEM]\r\n{said}[USERNOTEDELIMITER]\n")
    (folder / "a_b.Tdx").write_bytes(b"")
    return store


def doric_new(path, rate=100.0, n=500):
    """Doric Neuroscience Studio 6: a dataset of values beside its time."""
    time = np.arange(n) / rate
    with h5py.File(path, "w") as f:
        f.attrs["Created"] = "Wed May 01 12:00:00 2024"
        f.create_group("Configurations")
        series = f.create_group("DataAcquisition/FPConsole/Signals/Series0001")
        for name, data in [("AIN01xAOUT01-LockIn", np.sin(time)), ("AIN01xAOUT02-LockIn", np.cos(time))]:
            group = series.create_group(name)
            group["Values"], group["Time"] = data, time
        lines = series.create_group("DigitalIO")
        lines["DIO01"], lines["Time"] = (time % 1 < 0.1).astype(float), time
    return time


def doric_old(path, rate=100.0, n=500):
    """Doric Neuroscience Studio 5: traces under their console."""
    time = np.arange(n) / rate
    with h5py.File(path, "w") as f:
        f["Traces/Console/AIn-1 - Raw/AIn-1 - Raw"] = np.sin(time)
        f["Traces/Console/DI--O-1/DI--O-1"] = (time % 1 > 0.5).astype(float)
        f["Traces/Console/Time(s)/Console_time(s)"] = time
    return time


def doric_csv(path, rate=100.0, n=500):
    """Doric's CSV: two lines of headers and a comma at the end of each."""
    time = np.arange(n) / rate
    rows = ["---,Analog In. | Ch.1,Digital I/O | Ch.1,", "Time(s),AIn-1 - Dem (AOut-1),DI/O-1,"]
    rows += [f"{t:.4f},{np.sin(t):.9f},{int(t % 1 > 0.5)}," for t in time]
    path.write_text("\n".join(rows) + "\n")
    return time


def neurophotometrics(path, frames=90):
    """Interleaved frames, one colour each, after one with every light on; two regions; an input line in the words."""
    rows = ["FrameCounter,SystemTimestamp,LedState,ComputerTimestamp,mPFC,G1"]
    for i in range(frames):
        word = 7 if i == 0 else [1, 2, 4][i % 3] + (512 if i in (4, 5) else 0)
        rows.append(f"{i},{100 + i * 0.025},{word},{i * 25},{i},{10 * i}")
    path.write_text("\n".join(rows) + "\n")

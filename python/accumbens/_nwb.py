"""Writes recordings as NWB through pynwb, with the extensions ndx-fiber-photometry and ndx-ophys-devices."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from hdmf.backends.hdf5.h5_utils import H5DataIO
from ndx_fiber_photometry import (
    FiberPhotometry,
    FiberPhotometryIndicators,
    FiberPhotometryResponseSeries,
    FiberPhotometryTable,
)
from ndx_ophys_devices import ExcitationSource, FiberInsertion, Indicator, OpticalFiber, Photodetector
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.event import EventsTable
from pynwb.file import Subject

from ._native import __version__

if TYPE_CHECKING:
    from .recordings import Events, Holdings, Stream


def _plain(name: str) -> str:
    """A name that NWB allows."""
    return name.replace("/", "_").replace(":", "_").strip() or "unnamed"


def _said(stream: Stream, *words: str) -> str | None:
    """What the stream says under the first of these words."""
    return next((said for word in words for what, said in stream.about if what == word), None)


class _Optics:
    """The table of what each column of light was, and the devices behind it."""

    def __init__(self, nwb: NWBFile) -> None:
        self.nwb = nwb
        self.table = FiberPhotometryTable(name="fiber_photometry_table", description="A row for each channel of light.")
        self.devices: dict[tuple[str, str], Any] = {}
        self.indicators: dict[str, Indicator] = {}

    def _device(self, kind: type, name: str, **fields: Any) -> Any:
        key = (kind.__name__, name)
        if key not in self.devices:
            self.devices[key] = kind(name=name, description="As the recording says; nothing else is known.", **fields)
            self.nwb.add_device(self.devices[key])
        return self.devices[key]

    def add(self, stream: Stream) -> int | None:
        """Adds a row for a stream; returns its place, or none where no wavelength is known."""
        if stream.kind != "light" or stream.excitation is None:
            return None
        place = _said(stream, "location", "region") or "unknown"
        label = _said(stream, "indicator", "label", "virus") or "unknown"
        if label not in self.indicators:
            name = f"indicator_{len(self.indicators) + 1}"
            self.indicators[label] = Indicator(name=name, label=label, description=label)
        fibre = _plain(f"fibre_{place}")
        self.table.add_row(
            location=place,
            excitation_wavelength_in_nm=float(stream.excitation),
            emission_wavelength_in_nm=float("nan" if stream.emission is None else stream.emission),
            indicator=self.indicators[label],
            optical_fiber=self._device(OpticalFiber, fibre, fiber_insertion=FiberInsertion(name="fiber_insertion")),
            excitation_source=self._device(ExcitationSource, f"excitation_{stream.excitation:.0f}_nm"),
            photodetector=self._device(Photodetector, "photodetector"),
        )
        return len(self.table) - 1

    def region(self, row: int | None) -> Any:
        """What points from a series to its row."""
        if row is None:
            return None
        return self.table.create_fiber_photometry_table_region(region=[row], description="The channel's light.")

    def finish(self) -> None:
        """Puts the table into the file, if it has a row."""
        if len(self.table):
            indicators = FiberPhotometryIndicators(indicators=list(self.indicators.values()))
            self.nwb.add_lab_meta_data(
                FiberPhotometry(
                    name="fiber_photometry",
                    fiber_photometry_table=self.table,
                    fiber_photometry_indicators=indicators,
                )
            )


def _series(nwb: NWBFile, recording: Holdings) -> None:
    optics = _Optics(nwb)
    rows = [optics.add(stream) for stream in recording.streams]
    optics.finish()
    clocks: dict[tuple[str, int], Any] = {}
    for stream, row in zip(recording.streams, rows):
        kept = np.isfinite(stream.time)
        fields: dict[str, Any] = {
            "name": _plain(stream.name),
            "description": "; ".join(f"{what}: {said}" for what, said in stream.about) or f"{stream.name}, as recorded",
            "data": H5DataIO(stream.data[kept], compression="gzip", shuffle=True),
            "unit": stream.unit or "a.u.",
        }
        key = (stream.clock, len(stream.time))
        if stream.rate is not None:
            fields |= {"rate": float(stream.rate), "starting_time": float(stream.start or 0.0)}
        elif key in clocks:
            fields["timestamps"] = clocks[key]
        else:
            fields["timestamps"] = H5DataIO(stream.time[kept], compression="gzip", shuffle=True)
        if stream.kind == "light":
            series = FiberPhotometryResponseSeries(fiber_photometry_table_region=optics.region(row), **fields)
        else:
            series = TimeSeries(**fields)
        clocks.setdefault(key, series)
        nwb.add_acquisition(series)


def _events(nwb: NWBFile, events: Events) -> None:
    table = EventsTable(name=_plain(events.name), description=f"{events.name}, as recorded")
    order = np.argsort(events.time, kind="stable")
    order = order[np.isfinite(events.time[order])]
    sized, lasting = len(events.magnitude) > 0, len(events.duration) > 0
    if sized:
        table.add_column(name="magnitude", description="How much it was.")
    for i in order:
        row: dict[str, Any] = {"timestamp": float(events.time[i])}
        if lasting:
            row["duration"] = float(events.duration[i])
        if sized:
            row["magnitude"] = float(events.magnitude[i])
        table.add_row(**row)
    if len(table):
        nwb.add_events_table(table)


def write(
    recording: Holdings,
    path: str,
    started: datetime,
    description: str,
    subject: dict[str, Any],
    session: dict[str, Any],
) -> None:
    """Writes the file beside its place and puts it there whole."""
    about = {"format": recording.format, "notes": recording.notes}
    fields: dict[str, Any] = {
        "session_description": description,
        "identifier": str(uuid.uuid4()),
        "session_start_time": started,
        "session_id": recording.session,
        "notes": json.dumps(about, ensure_ascii=False),
        "source_script": f"accumbens {__version__}",
        "source_script_file_name": "accumbens.recordings",
    }
    nwb = NWBFile(**(fields | session))
    nwb.subject = Subject(**({"subject_id": _plain(recording.subject or "unknown")} | subject))
    _series(nwb, recording)
    for events in recording.events:
        _events(nwb, events)
    folder = os.path.dirname(os.path.abspath(path))
    handle, making = tempfile.mkstemp(prefix=".accumbens-", suffix=".nwb", dir=folder)
    os.close(handle)
    try:
        with NWBHDF5IO(making, "w") as io:
            io.write(nwb)
        os.chmod(making, 0o644)
        os.replace(making, path)
    except BaseException:
        os.unlink(making)
        raise

"""Arrays for the compiled part."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def array_of(values: Any, dtype: Any, shape: tuple[int, ...] | None = None, name: str = "array") -> NDArray[Any]:
    """An array of this type, in one piece: the very memory of `values` where that is one already."""
    if not isinstance(values, np.ndarray) and hasattr(values, "__dlpack__"):
        values = np.from_dlpack(values)
    array = np.ascontiguousarray(values, dtype=dtype)
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape}; expected {shape}")
    return array

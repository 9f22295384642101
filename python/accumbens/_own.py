"""States of theories written in Python, as text and back."""

import base64
import pickle
from typing import Any


def dumped(state: Any) -> str:
    """The state as text."""
    return base64.b64encode(pickle.dumps(state)).decode("ascii")


def loaded(text: str) -> Any:
    """The state of a text that this process wrote."""
    return pickle.loads(base64.b64decode(text))

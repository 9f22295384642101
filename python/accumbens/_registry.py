"""One class for each theory of the registry, made from what the registry says."""
# pyright: reportUnsupportedDunderAll=false

import inspect
import keyword
from typing import Any

from . import _native
from .theories import Theory

__all__: list[str] = []


def class_name(name: str) -> str:
    """The class of a theory: ``td_csc`` is ``TdCsc``."""
    return "".join(part.capitalize() for part in name.split("_"))


def argument(parameter: str) -> str:
    """The name of a parameter as Python can write it: ``lambda`` is ``lambda_``."""
    return f"{parameter}_" if keyword.iskeyword(parameter) else parameter


def account(info: dict[str, Any]) -> str:
    """A theory's account of itself, with its parameters."""
    lines = [info["account"] or info["summary"], ""]
    if info["parameters"]:
        lines += ["Parameters:"]
    for p in info["parameters"]:
        unit = f", {p['unit']}" if p["unit"] else ""
        source = f" [{p['source']}]" if p["source"] else ""
        lines.append(f"    {p['name']}: {p['doc']} Default {p['default']}{unit}; {p['domain']}.{source}")
    return "\n".join([*lines, "", "Papers: " + ", ".join(info["papers"])]).strip()


def _made(name: str) -> type[Theory]:
    info = _native.Theory.parse(name).info()
    of_class = {
        "_registered": name,
        "name": name,
        "summary": info["summary"],
        "family": info["family"],
        "releases": info["dopamine"],
        "papers": tuple(info["papers"]),
        "speaks": tuple(info["speaks"]),
        "error": info["error"],
        "__doc__": account(info),
        "__module__": "accumbens.theories",
    }
    made = type(class_name(name), (Theory,), of_class)
    only = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(argument(p["name"]), only, default=p["default"]) for p in info["parameters"]]
    made.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return made


for _name in _native.theories():
    globals()[class_name(_name)] = _made(_name)
    __all__.append(class_name(_name))

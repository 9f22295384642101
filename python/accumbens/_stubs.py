"""Writes the stubs of the classes that the registry makes: ``python -m accumbens._stubs``, after a theory has changed."""

from pathlib import Path
from typing import Any

from . import _native
from ._registry import account, argument, class_name

_HEAD = '''"""One class for each theory of the registry. Written by ``python -m accumbens._stubs``."""

from typing import Any

from .theories import Theory

__all__ = [
{names}
]

def class_name(name: str) -> str: ...
def argument(parameter: str) -> str: ...
def account(info: dict[str, Any]) -> str: ...
'''


def _type(parameter: dict[str, Any]) -> str:
    if parameter["words"]:
        return "str"
    if isinstance(parameter["default"], bool):
        return "bool"
    kind = "int" if parameter["domain"].startswith("a whole number") else "float"
    return f"{kind} | None" if parameter["default"] is None else kind


def _class(name: str) -> str:
    info = _native.Theory.parse(name).info()
    rows = info["parameters"]
    said = account(info).replace("\\", "\\\\").replace('"""', "'''")
    body = "\n".join(f"    {line}".rstrip() for line in said.splitlines()).lstrip()
    lines = [f"class {class_name(name)}(Theory):", f'    """{body}\n    """\n']
    for p in rows:
        lines.append(f"    @property\n    def {argument(p['name'])}(self) -> {_type(p)}: ...")
    given = [f"        {argument(p['name'])}: {_type(p)} = {p['default']!r}," for p in rows]
    if given:
        lines += ["    def __init__(", "        self,", "        *,", *given, "    ) -> None: ..."]
    else:
        lines.append("    def __init__(self) -> None: ...")
    return "\n".join(lines)


def stubs() -> str:
    """The text of ``_registry.pyi``."""
    names = _native.theories()
    head = _HEAD.format(names="\n".join(f'    "{c}",' for c in sorted(map(class_name, names))))
    return "\n".join([head, *(f"{_class(n)}\n" for n in names)])


if __name__ == "__main__":
    Path(__file__).with_name("_registry.pyi").write_text(stubs(), encoding="utf-8")

"""Reading a file that a person named."""

from __future__ import annotations

from pathlib import Path

from domain.errors import Invalid, Problem
from domain.policy_file import Source, read_source


def read_text(path: Path) -> str:
    """The text of a file. Raises Invalid when it is not there or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid([Problem(str(path), "this is not UTF-8", "save it as UTF-8")]) from None
    except OSError as error:
        raise Invalid([Problem(str(path), f"cannot be read: {error.strerror}", "check the path")]) from None


def read_file(path: Path) -> Source:
    """The data of a YAML or JSON file with its lines. Raises Invalid."""
    return read_source(read_text(path), str(path))

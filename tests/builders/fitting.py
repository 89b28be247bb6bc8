"""Compares what a table wants to see with what was found."""

from __future__ import annotations

from pydantic import JsonValue


def fits(wanted: JsonValue, found: JsonValue) -> bool:
    """Whether everything wanted is found; an item of a list somewhere in the list, a text at its beginning."""
    match wanted:
        case dict():
            return isinstance(found, dict) and all(fits(value, found.get(name)) for name, value in wanted.items())
        case list() if not wanted:
            return found == []
        case list():
            return isinstance(found, list) and all(any(fits(one, other) for other in found) for one in wanted)
        case str():
            return isinstance(found, str) and found.startswith(wanted)
        case _:
            return wanted == found

"""How many examples property tests try: few in the unit part, as many as asked for elsewhere."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """The usual number, or ARREARS_TEST_EXAMPLES if that is more."""
    asked = os.environ.get("ARREARS_TEST_EXAMPLES")
    return max(usual, int(asked)) if asked else usual

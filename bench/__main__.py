"""All benchmarks: `python -m bench`."""

from __future__ import annotations

import sys

from bench import decide

if __name__ == "__main__":
    sys.exit(decide.main())

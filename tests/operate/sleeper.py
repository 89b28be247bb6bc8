"""A child for stack tests: sleeper.py READY_FILE [stubborn] writes the file and sleeps until it is ended."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(sys.argv[1]).write_text("ready", encoding="ascii")
while True:
    time.sleep(0.05)

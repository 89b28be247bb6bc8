"""A whole stack of one sleeper as a program, to be killed from outside: parent.py FOLDER."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from operate.child import Child
from operate.ready import file_made
from operate.stack import Stack

folder = Path(sys.argv[1])
sleeper = [sys.executable, str(Path(__file__).with_name("sleeper.py")), str(folder / "ready")]
child = Child("sleeper", sleeper, file_made(folder / "ready"), folder / "sleeper.log")
sys.exit(asyncio.run(Stack([child], say=lambda line: None).run()))

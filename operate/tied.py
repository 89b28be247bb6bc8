"""Becomes a program that the kernel kills when the given parent ends: tied.py PARENT_PID PROGRAM ARGUMENT...

A program of its own, no hook between fork and exec: the parent has threads, and Python after fork may hang.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to the parent, then exec. Exit code 127: the program cannot be run."""
    parent, argv = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:  # it ended before we asked
            sys.exit(1)
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        sys.stderr.write(f"cannot run {argv[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main()

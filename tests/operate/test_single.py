"""Two instances never share a data folder, and a dead one does not block the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from operate.single import AlreadyRunning, single_instance


def test_second_instance_is_refused_with_pid_and_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with single_instance(folder), pytest.raises(AlreadyRunning) as refusal, single_instance(folder):
        pass
    assert str(os.getpid()) in str(refusal.value) and "ARREARS_VAR" in str(refusal.value)


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with single_instance(tmp_path):
        pass
    with single_instance(tmp_path):
        assert (tmp_path / "instance.lock").read_text(encoding="ascii") == str(os.getpid())


def test_a_killed_instance_leaves_the_folder_free(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time; from operate.single import single_instance\n"
        "with single_instance(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(AlreadyRunning), single_instance(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with single_instance(tmp_path):
        pass

"""Settings: defaults, overrides, all faults at once, keys made once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from settings import ROOT, SettingsError, load_settings, variable


def test_defaults_are_loopback_and_relative_to_the_repository() -> None:
    settings = load_settings(mode="demo")
    assert settings.database_url == f"sqlite:///{ROOT}/var/demo/arrears.db"
    assert (settings.temporal_host, settings.temporal_port) == ("127.0.0.1", 7233)
    assert settings.api_url == "http://127.0.0.1:8000"
    assert settings.company_path == ROOT / "company" / "demo.yaml"


def test_all_faults_come_at_once_with_the_variable_and_a_near_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_API_PORT", "80000")
    monkeypatch.setenv("ARREARS_CLOCK_SPEED", "0")
    monkeypatch.setenv("ARREARS_CLOCK_EPOCH", "2026-01-05T09:00:00")
    monkeypatch.setenv("ARREARS_TEMPORAL_ADDRESS", "nowhere")
    monkeypatch.setenv("ARREARS_API_PROT", "1")
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    lines = str(refusal.value).splitlines()
    assert lines[0] == "ARREARS_API_PROT: there is no such setting; do you mean ARREARS_API_PORT?"
    named = {line.split(":")[0] for line in lines[1:]}
    assert named == {
        "ARREARS_API_PORT", "ARREARS_CLOCK_SPEED", "ARREARS_CLOCK_EPOCH", "ARREARS_TEMPORAL_ADDRESS",
    }  # fmt: skip


def test_settings_reach_a_child_unchanged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = load_settings(
        var=tmp_path, mode="soak", api_port=8123, clock_epoch="2026-01-05T09:00:00+08:00", gateway_secret="s3"
    )
    for name, value in mine.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == mine


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    settings = load_settings(var=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = {done.result() for done in [pool.submit(settings.token_key) for _ in range(16)]}
    file = settings.var_dir / "secret.key"
    assert keys == {file.read_bytes()} and len(file.read_bytes()) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in settings.var_dir.iterdir()] == ["secret.key"]


def test_a_given_key_is_used(tmp_path: Path) -> None:
    settings = load_settings(var=tmp_path, secret_key="token-key-of-mine")
    assert settings.token_key() == b"token-key-of-mine" and not settings.var_dir.exists()
    assert "token-key-of-mine" not in repr(settings) and variable("secret_key") == "ARREARS_SECRET_KEY"

"""Every setting of a running arrears in one documented place, read from the variables ARREARS_*."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.clock import BusinessClock

ROOT = Path(__file__).resolve().parent
PREFIX = "ARREARS_"
FOREIGN = (f"{PREFIX}TEST_", f"{PREFIX}BENCH_", f"{PREFIX}SOAK_")  # read by test and bench programs only

Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(ValueError):
    """Settings that cannot be used; the message lists all of them with what is expected."""


class Settings(BaseSettings):
    """What may differ between two installations; what a company decides is in `company_file` instead.

    The variable of a field is ARREARS_ and its name in capitals: `api_port` is ARREARS_API_PORT.
    Relative paths start at the repository's root.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    # Where things are kept. Each mode has its own folder, so a demo never meets the data of `up`.
    var: Path = Path("var")  # runtime data of all modes
    mode: str = Field(default="up", pattern=r"^[a-z][a-z0-9-]*$")  # up, demo or soak
    database: str = ""  # SQLAlchemy URL; empty: SQLite in the mode's folder
    policies_dir: Path = Path("policies")
    company_file: Path = Path("company/demo.yaml")
    conduct_dir: Path = Path("policies/conduct")
    conduct: str = Field(default="default", pattern=r"^[a-z0-9_]+(,[a-z0-9_]+)*$")  # packs in force
    texts_dir: Path = Path("texts")  # scripts, messages, forbidden words
    own_text_pass: bool = False  # true: the passes that came with the product do not count, Legal passes every text
    classification: str = "cn"  # id of the regulation on asset classification, in policies/classification
    risk: str = "default"  # id of the pack of risk classes and early-warning indicators, in policies/risk
    listed_customers: Literal["warn", "refuse"] = "warn"  # an import that brings new business of a listed customer
    write_off_limit: Decimal = Field(default=Decimal("100000.00"), ge=0)  # up to which the head of Finance decides

    # The workflow engine.
    temporal_address: str = "127.0.0.1:7233"  # host:port
    temporal_namespace: str = "default"
    temporal_ui_port: Port = 8233
    payload_key: SecretStr | None = None  # seals what the engine keeps of us; absent: generated as below
    payload_keys_before: tuple[SecretStr, ...] = ()  # earlier ones, a JSON list: still open what they sealed
    task_queue: str = "arrears"

    # The audit log.
    audit_secret: SecretStr | None = None  # seals its entries; absent: generated once in the mode's folder

    # The API.
    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    public_url: str = ""  # where customers reach the API, for the links of surveys; empty: as the API is served
    secret_key: SecretStr | None = None  # signs tokens; absent: generated once in the mode's folder
    token_minutes: int = Field(default=480, ge=1)

    # Gateways. The defaults are the stand-ins that `demo` and `up` start.
    sms_url: str = ""  # empty: the stand-in
    letter_url: str = ""  # empty: the stand-in
    signature_url: str = ""
    social_url: str = ""  # empty: the stand-in
    call_url: str = ""  # the dialler; empty: the stand-in
    gateway_secret: SecretStr | None = None  # HMAC key shared with the gateways; absent: generated as above
    smtp_host: str = "127.0.0.1"
    smtp_port: Port = 8026
    mail_from: str = "collections@example.com"
    complaints_maildir: Path | None = None  # where a mail system puts mails to the complaint mailbox; absent: none
    standin_http_port: Port = 8025

    # The business clock: now = epoch + (real now - start) x speed. Production leaves all three alone.
    clock_epoch: AwareDatetime | None = None  # business time at `clock_start`; absent: real time
    clock_start: AwareDatetime | None = None  # real time at which the clock showed `clock_epoch`
    clock_speed: float = Field(default=1.0, gt=0)  # 8640 is one day in ten seconds

    @field_validator("temporal_address")
    @classmethod
    def _has_host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise ValueError("expected host:port, for example 127.0.0.1:7233")
        return value

    @property
    def var_dir(self) -> Path:
        """Folder of this mode's runtime data (database, engine file, logs, keys)."""
        return ROOT / self.var / self.mode

    @property
    def log_dir(self) -> Path:
        return self.var_dir / "log"

    @property
    def worker_ready_file(self) -> Path:
        """Written by the worker when it polls, removed when it ends."""
        return self.var_dir / "worker.ready"

    @property
    def temporal_file(self) -> Path:
        """Where the dev server of `demo`, `up` and `soak` keeps its state."""
        return self.var_dir / "temporal.db"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.var_dir / 'arrears.db'}"

    @property
    def policies_path(self) -> Path:
        return ROOT / self.policies_dir

    @property
    def conduct_path(self) -> Path:
        return ROOT / self.conduct_dir

    @property
    def texts_path(self) -> Path:
        return ROOT / self.texts_dir

    @property
    def classification_path(self) -> Path:
        return self.policies_path / "classification"

    @property
    def risk_path(self) -> Path:
        return self.policies_path / "risk"

    @property
    def retention_path(self) -> Path:
        return self.policies_path / "retention"

    @property
    def conduct_ids(self) -> tuple[str, ...]:
        """The conduct packs in force; of several the strictest wins."""
        return tuple(self.conduct.split(","))

    @property
    def company_path(self) -> Path:
        return ROOT / self.company_file

    @property
    def temporal_host(self) -> str:
        return self.temporal_address.rpartition(":")[0]

    @property
    def temporal_port(self) -> int:
        return int(self.temporal_address.rpartition(":")[2])

    @property
    def api_url(self) -> str:
        return f"http://{self.api_host}:{self.api_port}"

    @property
    def standin_url(self) -> str:
        return f"http://127.0.0.1:{self.standin_http_port}"

    @property
    def sms_endpoint(self) -> str:
        return self.sms_url or self.standin_url

    @property
    def letter_endpoint(self) -> str:
        return self.letter_url or self.standin_url

    @property
    def social_endpoint(self) -> str:
        return self.social_url or self.standin_url

    @property
    def signature_endpoint(self) -> str:
        return self.signature_url or self.standin_url

    @property
    def call_endpoint(self) -> str:
        return self.call_url or self.standin_url

    def token_key(self) -> bytes:
        """Key that signs tokens; made on first use with mode 0600, the same for all processes."""
        return _key(self.secret_key, self.var_dir / "secret.key")

    def gateway_key(self) -> bytes:
        """HMAC key shared with the HTTP gateways; made on first use like `token_key`."""
        return _key(self.gateway_secret, self.var_dir / "gateway.key")

    def payload_keys(self) -> tuple[bytes, ...]:
        """Keys that seal what the engine keeps, the present one first; the first made like `token_key`."""
        before = (key.get_secret_value().encode() for key in self.payload_keys_before)
        return (_key(self.payload_key, self.var_dir / "payload.key"), *before)

    @property
    def audit_key_file(self) -> Path:
        """Where the key of the audit log is kept: never in the database, so that nobody there can seal an entry."""
        return self.var_dir / "audit.key"

    def audit_key(self) -> bytes:
        """HMAC key that seals the entries of the audit log; made on first use like `token_key`."""
        return _key(self.audit_secret, self.audit_key_file)

    def engine(self) -> tuple[str, str, tuple[bytes, ...]]:
        """(address, namespace, keys): what a client of the engine needs."""
        return self.temporal_address, self.temporal_namespace, self.payload_keys()

    def environment(self) -> dict[str, str]:
        """These settings as variables, to hand them to a child process; absent ones are left out."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {variable(name): _text(value) for name, value in given.items() if value is not None}


def load_settings(**override: object) -> Settings:
    """Read the environment; `override` goes before it. Raises `SettingsError` with all faults at once."""
    faults = [_unknown(name) for name in sorted(os.environ) if _is_unknown(name)]
    try:
        settings = Settings(**override)  # pyright: ignore[reportArgumentType]  # pydantic checks the values
    except ValidationError as error:
        faults += [f"{variable(str(e['loc'][0]))}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(faults)) from None
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def business_clock(settings: Settings) -> BusinessClock:
    """The clock of this installation; production leaves epoch, start and speed alone."""
    if settings.clock_epoch is None or settings.clock_start is None:
        return BusinessClock()
    return BusinessClock(epoch=settings.clock_epoch, started=settings.clock_start, speed=settings.clock_speed)


def variable(field: str) -> str:
    """Name of the environment variable of a field."""
    return PREFIX + field.upper()


def _is_unknown(name: str) -> bool:
    if not name.startswith(PREFIX) or name.startswith(FOREIGN):
        return False
    return name[len(PREFIX) :].lower() not in Settings.model_fields


def _unknown(name: str) -> str:
    near = get_close_matches(name, [variable(field) for field in Settings.model_fields], n=1)
    return f"{name}: there is no such setting" + (f"; do you mean {near[0]}?" if near else "; unset it")


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return json.dumps([_text(one) for one in cast("tuple[object, ...]", value)])
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _key(given: SecretStr | None, file: Path) -> bytes:
    if given is not None:
        return given.get_secret_value().encode()
    if not file.exists():
        _make_key(file)
    return file.read_bytes()


def _make_key(file: Path) -> None:
    # Worker and API may start in the same instant: link() publishes a finished file, and only one wins.
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".key-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(48))
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)

"""The Temporal dev server that `demo`, `up` and `soak` run: its command line, and when it is ready."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, ServiceClient

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")  # the default journal is two to three times slower
DYNAMIC_CONFIG = (
    # Without it a timer under a second fires a second late, which a fast business clock would feel.
    'history.timerProcessorMaxTimeShift="10ms"',
)
RETENTION = timedelta(days=365)  # the default namespace would forget a closed case after a day


@dataclass(frozen=True)
class DevServer:
    """One dev server with its file; it listens on loopback only."""

    binary: str
    file: Path
    port: int = 7233
    ui_port: int = 8233
    search_attributes: Mapping[str, str] = field(default_factory=dict[str, str])  # name -> Keyword, Int, Bool ...

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def argv(self) -> list[str]:
        """The command and its arguments."""
        return [
            self.binary,
            *("server", "start-dev", "--ip", "127.0.0.1"),
            *("--port", str(self.port), "--ui-port", str(self.ui_port)),
            *("--db-filename", str(self.file)),
            *_each("--sqlite-pragma", PRAGMAS),
            *_each("--search-attribute", [f"{k}={v}" for k, v in self.search_attributes.items()]),
            *_each("--dynamic-config-value", DYNAMIC_CONFIG),
            *("--ui-disable-news-fetch", "--log-level", "warn", "--color", "never"),
        ]


async def is_serving(address: str) -> bool:
    """Whether a Temporal server answers its health check at `address` (host:port)."""
    try:
        service = await ServiceClient.connect(ConnectConfig(target_host=address))
        return await service.check_health()
    except (RPCError, RuntimeError):  # RuntimeError: nothing listens there yet
        return False


async def keep_closed_workflows(address: str, namespace: str, retention: timedelta = RETENTION) -> None:
    """Set how long a namespace keeps closed workflows; doing it again changes nothing. Raises `RPCError`."""
    ttl = Duration()
    ttl.FromTimedelta(retention)
    service = await ServiceClient.connect(ConnectConfig(target_host=address))
    await service.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=namespace, config=NamespaceConfig(workflow_execution_retention_ttl=ttl))
    )


async def register_search_attributes(address: str, namespace: str, wanted: Mapping[str, str]) -> None:
    """Add what the namespace lacks of `wanted` (name -> Keyword, Int ...). Raises `RPCError`."""
    service = await ServiceClient.connect(ConnectConfig(target_host=address))
    known = await service.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    missing = {name: _value_type(kind) for name, kind in wanted.items() if name not in known.custom_attributes}
    if missing:
        await service.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
        )


async def is_prepared(address: str, namespace: str) -> bool:
    """Ready in the sense of `Child.ready`: the server answers and its namespace keeps what it should."""
    if not await is_serving(address):
        return False
    try:
        await keep_closed_workflows(address, namespace)
    except RPCError:  # the namespace is created a moment after the port opens
        return False
    return True


def _value_type(kind: str) -> IndexedValueType.ValueType:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).upper()  # KeywordList -> KEYWORD_LIST
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{words}")


def _each(flag: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]

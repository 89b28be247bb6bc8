"""Figures for Prometheus: request durations as they happen, the record's figures when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.errors import Transient

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0)
Figures = Callable[[], dict[str, float]]

WHAT = {
    "arrears_open_cases": "Open cases",
    "arrears_held_cases": "Open cases with a hold in force",
    "arrears_open_asks": "Asks that wait for an answer",
    "arrears_overdue_asks": "Asks whose deadline has passed",
    "arrears_pending_notices": "Ledger changes no case was told of yet",
    "arrears_cases_behind": "Open cases that have not read the newest ledger version",
}


class Metrics:
    """The registry of one application; nothing is global."""

    def __init__(self, figures: Figures) -> None:
        self._registry = CollectorRegistry()
        self._durations = Histogram(
            "arrears_request_seconds",
            "Duration of requests",
            ("method", "route", "status"),
            buckets=DURATIONS,
            registry=self._registry,
        )
        self._registry.register(_FromRecord(figures))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._durations.labels(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Everything in the exposition format."""
        return generate_latest(self._registry)


class _FromRecord(Collector):
    """Reads the figures when asked; a database that is away is itself a figure."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def describe(self) -> Iterable[Metric]:
        return [GaugeMetricFamily("arrears_database_up", "1 when the database answers")]

    def collect(self) -> Iterable[Metric]:
        try:
            found, up = self._figures(), 1
        except Transient:
            found, up = {}, 0
        yield GaugeMetricFamily("arrears_database_up", "1 when the database answers", value=up)
        for name, value in found.items():
            yield GaugeMetricFamily(name, WHAT[name], value=value)

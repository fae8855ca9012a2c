"""What is counted, in the text that Prometheus reads. The only module that knows prometheus_client."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.core.scheduling.subscription import FINAL, Outcome

CONTENT_TYPE = CONTENT_TYPE_LATEST
_LATE_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600)
_TOOK_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)


class Metrics:
    """The counters of one process. Every series of `platforms` begins at 0, so that its first step is seen."""

    def __init__(self, platforms: Iterable[str]) -> None:
        self._registry = registry = CollectorRegistry()
        self._lessons = Counter(
            "commonplace_lessons", "Daily lessons by what became of them", ("platform", "outcome"), registry=registry
        )
        self._late = Histogram(
            "commonplace_lesson_lateness_seconds",
            "From when a lesson was due until it was sent",
            ("platform",),
            buckets=_LATE_S,
            registry=registry,
        )
        self._lookups = Counter(
            "commonplace_lookups", "Queries and messages that entries were sought for", ("platform",), registry=registry
        )
        self._took = Histogram(
            "commonplace_lookup_seconds", "How long finding took", ("platform",), buckets=_TOOK_S, registry=registry
        )
        self._reconnects = Counter("commonplace_reconnects", "Connections made anew", ("platform",), registry=registry)
        for platform in platforms:
            for metric in (self._late, self._lookups, self._took, self._reconnects):
                metric.labels(platform)
            for outcome in sorted(FINAL):
                self._lessons.labels(platform, outcome.value)

    def text(self) -> bytes:
        """All of it, in the format that CONTENT_TYPE names."""
        return generate_latest(self._registry)

    def lesson(self, platform: str, outcome: Outcome, late_s: float | None) -> None:
        """A Watch of lessons."""
        self._lessons.labels(platform, outcome.value).inc()
        if late_s is not None:
            self._late.labels(platform).observe(max(late_s, 0.0))

    def reconnected(self, platform: str) -> None:
        self._reconnects.labels(platform).inc()

    @contextmanager
    def lookup(self, platform: str) -> Iterator[None]:
        """Count and time the block."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._lookups.labels(platform).inc()
            self._took.labels(platform).observe(time.perf_counter() - began)

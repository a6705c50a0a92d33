"""Watches the site from before a switch until a while after it."""

from __future__ import annotations

import time
from types import TracebackType

from slipway_host.paths import Paths
from slipway_host.rules import Rules
from slipway_host.watching import judgement, visitors
from slipway_host.watching.prober import Prober
from slipway_host.watching.sample import Sample, failures, measured

BASELINE = 0.5  # seconds of the release before that the next is compared with, at least
GLANCE = 0.05  # seconds between two looks at the prober's samples


class Watch:
    """Used as a context. Where the rules name no domain, nothing is asked and nothing is wrong."""

    def __init__(self, paths: Paths, rules: Rules, seconds: float) -> None:
        self.log, self.rules, self.seconds = paths.access_log, rules, seconds
        self.prober = Prober(paths.nginx, rules.domain) if rules.domain else None
        self.asking, self.began = False, 0.0
        self.switch: float | None = None
        self.switch_clock = 0.0
        self.visits: list[Sample] = []

    def begin(self) -> None:
        """Called while the release before still serves: what it answers is the measure for the next."""
        if self.prober and not self.asking:
            self.asking, self.began = True, time.monotonic()
            self.prober.begin()

    def baseline(self) -> None:
        """Returns once enough is known of the release before; mostly at once, since steps take their time."""
        if self.asking:
            time.sleep(max(0.0, self.began + BASELINE - time.monotonic()))

    def switched(self) -> None:
        """Called when the next release serves."""
        self.switch, self.switch_clock = time.monotonic(), time.time()
        self.begin()

    def trouble(self) -> str | None:
        """Waits for the end of the window, or for the first trouble; a sentence's end, None where all is well."""
        if not self.prober or self.switch is None:
            return None
        while time.monotonic() < self.switch + self.seconds:
            if judgement.failing(*self.halves(), "requests of the prober"):
                break
            time.sleep(GLANCE)
        self.end()
        since = [visit for visit in self.visits if visit.ended - visit.seconds >= self.switch_clock]
        before = [visit for visit in self.visits if visit.ended < self.switch_clock]
        limit = self.rules.watch_max_p99_ms
        return judgement.of_prober(*self.halves(), limit) or judgement.of_visitors(before, since, limit)

    def halves(self) -> tuple[list[Sample], list[Sample]]:
        """What was answered before the switch, and since."""
        samples = list(self.prober.samples) if self.prober else []
        moment = self.switch or time.monotonic()
        return [each for each in samples if each.ended < moment], [each for each in samples if each.ended >= moment]

    def end(self) -> None:
        if self.prober and self.asking:
            self.prober.end()
            self.asking = False
            self.visits = visitors.read(self.log)

    def measured(self) -> dict[str, float] | None:
        """The prober's figures of the whole switch."""
        return measured(self.prober.samples) if self.prober and self.prober.samples else None

    def said(self) -> str | None:
        """The figures for people, in one line."""
        figures = self.measured()
        if figures is None:
            return None
        since = [visit for visit in self.visits if visit.ended >= self.switch_clock]
        return (
            f"{figures['requests']} requests meanwhile, {figures['failures']} failed, p50 {figures['p50_ms']:g} ms, "
            f"p99 {figures['p99_ms']:g} ms, longest {figures['longest_ms']:g} ms; "
            f"{len(since)} of visitors since, {len(failures(since))} failed"
        )

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

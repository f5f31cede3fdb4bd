"""A measurement that runs beside the page: started, watched and stopped by the visitor, one at a time for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

ABANDONED_S = 20.0  # without a look from the page, a measurement is given up: the visitor has left

_TURN = threading.Lock()  # two measurements at a time would slow each other down, and show it


@dataclass
class Measurement:
    """Rows that a background thread adds one by one.

    rows: so far. failure: what went wrong, or "". waiting: another visitor's measurement comes first.
    """

    rows: list[Any] = field(default_factory=list)
    waiting: bool = False
    failure: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _seen: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> bool:
        """Tell whether no more rows will come, for whatever reason."""
        return self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end at most so long; tell whether it has come."""
        return self._ended.wait(seconds)

    @property
    def stopped(self) -> bool:
        """Tell whether it was stopped before its end."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the thread to end; what is measured stays."""
        self._stop.set()

    def seen(self) -> None:
        """Note that somebody still looks."""
        self._seen = time.monotonic()

    def should_stop(self) -> bool:
        """Tell the thread whether to end."""
        return self._stop.is_set() or time.monotonic() - self._seen > ABANDONED_S

    def run(self, rows: Callable[[Callable[[], bool]], Iterator[Any]]) -> None:
        """Wait for a turn, then gather the rows; for the thread."""
        try:
            self.waiting = True
            while not _TURN.acquire(timeout=0.1):
                if self.should_stop():
                    return
            try:
                self.waiting = False
                self.rows.extend(rows(self.should_stop))
            finally:
                _TURN.release()
        except (ValueError, RuntimeError, MemoryError) as error:
            self.failure = str(error) or type(error).__name__
        finally:
            self.waiting = False
            self._ended.set()


def start(rows: Callable[[Callable[[], bool]], Iterator[Any]]) -> Measurement:
    """Start a measurement. rows: takes a function that says when to stop, and yields one row after the other."""
    measurement = Measurement()
    threading.Thread(target=measurement.run, args=(rows,), daemon=True).start()
    return measurement

"""A slider of the playground against a bare Streamlit page: python -m tests.benchmarks.bench_playground

The bare page has one slider and one Plotly figure as wide and high as the playground's picture, and its figure says the
slider's value. Both are served on this machine and opened in one real Chromium, each in its own tab. One change is one
press of an arrow key on the slider; timed is what a visitor waits: from the key to the first frame in which the picture
shows other numbers, by the browser's own clock. The pages take turns, bare first in one pair and second in the next, so
that whatever else the machine does hits both alike. The first changes are discarded: they fill caches.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS, ROOT, START_LIMIT_S, free_port, settle

AIM = 1.5  # times the bare page
CHANGES, DISCARDED = 30, 2
WINDOW = {"width": 1440, "height": 900}

BARE_PAGE = """
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
value = st.slider("Value", 0.1, 5.0, 1.0, 0.1, key="bare")
places = [i / 10 for i in range(101)]
figure = go.Figure(go.Scatter(x=places, y=[place ** value for place in places]))
figure.update_layout(title=f"value {value:.1f}", height=HEIGHT)
st.plotly_chart(figure)
"""

# Text of an element and of all shadow trees below it; what is hidden from sight may be in it, but changes just as late.
WATCH = """
(selector) => {
  const text = (node) => node.nodeType === Node.TEXT_NODE ? node.data
    : [...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes].map(text).join(" ");
  const shown = () => [...document.querySelectorAll(selector)].map(text).join(" ");
  const before = shown();
  window.change = new Promise((resolve) => {
    let start = null;
    document.addEventListener("keydown", () => { start = performance.now(); }, { capture: true, once: true });
    const look = () => {
      if (start !== null && shown() !== before) {
        requestAnimationFrame(() => resolve(performance.now() - start));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
}
"""


@dataclass
class Slider:
    """One page with a slider to move and a picture to watch."""

    title: str
    page: Any
    slider: str
    picture: str
    key: str = "ArrowRight"
    seconds: list[float] = field(default_factory=list)

    def change(self) -> float:
        """Move the slider by one step, and return the seconds until the picture shows it."""
        settle(self.page)
        self.page.bring_to_front()
        thumb = self.page.locator(f"{self.slider} input[type=range]").first
        now, low, high = thumb.evaluate("(range) => [range.value, range.min, range.max].map(Number)")
        if now >= high or now <= low:
            self.key = "ArrowLeft" if now >= high else "ArrowRight"
        thumb.focus()
        self.page.evaluate(WATCH, self.picture)
        self.page.keyboard.press(self.key)
        return self.page.evaluate("window.change") / 1000


def measure(bare: Slider, ours: Slider, changes: int) -> None:
    """Let both pages take turns, and keep all changes but the first."""
    for number in range(DISCARDED + changes):
        for one in (bare, ours) if number % 2 else (ours, bare):
            seconds = one.change()
            if number >= DISCARDED:
                one.seconds.append(seconds)


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]


def report(bare: Slider, ours: Slider) -> bool:
    """Print both and the ratio; return whether the aim is kept."""
    middle, late = (
        [f(one.seconds) for one in (bare, ours)] for f in (statistics.median, lambda s: percentile(s, 0.95))
    )
    for i, one in enumerate((bare, ours)):
        print(f"{one.title:<28}median {1000 * middle[i]:6.0f} ms   95th percentile {1000 * late[i]:6.0f} ms")
    ratios = middle[1] / middle[0], late[1] / late[0]
    print(f"{'ratio':<28}median {ratios[0]:6.2f}      95th percentile {ratios[1]:6.2f}      aim ≤ {AIM}", flush=True)
    return max(ratios) <= AIM


@contextmanager
def served(script: Path, folder: Path) -> Iterator[str]:
    """Serve a Streamlit script from a folder, and yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _address(process, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _address(process: subprocess.Popen, port: int) -> str:
    address, end = f"http://127.0.0.1:{port}", time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address + "/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return address
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answered at {address}; does `streamlit run` work here?")


def open_tab(context: Any, address: str, picture: str) -> Any:
    page = context.new_page()
    page.set_default_timeout(1000 * START_LIMIT_S)
    page.goto(address)
    page.locator(picture).first.wait_for()
    settle(page)
    return page


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sliders", nargs="+", default=["T"], help="fields of the playground, such as T, n, m, d")
    parser.add_argument("--changes", type=int, default=CHANGES, help="measured on each page")
    parser.add_argument("--link", default="", help="the state to open, such as preset=dot&n=12")
    chosen = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, served(ROOT / "app.py", ROOT) as ours:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGS))
        context = browser.new_context(viewport=WINDOW, reduced_motion="reduce")
        picture = ".st-key-playground_picture"
        playground = open_tab(context, f"{ours}/playground?{chosen.link}", picture)
        height = round(playground.locator(picture).first.bounding_box()["height"])
        script = Path(name) / "bare.py"
        script.write_text(BARE_PAGE.replace("HEIGHT", str(height)))
        with served(script, Path(name)) as address:
            bare = open_tab(context, address, ".js-plotly-plot .gtitle")
            print(
                f"load average {os.getloadavg()[0]:.1f}; picture {WINDOW['width']} × {height}; {chosen.changes} changes"
            )
            for field_name in chosen.sliders:
                pair = (
                    Slider("bare page", bare, ".st-key-bare", ".js-plotly-plot"),
                    Slider(f"playground, {field_name}", playground, f".st-key-playground_{field_name}", picture),
                )
                measure(*pair, chosen.changes)
                kept &= report(*pair)
        browser.close()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()

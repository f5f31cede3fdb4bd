"""A running app and a real Chromium that tolerates no console error and no request to another machine."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_LIMIT_S = 120
WAIT_MS = 90_000  # a page takes one or two seconds; a machine that trains models beside needs patience

# Opened at the address of a page, Streamlit first asks for its own health below that address, and is told 404.
PROBE = re.compile(r"^http://127\.0\.0\.1:\d+/\w+/_stcore/(health|host-config)$")

# Runs in the server before anything else and notes every address that Python asks for or connects to.
AUDIT = """
import os, sys

def note(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        target = args[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else args[1]
        if isinstance(target, tuple):
            target = target[0]
        if not (isinstance(target, str) and target.startswith(("/", chr(0)))):
            with open(os.environ["AUDIT_LOG"], "a") as log:
                log.write(f"{event} {target}\\n")

sys.addaudithook(note)
"""


@dataclass
class Server:
    """A running app."""

    url: str
    audit_log: Path

    def calls_away(self) -> list[str]:
        """Return each address off this machine that the server has asked for since it was started."""
        lines = self.audit_log.read_text().splitlines() if self.audit_log.exists() else []
        return [line for line in lines if not is_loopback(line.partition(" ")[2])]


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    if host in ("localhost", "None", ""):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_server(folder: Path) -> tuple[Server, subprocess.Popen]:
    """Start the command of the README on a free port, and wait until it answers."""
    port = free_port()
    (folder / "sitecustomize.py").write_text(AUDIT)
    server = Server(f"http://127.0.0.1:{port}", folder / "audit.log")
    environment = {**os.environ, "PYTHONPATH": str(folder), "AUDIT_LOG": str(server.audit_log)}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(server.url + "/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return server, process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the app did not start:\n" + (folder / "server.log").read_text())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, started as a visitor would start it."""
    server, process = start_server(tmp_path_factory.mktemp("server"))
    yield server
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def app_url(server: Server) -> str:
    """The address of the running app, without a slash at the end."""
    return server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; install it or set CHROMIUM to its path")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGS))
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page did that it must not do."""

    console: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)

    def on_console(self, message: Any) -> None:
        if message.type == "error" and not PROBE.match(message.location.get("url", "")):
            self.console.append(f"{message.text} ({message.location.get('url', '')})")

    def on_address(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "about") and not is_loopback(parts.hostname or ""):
            self.away.append(address)

    def follow(self, page: Any) -> None:
        """Watch a page, and each page that it opens."""
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.on_address(request.url))
        page.on("websocket", lambda websocket: self.on_address(websocket.url))
        page.set_default_timeout(WAIT_MS)


@pytest.fixture
def open_window(browser: Any) -> Iterator[Any]:
    """A function that opens a watched window: `open_window(width, height, scheme)`; the watch is read at the end."""
    watch, contexts = Watch(), []

    def open_one(width: int = 1440, height: int = 900, scheme: str = "light", **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        context.on("page", watch.follow)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert not watch.console, f"errors in the console: {watch.console}"
    assert not watch.away, f"requests to other machines: {watch.away}"


@pytest.fixture
def page(open_window: Any) -> Any:
    """A window 1440 wide, light."""
    return open_window()


@pytest.fixture
def phone(open_window: Any) -> Any:
    """A window as wide as a phone, light."""
    return open_window(390, 844, has_touch=True)


def settle(page: Any) -> None:
    """Wait until the page has run and draws nothing more."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_selector('[data-testid="stSkeleton"], [data-stale="true"]', state="detached")


# Streamlit 1.67 puts a div around each group of links inside the menu's list; nothing but its own code can change that.
MENU_RULES = ("list", "listitem")


def is_menu(page: Any, node: dict) -> bool:
    """Tell whether axe found something in Streamlit's own menu of a narrow window."""
    return page.locator(node["target"][0]).evaluate("e => e.closest('[data-testid=stSidebarNav]') !== null")


def violations(page: Any) -> list[str]:
    """Return what axe finds against WCAG 2.0–2.2, A and AA: rule, place."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    found = axe.Axe().run(page, options=rules).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
        if not (one["id"] in MENU_RULES and is_menu(page, node))
    ]


@pytest.fixture
def accessible() -> Any:
    """A function that fails with axe's findings: `accessible(page)`."""

    def check(page: Any) -> None:
        found = violations(page)
        assert not found, "\n".join(found)

    return check

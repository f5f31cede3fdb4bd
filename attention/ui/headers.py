"""The security headers of every answer: nothing is loaded from, or sent to, another machine."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def inline_script_hashes(html: str) -> list[str]:
    """Return the CSP source of each inline script, 'sha256-…', so that these and no others may run."""
    bodies = INLINE_SCRIPT.findall(html)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies]


def content_policy() -> str:
    """Return the Content-Security-Policy that Streamlit's own page needs, and no more.

    blob: scripts are how Streamlit loads inline components; blob: and data: images are how charts are saved;
    inline styles are how its elements are laid out.
    """
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = " ".join(["'self'", "blob:", *inline_script_hashes(index.read_text(encoding="utf-8"))])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "frame-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def header_table() -> dict[str, str]:
    """Return the headers by name."""
    return {
        "Content-Security-Policy": content_policy(),
        "X-Frame-Options": "SAMEORIGIN",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "microphone=(self), camera=(self), geolocation=(), payment=(), usb=()",
    }


class HeaderMiddleware:
    """ASGI middleware that adds fixed headers to every HTTP answer, replacing any of the same name."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: dict, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ours = {name for name, _ in self.headers}

        async def send_with_headers(message: dict) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
                message = {**message, "headers": [*kept, *self.headers]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def security_headers() -> list[Middleware]:
    """Return the middleware list for `st.App`."""
    return [Middleware(HeaderMiddleware, headers=header_table())]

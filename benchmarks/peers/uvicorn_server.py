"""Uvicorn as its makers recommend it: on uvloop, with httptools."""

from __future__ import annotations

from typing import Any

import uvicorn

from .services import Arguments, announce, listen


def serve(app: Any, arguments: Arguments) -> None:
    """Serve an ASGI application."""
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", lifespan="off", log_level="warning", access_log=False
    )
    with listen(arguments.port) as socket:
        announce(socket.getsockname()[1])
        uvicorn.Server(config).run([socket])

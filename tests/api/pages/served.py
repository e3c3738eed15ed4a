"""The application on a real port of this machine, for browsers and for the sandbox's people."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from forbear.services.ports import free_port


class Served(Protocol):
    """Whatever holds an application: the borrowers' site, or the desk of staff."""

    app: FastAPI


@contextmanager
def served(site: Served, port: int = 0) -> Generator[str]:
    """The site's address while it is served; links already made still name the configured one."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(site.app, port=port, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)

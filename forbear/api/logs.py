"""Log lines of the API's process: one JSON object a line, with machine time from the clock's own source."""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

from forbear.clock import machine_time


def configure(level: str) -> None:
    """Set up structlog once for the process; what a program set up before stays."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[structlog.processors.add_log_level, _stamp, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )


def _stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["at"] = machine_time().isoformat()
    return event

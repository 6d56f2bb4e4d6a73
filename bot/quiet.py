"""Keeps words that somebody wrote out of what libraries log."""

from __future__ import annotations

import logging


def without_traceback(name: str) -> None:
    """The records of that logger lose their tracebacks: these may quote what somebody sent, and fill pages."""
    logger = logging.getLogger(name)
    if _plain not in logger.filters:
        logger.addFilter(_plain)


def _plain(record: logging.LogRecord) -> bool:
    record.exc_info = None
    return True

"""Waits until the server on a port can do its work; nothing but the standard library."""

from __future__ import annotations

import sys
import time
from http.client import HTTPConnection, HTTPException

_PATIENCE_S = 110.0
_PAUSE_S = 0.2


def is_ready(port: int) -> bool:
    """Whether `/readyz` answers 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main(port: int) -> int:
    """0 when it is ready, 1 when the patience is over."""
    end = time.monotonic() + _PATIENCE_S
    while not is_ready(port):
        if time.monotonic() > end:
            return 1
        time.sleep(_PAUSE_S)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))

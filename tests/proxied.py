"""WeChat's side when a proxy with TLS stands before the servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.nginx_side import Nginx
from tests.platform.pushing import Manner, Platform
from tests.two_servers import AES_KEY, APP_ID, TOKEN, Site


class TlsPlatform(Platform):
    """As `Platform`, to the proxy, whose certificate only the tests trust."""

    def __init__(self, proxy: Nginx, **more: Any) -> None:
        super().__init__(proxy.url, TOKEN, APP_ID, AES_KEY, **more)
        self._trusted = proxy.trusted

    async def __aenter__(self) -> TlsPlatform:
        connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=self._trusted)
        self._http = aiohttp.ClientSession(connector=connector, headers={"Content-Type": "text/xml"})
        return self


@dataclass
class ProxiedSite(Site):
    """A site that is reached through the proxy only."""

    proxy: Nginx | None = None

    def platform(self, manner: Manner | None = None, url: str | None = None, **more: Any) -> Platform:
        """The pushing side, at the proxy."""
        assert self.proxy
        assert url is None
        named = {"manner": manner, "ledger": self.account.ledger, "chance": self.chance, **more}
        return TlsPlatform(self.proxy, **named)

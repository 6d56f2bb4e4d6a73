"""Reads REDIS_URL: one server, a Sentinel or a Cluster."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from bot.errors import SettingError

_TLS = {"ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
# Which options each kind of address may carry; any other would change how the bytes are read, or be unknown.
_OPTIONS = {
    "redis": {"db"},
    "rediss": {"db"} | _TLS,
    "unix": {"db", "password"},
    "redis+sentinel": {"db"},
    "redis+cluster": set[str](),
}


@dataclass(frozen=True, slots=True)
class Single:
    """`redis://`, `rediss://` or `unix://`, as redis-py reads it."""

    url: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Any one node, from which the others are learnt; `url` begins with `redis://`."""

    url: str


@dataclass(frozen=True, slots=True)
class Sentinels:
    """`name` is the primary's name; user and password are the Redis servers', not the Sentinels'."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    username: str | None = None
    password: str | None = None
    db: int = 0


def read_address(url: str) -> Single | Cluster | Sentinels:
    """Raises `SettingError`, which never quotes the address: it may hold a password."""
    try:
        return _read(url)
    except ValueError as error:
        forms = "redis://host:6379/0, rediss://…, unix:///path/to.sock, redis+sentinel://host:26379/name"
        raise SettingError(
            f"REDIS_URL cannot be read: {error}; write {forms} or redis+cluster://host:6379",
            field="REDIS_URL",
        ) from None


def _read(url: str) -> Single | Cluster | Sentinels:
    scheme = _checked_scheme(url)
    if scheme == "redis+sentinel":
        return _sentinels(url)
    if scheme == "unix":
        return Single(_with_a_path(url))
    parts = urlsplit(url)
    _host(parts.netloc.rpartition("@")[2])
    database = parts.path.strip("/")
    if database and not database.isdecimal():
        raise ValueError("the database after the host is not a number")
    if scheme == "redis+cluster" and int(database or 0):
        raise ValueError("a Cluster has no numbered databases")
    return Cluster(url.replace("redis+cluster", "redis", 1)) if scheme == "redis+cluster" else Single(url)


def _checked_scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        # Its words would quote the address.
        raise ValueError("a part of it is malformed") from None
    if parts.scheme not in _OPTIONS:
        raise ValueError("it begins with a scheme that is not known")
    if unknown := parse_qs(parts.query, keep_blank_values=True).keys() - _OPTIONS[parts.scheme]:
        raise ValueError(f"it has options that are not known here: {', '.join(sorted(unknown))}")
    return parts.scheme


def _with_a_path(url: str) -> str:
    if not urlsplit(url).path.strip("/"):
        raise ValueError("the socket's path is missing")
    return url


def _sentinels(url: str) -> Sentinels:
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    username, _, password = (unquote(part) or None for part in login.partition(":"))
    name = parts.path.strip("/")
    if not name:
        raise ValueError("the primary's name is missing after the Sentinels")
    db = parse_qs(parts.query).get("db", ["0"])[0]
    if not db.isdecimal():
        raise ValueError("db is not a number")
    return Sentinels(tuple(map(_host, hosts.split(","))), name, username, password, int(db))


def _host(text: str) -> tuple[str, int]:
    """`host`, `host:port` or `[v6]:port`."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("a port is not a number between 0 and 65535") from None
    if not host:
        raise ValueError("a host is missing")
    return host, port or 26379

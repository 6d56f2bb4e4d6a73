"""Reads REDIS_URL: one server, a Sentinel or a Cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from bot.errors import SettingError

_TLS = {"ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
# Which options each kind of address may carry; any other would change how the bytes are read, or be unknown.
_OPTIONS = {
    "redis": {"db"},
    "rediss": {"db"} | _TLS,
    "unix": {"db", "password"},
    "redis+sentinel": {"db", "replicas"},
    "rediss+sentinel": {"db", "replicas"} | _TLS,
    "redis+cluster": {"replicas"},
    "rediss+cluster": {"replicas"} | _TLS,
}
_SENTINEL_PORT, _PORT = 26379, 6379


@dataclass(frozen=True, slots=True)
class Single:
    """`redis://`, `rediss://` or `unix://`, as redis-py reads it. Its replicas are not waited for."""

    url: str
    replicas: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Some of the nodes, from which the others are learnt; `url` names the first and begins with `redis://` or
    `rediss://`. `replicas` is how many must have what lasts before anybody is told that it is kept."""

    url: str
    hosts: tuple[tuple[str, int], ...]
    replicas: int = 0


@dataclass(frozen=True, slots=True)
class Sentinels:
    """`name` is the primary's name; user and password are the Redis servers', not the Sentinels'. `tls` are the
    options of TLS as redis-py names them, for both; None where the wire is plain. `replicas` as in `Cluster`."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    username: str | None = None
    password: str | None = None
    db: int = 0
    tls: Mapping[str, str | bool] | None = None
    replicas: int = 0


def read_address(url: str) -> Single | Cluster | Sentinels:
    """Raises `SettingError`, which never quotes the address: it may hold a password."""
    try:
        return _read(url)
    except ValueError as error:
        forms = "redis://host:6379/0, rediss://…, unix:///path/to.sock, redis+sentinel://host:26379/name"
        raise SettingError(
            f"REDIS_URL cannot be read: {error}; write {forms} or redis+cluster://host:6379,host:6379",
            field="REDIS_URL",
        ) from None


def address_for_jobs(url: str) -> str:
    """The same address as the library of the jobs reads it: a Sentinel's database stands in the path.

    Raises `SettingError` as `read_address`. Several hosts of a Cluster stay: it takes one of them at a time.
    """
    at = read_address(url)
    if isinstance(at, Single):
        return url
    parts = urlsplit(url)
    path = f"/{at.name}/{at.db}" if isinstance(at, Sentinels) else ""
    left = [(name, value) for name, value in parse_qsl(parts.query) if name in _TLS]
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(left), ""))


def _read(url: str) -> Single | Cluster | Sentinels:
    scheme = _checked_scheme(url)
    if scheme.endswith("+sentinel"):
        return _sentinels(url)
    if scheme.endswith("+cluster"):
        return _cluster(url)
    if scheme == "unix":
        return Single(_with_a_path(url))
    parts = urlsplit(url)
    _host(parts.netloc.rpartition("@")[2])
    _database(parts.path)
    return Single(url)


def _database(path: str) -> int:
    database = path.strip("/")
    if database and not database.isdecimal():
        raise ValueError("the database after the host is not a number")
    return int(database or 0)


def _cluster(url: str) -> Cluster:
    parts = urlsplit(url)
    if _database(parts.path):
        raise ValueError("a Cluster has no numbered databases")
    login, at, named = parts.netloc.rpartition("@")
    hosts = tuple(_host(one, _PORT) for one in named.split(","))
    first = f"{login}{at}{named.partition(',')[0]}"
    options = dict(parse_qsl(parts.query))
    replicas = _count(options.pop("replicas", "0"), "replicas")
    scheme = parts.scheme.partition("+")[0]
    return Cluster(urlunsplit((scheme, first, "", urlencode(options), "")), hosts, replicas)


def _count(text: str, what: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{what} is not a number")
    return int(text)


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
    options = {option: values[0] for option, values in parse_qs(parts.query).items()}
    db = _count(options.pop("db", "0"), "db")
    replicas = _count(options.pop("replicas", "0"), "replicas")
    found = tuple(_host(one) for one in hosts.split(","))
    tls = _tls(options) if parts.scheme == "rediss+sentinel" else None
    return Sentinels(found, name, username, password, db, tls, replicas)


def _tls(options: Mapping[str, str]) -> Mapping[str, str | bool]:
    check = {"ssl_check_hostname": options.get("ssl_check_hostname", "true").lower() in ("true", "yes", "1")}
    return {**options, **check}


def _host(text: str, otherwise: int = _SENTINEL_PORT) -> tuple[str, int]:
    """`host`, `host:port` or `[v6]:port`."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("a port is not a number between 0 and 65535") from None
    if not host:
        raise ValueError("a host is missing")
    return host, port or otherwise

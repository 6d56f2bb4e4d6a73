"""The service platforms of counties, from the file that SERVICE_PLATFORMS names; errors have line and mend, no secret."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from bot import forms
from bot.catalog.addresses import inside
from bot.catalog.lined_yaml import Lined
from bot.config import Settings
from bot.errors import SettingError

SETTING = "SERVICE_PLATFORMS"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: `id` names its key in both directions, `regions` are codes (a city's holds for its counties)."""

    id: str
    regions: tuple[str, ...]
    url: str
    secret: SecretStr


class Platforms:
    """All of them; a county without one has its calls wait at the workers' desk."""

    def __init__(self, platforms: Iterable[Platform] = ()) -> None:
        self._by_id = {one.id: one for one in platforms}

    def __iter__(self) -> Iterator[Platform]:
        return iter(self._by_id.values())

    def named(self, id_: str) -> Platform | None:
        """The platform of that id."""
        return self._by_id.get(id_)

    def serving(self, region: str | None) -> Platform | None:
        """The platform of a place: its own before that of its city or province."""
        if region is None:
            return None
        fits = [(code, one) for one in self for code in one.regions if inside(region, code)]
        return max(fits, key=lambda fit: len(fit[0].rstrip("0")), default=("", None))[1]


def _is_safe(url: str) -> bool:
    """Names and addresses of elders go there: over TLS, or no further than this machine."""
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return known and safe and re.fullmatch(r"[!-~]{1,500}", url) is not None


_Id = Annotated[
    str,
    AfterValidator(forms.fits(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", "is a short word of a-z, 0-9 and -")),
]
_Region = Annotated[
    str,
    AfterValidator(forms.fits(r"[0-9]{6}", "is a code of 6 digits, such as 411303, in quotes")),
]
_Url = Annotated[
    str, AfterValidator(forms.fits(_is_safe, "is an address that begins with https:// and holds no password"))
]
_Secret = Annotated[
    SecretStr,
    AfterValidator(forms.fits(r"[!-~]{32,256}", "has 32 to 256 characters; make one: openssl rand -hex 32")),
]


class PlatformForm(forms.Strict):
    """One platform; instead of `secret`, `secret_file` may name a file that holds it."""

    id: _Id
    regions: Annotated[list[_Region], Field(min_length=1)]
    url: _Url
    secret: _Secret


def load_platforms(settings: Settings, regions: Container[str] | None = None) -> Platforms:
    """The platforms of the settings' file, none without one; `regions` are the codes that the catalog knows.

    Raises `SettingError` with file, line and mend for all that is wrong at once.
    """
    path = settings.platforms_file
    return Platforms(read_platforms(path, regions)) if path else Platforms()


def read_platforms(path: Path, regions: Container[str] | None = None) -> list[Platform]:
    """As `load_platforms`, for one file."""
    lined = forms.read(path, SETTING)
    if not isinstance(lined.data, list) or not lined.data:
        raise SettingError(f"{path.name}:1: the file is a list of platforms; start each with '- id:'")
    problems: list[str] = []
    found = {n: form for n, data in enumerate(lined.data) for form in _form(path, lined, n, data, problems)}
    problems += [*_twice(lined, found), *_unknown(lined, found, regions)]
    if problems:
        raise SettingError("\n".join(problems))
    return [Platform(one.id, tuple(one.regions), one.url, one.secret) for one in found.values()]


def _form(path: Path, lined: Lined, number: int, data: Any, problems: list[str]) -> Iterator[PlatformForm]:
    whole = dict(data) if isinstance(data, dict) else data
    wrong = (
        list(forms.with_secrets(path, lined, number, whole, ("secret",))) if isinstance(whole, dict) else []
    )
    form, found = forms.checked(lined, whole, (number,), PlatformForm)
    problems += wrong or found
    if form is not None and not wrong:
        yield form


def _twice(lined: Lined, found: dict[int, PlatformForm]) -> Iterator[str]:
    ids = Counter(form.id for form in found.values())
    codes = Counter(code for form in found.values() for code in form.regions)
    for number, form in found.items():
        if ids[form.id] > 1:
            yield lined.problem((number, "id"), "id: two platforms have the same; each has its own")
        for place, code in enumerate(form.regions):
            if codes[code] > 1:
                told = f"regions: {code} stands here twice; a place has one platform"
                yield lined.problem((number, "regions", place), told)


def _unknown(lined: Lined, found: dict[int, PlatformForm], regions: Container[str] | None) -> Iterator[str]:
    for number, form in found.items():
        for place, code in enumerate(form.regions):
            if regions is not None and code not in regions:
                told = f"regions: {code} is no place of regions.yaml; write one of its codes"
                yield lined.problem((number, "regions", place), told)

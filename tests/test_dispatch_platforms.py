"""The file of platforms: what it brings, and that every mistake is told with its line and no secret."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.catalog.load import load_catalog
from bot.config import load_settings
from bot.dispatch.platforms import Platforms, load_platforms, read_platforms
from bot.errors import SettingError

EXAMPLE = Path(__file__).parents[1] / "deploy" / "platforms.example.yaml"
HUSH = "HushHushHushHushHushHushHushHush77"
GOOD = f"""
- id: wolong
  regions: ["411303"]
  url: https://platform.example.cn/requests
  secret: {HUSH}
- id: nan-yang
  regions: ["411300", "411024"]
  url: http://127.0.0.1:8095/requests
  secret_file: secrets/nanyang
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A folder with a good file and the secret that it names, for its owner's eyes only."""
    (tmp_path / "secrets").mkdir()
    for name, text in {"secrets/nanyang": f" {HUSH[::-1]}\r\n", "platforms.yaml": GOOD}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    return tmp_path / "platforms.yaml"


def wrong(file: Path, old: str, new: str) -> str:
    """What is told when one thing in the good file is changed."""
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingError) as told:
        read_platforms(file, load_catalog().regions)
    return told.value.message


def test_each_place_has_the_nearest_platform(file: Path) -> None:
    found = Platforms(read_platforms(file, load_catalog().regions))
    serving = {code: found.serving(code) for code in ("411303", "411302", "411300", "411024", "411025", None)}
    ids = {code: one.id if one else None for code, one in serving.items()}
    assert ids == {
        "411303": "wolong", "411302": "nan-yang", "411300": "nan-yang", "411024": "nan-yang",
        "411025": None, None: None,
    }  # fmt: skip
    nanyang = found.named("nan-yang")
    assert nanyang
    assert nanyang.secret.get_secret_value() == HUSH[::-1]
    assert HUSH not in repr(list(found))
    assert found.named("nobody") is None


def test_without_a_file_there_are_none() -> None:
    assert list(load_platforms(load_settings())) == []


def test_the_settings_name_the_file(file: Path) -> None:
    class Named:
        platforms_file = file

    assert [one.id for one in load_platforms(Named())] == ["wolong", "nan-yang"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: wolong", "id: 卧龙", "platforms.yaml:2: id is a short word of a-z, 0-9 and -"),
        ("id: wolong", "id: nan-yang", "platforms.yaml:2: id: two platforms have the same"),
        ('["411303"]', "[411303]", "platforms.yaml:3: regions.0 must be text; put it in quotes"),
        ('["411303"]', "[]", "platforms.yaml:3: regions "),
        ('["411303"]', '["999999"]', "platforms.yaml:3: regions: 999999 is no place of regions.yaml"),
        ('["411303"]', '["411300"]', "platforms.yaml:3: regions: 411300 stands here twice"),
        ('  regions: ["411303"]\n', "", "platforms.yaml:2: regions is missing; add it"),
        ("https://platform.example.cn", "http://platform.example.cn", "url is an address that begins with https"),
        ("https://platform", "https://user:word@platform", "url is an address that begins with https"),
        ("https://platform.example.cn/requests", "https://", "url is an address that begins with https"),
        ("127.0.0.1:8095", "127.0.0.1:99999", "url is an address that begins with https"),
        ("127.0.0.1:8095", "127.0.0.1.example.cn", "url is an address that begins with https"),
        (f"secret: {HUSH}", "secret: short", "platforms.yaml:5: secret has 32 to 256 characters"),
        ("secrets/nanyang", "secrets/nowhere", "platforms.yaml:9: secret_file: the file cannot be read"),
        ("secret_file:", f"secret: {HUSH}\n  secret_file:", "secret and secret_file both stand here"),
        (f"  secret: {HUSH}", "  secrets: x", "secrets is not known here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(file: Path, old: str, new: str, told: str) -> None:
    message = wrong(file, old, new)
    assert told in message
    assert HUSH not in message
    assert "user:word" not in message


@pytest.mark.parametrize("text", ["", "wolong: {}", "[]", "- 1", "- [a]\n- }"])
def test_what_is_no_list_of_platforms_is_told(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match=r"platforms\.yaml:[12]: "):
        read_platforms(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"SERVICE_PLATFORMS: .* cannot be read"):
        read_platforms(tmp_path / "nowhere.yaml")


def test_a_secret_that_all_can_read_is_warned_of(file: Path) -> None:
    file.chmod(stat.S_IRUSR | stat.S_IROTH)
    with capture_logs() as logs:
        read_platforms(file)
    assert [(one["event"], one["file"]) for one in logs] == [("secrets_readable_by_all", "platforms.yaml")]


def test_the_example_is_good(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "wolong.platform").write_text(HUSH)
    copy = tmp_path / EXAMPLE.name
    copy.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    found = read_platforms(copy, load_catalog().regions)
    assert [(one.id, one.regions) for one in found] == [("wolong", ("411303",))]

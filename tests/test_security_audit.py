"""What the audit of dependencies makes of the answers that it gets; the services themselves are not asked here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import audit

PACKAGES = [
    {"name": "good", "version": "1.0", "vulns": []},
    {"name": "bad", "version": "0.9", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["0.10", "1.0"]}]},
    {"name": "ours", "skip_reason": "Dependency not found"},
]


def test_a_known_vulnerability_is_named_with_its_mend() -> None:
    told = audit.read_answer(json.dumps({"dependencies": PACKAGES}), 3)
    assert told.audited == 2
    assert told.found == ["bad 0.9: PYSEC-2026-1, mended by 0.10, 1.0"]
    assert told.not_audited == ["ours: the service does not know it"]


def test_a_service_that_knows_nothing_has_audited_nothing() -> None:
    """pip-audit itself ends with 0 then, as if all were well."""
    told = audit.read_answer(json.dumps({"dependencies": PACKAGES[2:] * 5}), 5)
    assert (told.audited, told.found, len(told.not_audited)) == (0, [], 5)


@pytest.mark.parametrize("text", ["", "Traceback", "[]", "{}", '{"dependencies": null}'])
def test_no_answer_is_no_audit(text: str) -> None:
    assert audit.read_answer(text, 5).audited == 0
    assert audit.read_npm(text, ("a@1",)).not_audited


def test_npm_names_them_too() -> None:
    told = audit.read_npm(
        '{"vulnerabilities": {"axe-core": {"severity": "high", "range": "<5"}}}', ("axe-core@4",)
    )
    assert told.found == ["axe-core: high (<5)"]
    assert audit.read_npm('{"vulnerabilities": {}}', ("axe-core@4",)).audited == 1


def test_it_says_loudly_that_nobody_was_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "SERVICES", ())
    monkeypatch.setattr(audit.shutil, "which", lambda _: None)
    monkeypatch.setattr("sys.argv", ["audit"])
    assert audit.main() == 0
    assert capsys.readouterr().err.count("NOT AUDITED: ") == 1 + sum(lock.exists() for lock in audit.LOCKS)
    monkeypatch.setattr("sys.argv", ["audit", "--must"])
    assert audit.main() == 2


@pytest.mark.parametrize("lock", audit.LOCKS, ids=lambda lock: lock.parent.name)
def test_every_package_is_pinned_by_hash_and_no_registry_is_named(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 20
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", block) or block.startswith("#"), block[:60]
        assert "--hash=sha256:" in block or block.startswith("#"), block[:60]
    assert "://" not in text

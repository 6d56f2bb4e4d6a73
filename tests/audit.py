"""`python -m tests.audit`: known vulnerabilities of everything that is installed, by the locks and by what tests fetch.

Ends with 1 where one is known, except of what runs apart. Where no advisory service answers it says so loudly and ends
with 0: a machine without one can only be told, not stopped. `--must` ends with 2 then, for where a service has to answer.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.prepare import AXE_PACKAGE

ROOT: Final = Path(__file__).resolve().parents[1]
LOCKS: Final = (
    ROOT / "requirements.lock",
    ROOT / "deploy" / "containers" / "serve.lock",
    ROOT / "nlu" / "rasa_project" / "requirements.lock",
)
# The newest public Rasa needs what is old; so it runs by itself (deploy/security/threat-model.md).
APART: Final = LOCKS[2:]
# What a browser gets from elsewhere than Python's registry; only tests do.
NPM: Final = (AXE_PACKAGE,)
SERVICES: Final = ("pypi", "osv")
PATIENCE_S: Final = 300
_PINNED: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)


@dataclass(slots=True)
class Told:
    """What is known of some packages: how many were looked up, what was found, and why some were not looked up."""

    audited: int = 0
    found: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    not_audited: list[str] = field(default_factory=list)


def main() -> int:
    asked = _asked()
    told = Told()
    for lock in LOCKS:
        if lock.exists():
            _add(told, lock.relative_to(ROOT).as_posix(), audit(lock), apart=lock in APART)
    _add(told, "npm", audit_npm(NPM))
    for line in told.found:
        print(f"VULNERABLE: {line}")
    for line in told.apart:
        print(f"VULNERABLE, KEPT APART: {line}")
    for line in told.not_audited:
        print(f"NOT AUDITED: {line}", file=sys.stderr)
    print(
        f"{told.audited} packages looked up, {len(told.found)} vulnerabilities known, {len(told.apart)} kept apart"
    )
    if told.found:
        return 1
    return 2 if asked.must and told.not_audited else 0


def audit(lock: Path) -> Told:
    """By the first of the services that answers."""
    pins = len(_PINNED.findall(lock.read_text(encoding="utf-8")))
    why = []
    for service in SERVICES:
        ended = _pip_audit(lock, service)
        read = read_answer(ended.stdout, pins)
        if read.audited:
            return read
        why.append(f"{service} {_short(ended)}")
    return Told(not_audited=[f"all {pins} packages: no advisory service was reached ({'; '.join(why)})"])


def read_answer(text: str, pins: int) -> Told:
    """The JSON of pip-audit; nothing looked up where it is none."""
    try:
        packages: list[Mapping[str, Any]] = list(json.loads(text)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return Told()
    told = Told()
    for one in packages:
        if "skip_reason" in one:
            told.not_audited.append(f"{one['name']}: the service does not know it")
            continue
        told.audited += 1
        told.found += [_line(one, known) for known in one.get("vulns", ())]
    if told.audited < pins and not told.not_audited:
        told.not_audited.append(
            f"{pins - told.audited} of {pins} packages are for other machines than this one"
        )
    return told


def audit_npm(packages: Sequence[str]) -> Told:
    """By npm's own command, in a folder of its own; nothing is installed."""
    if (npm := shutil.which("npm")) is None:
        return Told(not_audited=[f"{', '.join(packages)}: there is no npm on this machine"])
    with tempfile.TemporaryDirectory() as folder:
        pins = dict(one.rsplit("@", 1) for one in packages)
        told = {"name": "audited", "version": "1.0.0", "private": True, "dependencies": pins}
        (Path(folder) / "package.json").write_text(json.dumps(told), encoding="utf-8")
        _run(
            [npm, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--fetch-retries=0"],
            folder,
        )
        return read_npm(_run([npm, "audit", "--json"], folder).stdout, packages)


def read_npm(text: str, packages: Sequence[str]) -> Told:
    """The JSON of `npm audit`."""
    try:
        known: Mapping[str, Mapping[str, Any]] = json.loads(text)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Told(not_audited=[f"{', '.join(packages)}: npm's advisory service was not reached"])
    return Told(
        len(packages),
        [f"{name}: {one.get('severity', 'known')} ({one.get('range', '?')})" for name, one in known.items()],
    )


def _pip_audit(lock: Path, service: str) -> subprocess.CompletedProcess[str]:
    options = [
        "--no-deps",
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner",
        "off",
        "--format",
        "json",
    ]
    module = [
        sys.executable,
        "-m",
        "pip_audit",
        *options,
        "--vulnerability-service",
        service,
        "--requirement",
        str(lock),
    ]
    return _run(module, str(ROOT))


def _run(command: Sequence[str], folder: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 127, "", type(error).__name__)


def _line(package: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    mend = ", ".join(known.get("fix_versions", ())) or "no version yet"
    return f"{package['name']} {package['version']}: {known['id']}, mended by {mend}"


def _short(ended: subprocess.CompletedProcess[str]) -> str:
    """Never an address: which registry a machine uses is its own affair."""
    if "No module named pip_audit" in ended.stderr:
        return "not asked, pip-audit is not installed"
    kind = re.findall(r"\b(\w*(?:Error|Exception|Expired))\b", ended.stderr)
    return f"did not answer ({kind[-1]})" if kind else "knew none of them"


def _add(told: Told, of: str, one: Told, *, apart: bool = False) -> None:
    told.audited += one.audited
    found = told.apart if apart else told.found
    found += [f"{of}: {line}" for line in one.found]
    told.not_audited += [f"{of}: {line}" for line in one.not_audited]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--must", action="store_true", help="end with 2 where no service answers")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

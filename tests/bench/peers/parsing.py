"""`parse` against Rasa's own server on the same sentences: time, memory, and from set-up to the first answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from bot.app import embedded_engine
from bot.catalog.load import load_catalog
from bot.config import Settings
from tests.bench.peers.environments import ROOT, version_of
from tests.bench.peers.figures import Chart, Part, Table, percentile, ratio, row, short, spread
from tests.bench.peers.load import driven
from tests.bench.peers.machine import LOAD_CORE, SERVER_CORE, pinned
from tests.bench.peers.sites import Site, ours, rasa

VENV, MODELS = ROOT / ".venv-rasa", ROOT / "var" / "rasa"
PARSE = "/api/v1/parse"
ABSENT = "Rasa was not measured: there is no .venv-rasa here (`make rasa-train` makes it, some minutes and 2.7 GB)."


@dataclass
class Runner:
    """One server and what its rounds came to."""

    site: Site
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def once(self, sentences: Sequence[str], at_once: int) -> None:
        """A batch; times are of one sentence after another (`at_once` 1) or under load."""
        batch, before = [_request(self.site.path, text) for text in sentences], self.site.cpu_s
        load = asyncio.run(driven(self.site.ports, batch, keep=True, at_once=at_once))
        assert not load.failed
        assert not (bad := [answer for answer in load.answers if answer[9:12] != b"200"]), bad[0][-300:]
        self.rates.append(load.rate)
        self.costs.append((self.site.cpu_s - before) / len(batch) * 1e3)
        if len(self.rates) > 1:
            # The first round warms it up.
            self.times += load.times


def measure(*, quick: bool) -> Part:
    """Both over HTTP, one sentence after another, in turn; ours in process beside them."""
    part = Part("parsing", "Understanding a sentence")
    rounds, sentences = (2, _sentences()[::8]) if quick else (5, _sentences()[::2])
    here = (VENV / "bin" / "rasa").exists()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack, pinned(LOAD_CORE):
        own, own_s = _started(stack, ours(Path(name) / "own", redis=False, path=PARSE))
        runners = {"ours, over HTTP": Runner(own)}
        setups = {"ours": (_trained(Path(name) / "new"), own_s)}
        if here:
            model, training_s = _rasa_model(quick=quick)
            theirs, theirs_s = _started(stack, rasa(VENV, model))
            runners["Rasa, over HTTP"] = Runner(theirs)
            setups["Rasa"] = (training_s, theirs_s)
        for _ in range(rounds + 1):
            for runner in runners.values():
                runner.once(sentences, 1)
        memory = {one: runner.site.memory_mb for one, runner in runners.items()}
    part.notes += [] if here else [ABSENT]
    _tell(part, runners, setups, memory, _in_process(sentences, rounds), sentences)
    return part


def _sentences() -> list[str]:
    """Those that are said without a question before."""
    files = sorted((ROOT / "tests" / "sentences" / "intents").glob("*.yaml"))
    every = [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))["sentences"]]
    return [one for one in every if isinstance(one, str)]


def _request(path: str, text: str) -> bytes:
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _started(
    stack: contextlib.ExitStack, site: contextlib.AbstractContextManager[Site]
) -> tuple[Site, float]:
    """Until the first answer to a sentence."""
    began = time.monotonic()
    running = stack.enter_context(site)
    load = asyncio.run(driven(running.ports, [_request(running.path, "我妈83岁")], keep=False))
    assert load.answers
    return running, time.monotonic() - began


def _trained(folder: Path) -> float:
    """Seconds to train ours from the sentences, as set-up does."""
    folder.mkdir()
    env = {"PATH": os.environ["PATH"], "BOT_DATA_DIR": str(folder)}
    began = time.monotonic()
    with pinned(SERVER_CORE):
        subprocess.run(
            [sys.executable, "-m", "nlu", "train"], cwd=ROOT, env=env, check=True, capture_output=True
        )
    return time.monotonic() - began


def _rasa_model(*, quick: bool) -> tuple[Path, float]:
    """A model and the seconds that training it took; a quick run takes whichever is there."""
    kept = sorted(MODELS.glob("wenyanglao-*.tar.gz"))
    if not (quick and kept):
        with pinned(SERVER_CORE):
            subprocess.run(
                ["sh", "nlu/rasa_project/train.sh", VENV], cwd=ROOT, check=True, capture_output=True
            )
        kept = sorted(MODELS.glob("wenyanglao-*.tar.gz"))
    told = json.loads((MODELS / "training.json").read_text(encoding="utf-8"))
    return kept[-1], float(told["seconds"])


def _in_process(sentences: Sequence[str], rounds: int) -> list[float]:
    """Microseconds of the processor a sentence, as the bot itself asks its engine."""
    engine, now = (
        embedded_engine(Settings(_env_file=None), load_catalog()),
        datetime.now(ZoneInfo("Asia/Shanghai")),
    )
    told = []
    for _ in range(rounds + 1):
        began = time.process_time()
        for text in sentences:
            engine.parse(text, None, now)
        told.append((time.process_time() - began) / len(sentences) * 1e6)
    return told[1:]


def _tell(
    part: Part,
    runners: dict[str, Runner],
    setups: dict[str, tuple[float, float]],
    memory: dict[str, float],
    alone: Sequence[float],
    sentences: Sequence[str],
) -> None:
    version = f"Rasa {version_of(VENV / 'bin' / 'python', 'rasa')}" if "Rasa" in setups else "Rasa"
    part.method.append(
        f"{len(sentences)} sentences that nobody trained on, one after another over a kept connection: ours finds people, "
        f"facts, moments, danger and the intent; {version} with the pipeline in nlu/rasa_project ranks the intents. "
        "Both were trained from the same files. Each server has one core, whoever asks the other."
    )
    part.tables += _tables(runners, setups, memory, alone)
    if len(runners) > 1:
        mine, theirs = runners.values()
        faster, cheaper = ratio(mine.rates[1:], theirs.rates[1:]), ratio(theirs.costs[1:], mine.costs[1:])
        part.notes.append(
            f"Ours answers {faster} times as many sentences a second; Rasa takes {cheaper} times the processor time."
        )
    bars = [row(name, spread(one.costs[1:])) for name, one in runners.items()]
    alt = "; ".join(f"{label} {short(middle)} ms" for label, middle, _, _ in bars)
    title, unit = "Understanding a sentence, over HTTP", "ms of processor, less is better"
    part.charts.append(Chart("parsing", title, alt, unit, bars))
    rates = {name: one.rates for name, one in runners.items()}
    part.raw |= {"rates": rates, "setups": setups, "memory": memory, "us": list(alone)}


def _tables(
    runners: dict[str, Runner],
    setups: dict[str, tuple[float, float]],
    memory: dict[str, float],
    alone: Sequence[float],
) -> list[Table]:
    head = ["server", "sentences/s", "p50 ms", "p99 ms", "ms of processor", "MiB (PSS)"]
    own = [("a sentence", str(spread(alone)))]
    told = [(name, short(train), short(start)) for name, (train, start) in setups.items()]
    return [
        Table("A sentence", head, [_row(name, one, memory[name]) for name, one in runners.items()]),
        Table("Ours in process, as the bot asks it", ["", "µs of processor"], own),
        Table("From set-up to the first answer", ["", "s to train", "s from start to first answer"], told),
    ]


def _row(name: str, one: Runner, memory: float) -> tuple[str, ...]:
    times = [short(percentile(one.times, share) * 1e3) for share in (0.5, 0.99)]
    return (name, str(spread(one.rates[1:])), *times, str(spread(one.costs[1:])), short(memory))

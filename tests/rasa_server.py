"""A real Rasa server of our own for the tests: started on a free port, stopped, held and let go."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlu import rasa_model

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv-rasa"
MODELS = ROOT / "var" / "rasa"
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class RasaServer:
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts it takes connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def load(self, model: Path) -> None:
        """Puts another model in the place of the one that is loaded."""
        body = json.dumps({"model_file": str(model)}).encode()
        request = urllib.request.Request(f"{self.url}/model", data=body, method="PUT")  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            assert answer.status == 204


def model() -> Path:
    """Where `make rasa-train` keeps the model of the sentences that stand here."""
    return MODELS / f"{rasa_model.name()}.tar.gz"


@contextlib.contextmanager
def serving(port: int) -> Iterator[RasaServer]:
    """Starts what `make rasa` starts."""
    command = ["sh", "nlu/rasa_project/serve.sh", str(VENV), "--interface", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _until_it_answers(process, f"http://127.0.0.1:{port}")
        yield RasaServer(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def train_another(folder: Path) -> Path:
    """A small model of something else altogether."""
    sentences = folder / "pizza.yml"
    sentences.write_text(
        'version: "3.1"\nnlu:\n'
        "- intent: order_pizza\n  examples: |\n    - 来一个大披萨\n    - 要一份披萨\n    - 披萨加芝士\n"
        "- intent: ask_score\n  examples: |\n    - 昨晚球赛几比几\n    - 谁赢了比赛\n    - 比分多少\n",
        encoding="utf-8",
    )
    config = ROOT / "nlu" / "rasa_project" / "config.yml"
    command = [str(VENV / "bin" / "rasa"), "train", "nlu", "--nlu", str(sentences), "--config", str(config)]
    quiet = os.environ | {"RASA_TELEMETRY_ENABLED": "false"}
    made = [*command, "--out", str(folder), "--fixed-model-name", "pizza"]
    subprocess.run(made, cwd=folder, env=quiet, check=True, capture_output=True)
    return folder / "pizza.tar.gz"


def _until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE_S:
        if process.poll() is not None:
            raise RuntimeError(f"Rasa ended with {process.returncode}")
        if _has_a_model(url):
            return
        time.sleep(0.5)
    raise TimeoutError(f"Rasa did not answer within {PATIENCE_S} s")


def _has_a_model(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/status", timeout=2) as answer:  # noqa: S310 - our own
            return bool(json.load(answer).get("model_file"))
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port

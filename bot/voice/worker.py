"""The recogniser's own process: `python -m bot.voice.worker FOLDER`, recordings in, words out.

Its own process, because sherpa-onnx ends the process it runs in when it dislikes a file, because a decoder
that hangs can only be killed, and because bytes from anyone are better read where no secret is.
Both ways a message is its length (4 bytes, big-endian) and its bytes. First out is a JSON object about the
loaded model; then for each recording its words in UTF-8, empty where nothing was understood.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import sherpa_onnx

from bot.voice.bounds import LIMITS, words_of
from bot.voice.model import Model, find_model
from bot.voice.sound import RATE, sound_of

_LENGTH = struct.Struct(">I")


def load(model: Model) -> Any:
    """The recogniser (`sherpa_onnx.OfflineRecognizer`); a file it cannot use may end the process."""
    return getattr(sherpa_onnx.OfflineRecognizer, model.maker)(**model.arguments, num_threads=1)


def recognise(recogniser: Any, recording: bytes) -> str | None:
    """The words of one recording, or None."""
    sound = sound_of(recording)
    if sound is None:
        return None
    stream = recogniser.create_stream()
    stream.accept_waveform(RATE, sound)
    recogniser.decode_stream(stream)
    return words_of(stream.result.text)


def serve(folder: Path, recordings: BinaryIO, answers: BinaryIO) -> None:
    """Loads the model and answers recordings until there are no more."""
    begun = time.monotonic()
    recogniser = load(find_model(folder))
    _write(answers, json.dumps(_about(time.monotonic() - begun)).encode())
    _be_quiet()
    for recording in _messages(recordings):
        # A hung decoder dies even when nobody is left to end it.
        signal.alarm(int(LIMITS.recognition) + 10)
        _write(answers, (_recognised(recogniser, recording) or "").encode())
        signal.alarm(0)


def _recognised(recogniser: Any, recording: bytes) -> str | None:
    try:
        return recognise(recogniser, recording)
    except Exception:  # noqa: BLE001 - a recording that nobody foresaw must not cost the loaded model
        return None


def _about(seconds: float) -> dict[str, float]:
    return {"seconds": round(seconds, 2), "megabytes": _megabytes()}


def _megabytes() -> int:
    """What this process holds now; 0 where the system does not say (Linux does)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize() // 1_000_000


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        yield stream.read(_LENGTH.unpack(head)[0])


def _write(stream: BinaryIO, message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


def _own_stdout() -> BinaryIO:
    """The way out, kept from libraries that print."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _be_quiet() -> None:
    """From now on what libraries print could tell of a recording."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold a voice
    os.nice(5)  # answering people comes before listening
    serve(Path(sys.argv[1]), sys.stdin.buffer, _own_stdout())


if __name__ == "__main__":
    main()

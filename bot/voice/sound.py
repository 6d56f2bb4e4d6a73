"""A recording's bytes to the samples that a recogniser takes; the only module that imports PyAV."""

from __future__ import annotations

import io
import math
from array import array
from collections.abc import Iterable, Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from bot.voice.bounds import MAX_SECONDS, MIN_SECONDS, may_be_heard

RATE = 16_000


def sound_of(recording: bytes) -> array[float] | None:
    """Samples (16 kHz, mono, −1…1, the first 60 s) of an AMR recording; None where it is broken or too short.

    Half a recording is not heard either: half a sentence can mean its opposite.
    """
    if not may_be_heard(recording):
        return None
    try:
        samples = _decoded(recording)
    except (av.error.FFmpegError, ValueError, IndexError):
        return None
    whole = len(samples) >= MIN_SECONDS * RATE and math.isfinite(sum(samples))
    return samples if whole else None


def _decoded(recording: bytes) -> array[float]:
    samples = array("f")
    # The format is given, so that nothing in the bytes can choose another of FFmpeg's readers.
    with av.open(io.BytesIO(recording), "r", format="amr") as container:
        for frame in _resampled(container.decode(audio=0)):
            samples.frombytes(bytes(frame.planes[0])[: frame.samples * samples.itemsize])
            if len(samples) >= MAX_SECONDS * RATE:
                break
    return samples[: MAX_SECONDS * RATE]


def _resampled(frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    for frame in frames:
        yield from resampler.resample(frame)
    yield from resampler.resample(None)

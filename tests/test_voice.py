"""Voice messages: from a recording's bytes to its words, through real decoders and a real recogniser.

The models in tests/voice know two words: a low hum is 养, a high one 老. All else is as with a real one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import SettingError
from bot.voice import ears as ears_module
from bot.voice import make_ears
from bot.voice.bounds import LIMITS, MAX_BYTES, MAX_WORDS, Limits, may_be_heard, words_of
from bot.voice.ears import HelpedEars
from bot.voice.metadata import metadata_of
from bot.voice.model import find_model
from bot.voice.sound import RATE, sound_of
from bot.voice.worker import load, recognise

HERE = Path(__file__).parent / "voice"
SENSE_VOICE = HERE / "sense-voice"
YANG_LAO = (HERE / "yang-lao.amr").read_bytes()
LAO_YANG_LAO = (HERE / "lao-yang-lao.amr").read_bytes()
WIDE = (HERE / "yang-lao-wide.amr").read_bytes()
QUIET = (HERE / "quiet.amr").read_bytes()
NARROW_HEAD, WIDE_HEAD = b"#!AMR\n", b"#!AMR-WB\n"
# A frame of 12.2 kbit/s: its first byte says so, then 31 of sound; 20 ms.
FRAME = b"\x3c" + bytes(31)

KINDS = ("sense-voice", "paraformer", "zipformer-ctc", "transducer")


@asynccontextmanager
async def hearing(folder: Path = SENSE_VOICE, limits: Limits = LIMITS) -> AsyncIterator[HelpedEars]:
    ears = await make_ears(folder, limits)
    assert isinstance(ears, HelpedEars)
    try:
        yield ears
    finally:
        await ears.close()


async def process_of(ears: HelpedEars) -> int:
    return (await ears._helper()).pid


def a_copy(tmp_path: Path, kind: str = "sense-voice") -> Path:
    return Path(shutil.copytree(HERE / kind, tmp_path / "model"))


@pytest.fixture(scope="module")
def recogniser() -> Any:
    return load(find_model(SENSE_VOICE))


# --- from bytes to words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_model_hears_what_was_said(kind: str) -> None:
    async with hearing(HERE / kind) as ears:
        assert await ears.hear(YANG_LAO) == "养老"
        assert await ears.hear(WIDE) == "养老"


async def test_one_recording_after_the_other_each_gets_its_own_words() -> None:
    async with hearing() as ears:
        said = [YANG_LAO, LAO_YANG_LAO, QUIET, b"", YANG_LAO, b"no sound", LAO_YANG_LAO]
        heard = await asyncio.gather(*(ears.hear(recording) for recording in said))
    assert heard == ["养老", "老养老", None, None, "养老", None, "老养老"]


@pytest.mark.parametrize(
    "recording",
    [
        b"",
        b"#!AMR",
        NARROW_HEAD,
        WIDE_HEAD,
        NARROW_HEAD + FRAME,
        NARROW_HEAD + b"\xff" * 1000,
        b"#!AMR_MC1.0\n" + YANG_LAO[6:],
        b"\x02#!SILK_V3" + YANG_LAO,
        b"OggS\x00\x02" + b"Speex   " + YANG_LAO,
        b"RIFF\x24\x00\x00\x00WAVEfmt " + YANG_LAO,
        b"#EXTM3U\nfile:///etc/passwd\n",
        YANG_LAO[:-1],
        YANG_LAO[: len(YANG_LAO) // 2],
        WIDE[:-1],
        NARROW_HEAD + FRAME * (MAX_BYTES // 32 + 1),
    ],
    ids=lambda recording: f"{bytes(recording[:9])!r}-{len(recording)}",
)
def test_what_is_broken_foreign_or_too_big_is_nothing_understood(recording: bytes) -> None:
    assert sound_of(recording) is None


def test_sound_is_sixteen_thousand_samples_a_second_between_minus_one_and_one() -> None:
    for recording in (YANG_LAO, WIDE):
        sound = sound_of(recording)
        assert sound is not None
        assert sound.typecode == "f"
        assert len(sound) == pytest.approx(1.4 * RATE, rel=0.03)
        assert 0.1 < max(sound) <= 1
        assert -1 <= min(sound) < -0.1


@pytest.mark.parametrize("head", [NARROW_HEAD, WIDE_HEAD])
def test_listening_stops_after_a_minute(head: bytes) -> None:
    silence = b"\x7c" if head is WIDE_HEAD else FRAME
    sound = sound_of(head + silence * 4000)
    assert sound is not None
    assert len(sound) == 60 * RATE


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    recording=st.sampled_from([YANG_LAO, LAO_YANG_LAO, WIDE]),
    changes=st.lists(st.tuples(st.integers(0, 4278), st.binary(max_size=40)), max_size=12),
    end=st.integers(0, 4300),
)
def test_no_change_to_a_recording_does_more_than_make_it_unclear(
    recogniser: Any, recording: bytes, changes: list[tuple[int, bytes]], end: int
) -> None:
    broken = bytearray(recording)
    for place, byte in changes:
        broken[place : place + len(byte)] = byte
    heard = recognise(recogniser, bytes(broken[:end]))
    assert heard is None or 0 < len(heard) <= MAX_WORDS


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from([NARROW_HEAD, WIDE_HEAD, b""]), rest=st.binary(max_size=3000))
def test_bytes_of_any_kind_are_words_or_nothing(recogniser: Any, head: bytes, rest: bytes) -> None:
    heard = recognise(recogniser, head + rest)
    assert heard is None or 0 < len(heard) <= MAX_WORDS


# --- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ("  我八十了，\n能领什么  ", "我八十了， 能领什么"),
        ("我\x00八\x1b[31m十\u202e了\ud800", "我八[31m十了"),
        ("<|zh|><|NEUTRAL|><|Speech|><|withitn|>养老", "养老"),
        ("养老<unk>院", "养老院"),
        ("。", None),
        ("，  。 ？", None),
        ("<blk> <blk>", None),
        ("", None),
        ("养" * 700, "养" * 500),
    ],
)
def test_words_are_plain_text_of_a_message_length(heard: str, words: str | None) -> None:
    assert words_of(heard) == words


@given(st.text(max_size=800))
def test_words_are_never_long_nor_with_control_characters(heard: str) -> None:
    words = words_of(heard)
    assert words is None or (0 < len(words) <= MAX_WORDS and words.isprintable() and words == words.strip())


def test_only_amr_of_two_megabytes_at_most_is_let_in() -> None:
    assert may_be_heard(YANG_LAO)
    assert may_be_heard(NARROW_HEAD + bytes(MAX_BYTES - 6))
    assert not may_be_heard(NARROW_HEAD + bytes(MAX_BYTES - 5))
    assert not may_be_heard(b"RIFF")


# --- a process that is slow, hangs, dies, or is no longer wanted -----------------------------------------


async def test_a_recognition_that_hangs_is_given_up_and_the_next_is_heard() -> None:
    async with hearing(limits=Limits(recognition=1.5)) as ears:
        stuck = await process_of(ears)
        os.kill(stuck, signal.SIGSTOP)
        assert await ears.hear(YANG_LAO) is None
        with pytest.raises(ProcessLookupError):
            await gone(stuck)
        assert await heard_at_last(ears, LAO_YANG_LAO) == "老养老"
        assert await process_of(ears) != stuck


async def test_a_process_that_died_is_replaced() -> None:
    async with hearing() as ears:
        os.kill(await process_of(ears), signal.SIGKILL)
        assert await heard_at_last(ears, YANG_LAO) == "养老"


async def test_who_goes_away_leaves_no_words_behind_for_the_next() -> None:
    async with hearing() as ears:
        os.kill(await process_of(ears), signal.SIGSTOP)
        first = asyncio.create_task(ears.hear(YANG_LAO))
        await asyncio.sleep(0.05)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await ears.hear(LAO_YANG_LAO) == "老养老"


async def test_who_stops_waiting_for_a_turn_disturbs_nobody() -> None:
    async with hearing() as ears:
        process = await process_of(ears)
        os.kill(process, signal.SIGSTOP)
        first, second = (asyncio.create_task(ears.hear(r)) for r in (YANG_LAO, LAO_YANG_LAO))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.wait({second})
        os.kill(process, signal.SIGCONT)
        assert await first == "养老"
        assert await process_of(ears) == process


async def test_too_many_at_once_are_told_at_once_that_nothing_was_understood() -> None:
    async with hearing(limits=Limits(waiting=2)) as ears:
        process = await process_of(ears)
        os.kill(process, signal.SIGSTOP)
        waiting = [asyncio.create_task(ears.hear(YANG_LAO)) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert await ears.hear(YANG_LAO) is None
        os.kill(process, signal.SIGCONT)
        assert await asyncio.gather(*waiting) == ["养老", "养老"]
        assert await ears.hear(YANG_LAO) == "养老"


async def test_closing_ends_those_who_wait_and_the_process() -> None:
    async with hearing() as ears:
        process = await process_of(ears)
        os.kill(process, signal.SIGSTOP)
        waiting = [asyncio.create_task(ears.hear(YANG_LAO)) for _ in range(3)]
        await asyncio.sleep(0.05)
        await ears.close()
        assert await asyncio.gather(*waiting) == [None, None, None]
        assert await ears.hear(YANG_LAO) is None
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


async def test_closing_while_a_new_process_loads_cancels_nobody_who_waits() -> None:
    async with hearing() as ears:
        os.kill(await process_of(ears), signal.SIGKILL)
        waiting = asyncio.create_task(ears.hear(YANG_LAO))
        await asyncio.sleep(0.01)
        await ears.close()
        assert await waiting is None


async def test_a_model_that_vanished_costs_voice_and_nothing_else(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    async with hearing(folder) as ears:
        (folder / "tokens.txt").unlink()
        os.kill(await process_of(ears), signal.SIGKILL)
        assert await heard_at_last(ears, YANG_LAO) is None
        shutil.copy(SENSE_VOICE / "tokens.txt", folder)
        assert await heard_at_last(ears, YANG_LAO) == "养老"


async def test_the_server_goes_on_while_a_minute_is_recognised() -> None:
    async with hearing() as ears:
        task = asyncio.create_task(ears.hear(NARROW_HEAD + FRAME * 3000))
        turns = 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
    assert turns > 100


def test_the_process_ends_with_its_server() -> None:
    code = (
        "import asyncio, os, sys; from pathlib import Path; from bot.voice import make_ears\n"
        "async def main():\n"
        "    ears = await make_ears(Path(sys.argv[1])); print((await ears._helper()).pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(SENSE_VOICE)], capture_output=True, text=True)
    process = int(done.stdout.split()[-1])
    assert eventually_gone(process)


async def test_nothing_of_the_environment_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT_APP_SECRET", "not-for-decoders")
    async with hearing() as ears:
        environment = Path(f"/proc/{await process_of(ears)}/environ").read_bytes()
    assert b"not-for-decoders" not in environment


async def test_nothing_of_a_recording_or_its_words_is_logged(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with structlog.testing.capture_logs() as logged:
        async with hearing() as ears:
            assert await ears.hear(YANG_LAO) == "养老"
            os.kill(await process_of(ears), signal.SIGKILL)
            await ears.hear(YANG_LAO)
            await ears.hear(YANG_LAO[:-5])
    printed = capfd.readouterr()
    everything = f"{logged}{printed.out}{printed.err}{caplog.text}"
    assert "voice.loaded" in everything
    assert not any(word in everything for word in ("养", "老", "AMR", "<$"))


# --- settings that are wrong -----------------------------------------------------------------------------


async def refusal(folder: Path) -> str:
    with pytest.raises(SettingError) as caught:
        await make_ears(folder)
    assert caught.value.field == "VOICE_MODEL_DIR"
    return caught.value.message


async def test_without_a_folder_there_are_no_ears() -> None:
    assert await make_ears(None) is None


async def test_a_folder_with_a_chinese_name_is_fine(tmp_path: Path) -> None:
    folder = tmp_path / "听写 模型"
    shutil.copytree(SENSE_VOICE, folder)
    async with hearing(folder) as ears:
        assert await ears.hear(YANG_LAO) == "养老"


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert f"{tmp_path / 'none'} is no folder" in await refusal(tmp_path / "none")


@pytest.mark.parametrize(
    ("kind", "file", "named"),
    [
        ("sense-voice", "tokens.txt", "tokens.txt"),
        ("sense-voice", "model.int8.onnx", "model.onnx"),
        ("transducer", "encoder-epoch-99-avg-1.onnx", "encoder*.onnx"),
        ("transducer", "joiner-epoch-99-avg-1.onnx", "joiner*.onnx"),
    ],
)
async def test_a_file_that_is_missing_is_named(tmp_path: Path, kind: str, file: str, named: str) -> None:
    folder = a_copy(tmp_path, kind)
    (folder / file).unlink()
    message = await refusal(folder)
    assert message.startswith(f"VOICE_MODEL_DIR: {folder} has no {named}")
    assert "unpack the whole model there" in message


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("model.int8.onnx", b"version https://git-lfs.github.com/spec/v1\n", "is not the file itself"),
        ("model.int8.onnx", b"", "is not the file itself"),
        ("model.int8.onnx", b"\xff" * 400, "cut short or no ONNX file"),
        ("model.int8.onnx", b"<!DOCTYPE html>", "cut short or no ONNX file"),
        ("tokens.txt", b"", "is not the file itself"),
    ],
)
async def test_a_file_that_is_not_itself_is_named(
    tmp_path: Path, file: str, content: bytes, said: str
) -> None:
    folder = a_copy(tmp_path)
    (folder / file).write_bytes(content)
    message = await refusal(folder)
    assert f"{folder} has a {file} that" in message
    assert said in message


async def test_a_model_cut_short_in_copying_is_refused(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    whole = (folder / "model.int8.onnx").read_bytes()
    (folder / "model.int8.onnx").write_bytes(whole[:-100])
    assert "cut short or no ONNX file" in await refusal(folder)


async def test_a_streaming_model_is_refused_with_what_to_take() -> None:
    assert "non-streaming" in await refusal(HERE / "streaming")


async def test_a_model_of_an_unknown_kind_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    folder = a_copy(tmp_path, "zipformer-ctc")
    strange = (folder / "model.onnx").read_bytes().replace(b"zipformer2_ctc", b"fortune_teller")
    (folder / "model.onnx").write_bytes(strange)
    message = await refusal(folder)
    assert "calls itself 'fortune_teller'" in message
    assert "sense_voice_ctc, paraformer" in message


async def test_a_model_that_ends_its_process_does_not_end_the_server(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    path = folder / "model.int8.onnx"
    path.write_bytes(path.read_bytes().replace(b"vocab_size", b"vocab_sizf"))
    assert f"could not load the model in {folder}" in await refusal(folder)


async def test_a_model_that_takes_too_long_to_load_is_refused() -> None:
    with pytest.raises(SettingError, match="could not load"):
        await make_ears(SENSE_VOICE, Limits(loading=0.01))


async def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears_module, "_EXTRA", ("av", "sherpa_onnx_of_nowhere"))
    message = await refusal(SENSE_VOICE)
    assert message.startswith("VOICE_MODEL_DIR: needs sherpa_onnx_of_nowhere; install the extra")
    assert "wenyanglao[voice]" in message


def test_the_server_itself_loads_neither_decoders_nor_models() -> None:
    code = "import sys, bot.voice; print([n for n in ('av', 'sherpa_onnx') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_of_two_files_the_smaller_numbers_are_taken(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    shutil.copy(folder / "model.int8.onnx", folder / "model.onnx")
    assert str(find_model(folder).arguments["model"]).endswith("model.int8.onnx")


def test_sense_voice_is_asked_for_mandarin_with_digits() -> None:
    arguments = find_model(SENSE_VOICE).arguments
    assert (arguments["language"], arguments["use_itn"]) == ("zh", True)


def test_what_a_model_says_of_itself_is_read_without_its_weights() -> None:
    said = metadata_of(SENSE_VOICE / "model.int8.onnx")
    assert (said["model_type"], said["lfr_window_size"], said["lang_zh"]) == ("sense_voice_ctc", "7", "3")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_file_has_metadata_or_is_no_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with suppress(ValueError):
        assert isinstance(metadata_of(tmp_path / "model.onnx"), dict)


# --- the operator's check --------------------------------------------------------------------------------


def check(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.voice", *map(str, arguments)], capture_output=True, text=True
    )


def test_the_check_says_what_it_hears() -> None:
    done = check(SENSE_VOICE, HERE / "yang-lao.amr")
    assert done.returncode == 0
    assert f"{SENSE_VOICE} can be used." in done.stdout
    assert "养老 (" in done.stdout


def test_the_check_says_what_is_wrong(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 1
    assert f"VOICE_MODEL_DIR: {tmp_path} has no tokens.txt" in done.stderr


# --- helpers ---------------------------------------------------------------------------------------------


async def heard_at_last(ears: HelpedEars, recording: bytes) -> str | None:
    """The first hearing may be the one that finds out that the process is gone."""
    return await ears.hear(recording) or await ears.hear(recording)


async def gone(process: int) -> None:
    for _ in range(500):
        os.kill(process, 0)
        await asyncio.sleep(0.01)


def eventually_gone(process: int) -> bool:
    for _ in range(500):
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False

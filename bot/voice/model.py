"""A model's folder: which of sherpa-onnx's models its files are, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.errors import SettingError
from bot.voice.metadata import metadata_of

SETTING = "VOICE_MODEL_DIR"
_LFS_POINTER = b"version https://git-lfs"
_PARTS = ("encoder", "decoder", "joiner")

# What a file `model.onnx` says it is → sherpa-onnx's maker for it, and the maker's name for the file.
_WHOLE = {
    "sense_voice_ctc": ("from_sense_voice", "model"),
    "paraformer": ("from_paraformer", "paraformer"),
    "zipformer2_ctc": ("from_zipformer_ctc", "model"),
    "wenet_ctc": ("from_wenet_ctc", "model"),
    "telespeech_ctc": ("from_telespeech_ctc", "model"),
}
_IN_PARTS = ("zipformer2", "zipformer", "conformer")
# With numbers as digits and with punctuation; "auto" takes short Mandarin for Japanese now and then.
_SENSE_VOICE: Mapping[str, str | bool] = {"language": "zh", "use_itn": True}


@dataclass(frozen=True)
class Model:
    """One model: the maker in `sherpa_onnx.OfflineRecognizer` and what it is called with."""

    maker: str
    arguments: Mapping[str, str | bool]


def find_model(folder: Path) -> Model:
    """The model in a folder, read off its files; raises `SettingError` that says what is missing."""
    if not folder.is_dir():
        raise _wrong(folder, "is no folder; give the folder that the model was unpacked to")
    tokens = _whole_file(folder, folder / "tokens.txt")
    parts = {part: found for part in _PARTS if (found := _best(folder, f"{part}*.onnx"))}
    model = _in_parts(folder, parts) if parts else _whole_model(folder)
    return Model(model.maker, MappingProxyType({**model.arguments, "tokens": str(tokens)}))


def _in_parts(folder: Path, parts: Mapping[str, Path]) -> Model:
    for part in _PARTS:
        if part not in parts:
            raise _wrong(folder, f"has no {part}*.onnx beside the other parts; unpack the whole model there")
    said = _said_by(folder, parts["encoder"])
    if "decode_chunk_len" in said:
        raise _wrong(folder, "holds a streaming model; take one made for whole recordings (non-streaming)")
    if said.get("model_type", "zipformer2") not in _IN_PARTS:
        raise _unknown(folder, parts["encoder"], said)
    for part in _PARTS:
        _whole_file(folder, parts[part])
    return Model("from_transducer", {part: str(parts[part]) for part in _PARTS})


def _whole_model(folder: Path) -> Model:
    path = _best(folder, "model.int8.onnx") or folder / "model.onnx"
    said = _said_by(folder, path)
    kind = "sense_voice_ctc" if "with_itn" in said else said.get("model_type", "")
    if kind not in _WHOLE:
        raise _unknown(folder, path, said)
    maker, name = _WHOLE[kind]
    more = _SENSE_VOICE if kind == "sense_voice_ctc" else {}
    return Model(maker, {name: str(path), **more})


def _best(folder: Path, pattern: str) -> Path | None:
    """The file of that name; the int8 one before others, for it takes a quarter of the memory."""
    found = sorted(folder.glob(pattern), key=lambda path: (".int8" not in path.name, path.name))
    return found[0] if found else None


def _whole_file(folder: Path, path: Path) -> Path:
    try:
        beginning = _beginning(path)
    except FileNotFoundError:
        raise _wrong(folder, f"has no {path.name}; unpack the whole model there") from None
    except OSError:
        raise _wrong(folder, f"has a {path.name} that cannot be read; let the bot's user read it") from None
    if not beginning or beginning == _LFS_POINTER:
        raise _wrong(folder, f"has a {path.name} that is not the file itself; copy or download it again")
    return path


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_LFS_POINTER))


def _said_by(folder: Path, path: Path) -> Mapping[str, str]:
    _whole_file(folder, path)
    try:
        return metadata_of(path)
    except ValueError:
        raise _wrong(folder, f"has a {path.name} that is cut short or no ONNX file; copy it again") from None


def _unknown(folder: Path, path: Path, said: Mapping[str, str]) -> SettingError:
    kind = said.get("model_type", "nothing")[:40]
    known = ", ".join((*_WHOLE, *_IN_PARTS))
    return _wrong(folder, f"has a {path.name} that calls itself {kind!r}; the bot can use: {known}")


def _wrong(folder: Path, what: str) -> SettingError:
    return SettingError(f"{SETTING}: {folder} {what} (deploy/voice.md)", field=SETTING)

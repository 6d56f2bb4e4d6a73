"""Makes the models and recordings beside it, for `tests/test_voice.py`; run it again only to change them.

    pip install av onnx; apt-get install libvo-amrwbenc0; python tests/voice/make_fixtures.py

No model that understands people is small enough to live here. These are of the same kinds and are run by the
same sherpa-onnx, but know two words: a low hum is 养, a high one 老, and quiet is nothing.
"""

from __future__ import annotations

import ctypes
import io
import math
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import av
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
LOW_HZ, HIGH_HZ = 440, 3000
TOKENS = ("<blk>", "养", "老", "<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>", "</s>", "<unk>")
SIZE = len(TOKENS)
# The mel bands that the two hums fall into, and how loud a band must be to count.
LOW_BANDS, HIGH_BANDS = range(12, 17), range(50, 55)
LOUD = 20.0
# Kinds that take samples between -1 and 1 see log energies lower by this much.
LOWER = 2 * math.log(32768)


def weights(loud: float) -> list[onnx.TensorProto]:
    table = np.zeros((80, SIZE), np.float32)
    for token, bands in ((1, LOW_BANDS), (2, HIGH_BANDS)):
        for band in bands:
            table[band, token] = 1 / len(bands)
    bias = np.array([loud, 0, 0, *[-1000] * (SIZE - 3)], np.float32)
    return [numpy_helper.from_array(table, "table"), numpy_helper.from_array(bias, "bias")]


def numbers(name: str, values: Sequence[int]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def scores(bands: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("MatMul", [bands, "table"], ["sums"]),
        helper.make_node("Add", ["sums", "bias"], ["scores"]),
    ]


def middle() -> list[onnx.NodeProto]:
    """The fourth of the seven stacked frames."""
    return [helper.make_node("Slice", ["x", "from", "to", "axis"], ["bands"])]


MIDDLE = [numbers("from", [240]), numbers("to", [320]), numbers("axis", [2])]


def floats(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def whole(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def save(
    path: str,
    nodes: Iterable[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    constants: Sequence[onnx.TensorProto],
    says: dict[str, object],
) -> None:
    graph = helper.make_graph(list(nodes), "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {key: str(value) for key, value in says.items()})
    onnx.checker.check_model(model)
    (HERE / path).parent.mkdir(parents=True, exist_ok=True)
    (HERE / path).write_bytes(model.SerializeToString())
    tokens = "".join(f"{token} {number}\n" for number, token in enumerate(TOKENS))
    (HERE / path).parent.joinpath("tokens.txt").write_text(tokens, "utf-8")


STACKED = {
    "vocab_size": SIZE,
    "lfr_window_size": 7,
    "lfr_window_shift": 6,
    "neg_mean": ",".join(["0"] * 560),
    "inv_stddev": ",".join(["1"] * 560),
}


def sense_voice() -> None:
    marks = np.full((1, 4, SIZE), -1000, np.float32)
    for place in range(4):
        marks[0, place, 3 + place] = 1000
    says = {"model_type": "sense_voice_ctc", "normalize_samples": 0, "with_itn": 14, "without_itn": 15}
    languages = {"auto": 0, "zh": 3, "en": 4, "yue": 7, "ja": 11, "ko": 12}
    save(
        "sense-voice/model.int8.onnx",
        [*middle(), *scores("bands"), helper.make_node("Concat", ["marks", "scores"], ["logits"], axis=1)],
        [
            floats("x", 1, "T", 560),
            *(whole(n, TensorProto.INT32, 1) for n in ("x_length", "language", "text_norm")),
        ],
        [floats("logits", 1, "U", SIZE)],
        [*weights(LOUD), *MIDDLE, numpy_helper.from_array(marks, "marks")],
        {**STACKED, **says, **{f"lang_{name}": number for name, number in languages.items()}},
    )


def paraformer() -> None:
    """Says one word for the first frame and one for the last, as it has no blank."""
    save(
        "paraformer/model.onnx",
        [
            *(*middle(), *scores("bands")),
            helper.make_node("Gather", ["scores", "ends"], ["logits"], axis=1),
            helper.make_node("Identity", ["two"], ["token_num"]),
        ],
        [floats("x", 1, "T", 560), whole("x_length", TensorProto.INT32, 1)],
        [floats("logits", 1, 2, SIZE), whole("token_num", TensorProto.INT64, 1)],
        [*weights(LOUD), *MIDDLE, numbers("ends", [0, -1]), numbers("two", [2])],
        {**STACKED, "model_type": "paraformer"},
    )


def zipformer_ctc() -> None:
    save(
        "zipformer-ctc/model.onnx",
        [
            *scores("x"),
            helper.make_node("LogSoftmax", ["scores"], ["log_probs"], axis=2),
            helper.make_node("Identity", ["x_lens"], ["log_probs_len"]),
        ],
        [floats("x", "N", "T", 80), whole("x_lens", TensorProto.INT64, "N")],
        [floats("log_probs", "N", "T", SIZE), whole("log_probs_len", TensorProto.INT64, "N")],
        weights(LOUD - LOWER),
        {"model_type": "zipformer2_ctc", "vocab_size": SIZE},
    )


def transducer(folder: str = "transducer", **more: object) -> None:
    name = f"{folder}/%s-epoch-99-avg-1.onnx"
    save(
        name % "encoder",
        [*scores("x"), helper.make_node("Identity", ["x_lens"], ["out_lens"])],
        [floats("x", "N", "T", 80), whole("x_lens", TensorProto.INT64, "N")],
        [floats("scores", "N", "T", SIZE), whole("out_lens", TensorProto.INT64, "N")],
        weights(LOUD - LOWER),
        {"model_type": "zipformer2", **more},
    )
    transducer_decoder(name)
    save(
        name % "joiner",
        [helper.make_node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        [floats("encoder_out", "N", SIZE), floats("decoder_out", "N", SIZE)],
        [floats("logit", "N", SIZE)],
        [],
        {"joiner_dim": SIZE},
    )


def transducer_decoder(name: str) -> None:
    """Speaks against the word that was last, so that a long hum is one word."""
    against = np.diag([0, *[-1000] * (SIZE - 1)]).astype(np.float32)
    save(
        name % "decoder",
        [
            helper.make_node("Gather", ["y", "last"], ["word"], axis=1),
            helper.make_node("Gather", ["against", "word"], ["decoder_out"], axis=0),
        ],
        [whole("y", TensorProto.INT64, "N", 2)],
        [floats("decoder_out", "N", SIZE)],
        [numpy_helper.from_array(against, "against"), numpy_helper.from_array(np.array(1), "last")],
        {"vocab_size": SIZE, "context_size": 2},
    )


def hum(*parts: tuple[int, float], rate: int = 8000) -> array[int]:
    """Samples of hums: Hz, 0 for quiet, and seconds."""
    turns = [(hz * number / rate, hz) for hz, seconds in parts for number in range(int(seconds * rate))]
    return array("h", (int(12000 * math.sin(2 * math.pi * turn)) if hz else 0 for turn, hz in turns))


def amr(samples: array[int]) -> bytes:
    """The samples as WeChat sends them: AMR, narrow band, 12.2 kbit/s."""
    file = io.BytesIO()
    with av.open(file, "w", format="amr") as container:
        stream = container.add_stream("libopencore_amrnb", rate=8000)
        stream.layout, stream.bit_rate = "mono", 12200
        for start in range(0, len(samples), 160):
            container.mux(stream.encode(frame(samples[start : start + 160], start)))
        container.mux(stream.encode(None))
    return file.getvalue()


def frame(samples: array[int], start: int) -> av.AudioFrame:
    made = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
    made.planes[0].update(samples.tobytes())
    made.sample_rate, made.pts = 8000, start
    return made


def amr_wide(samples: array[int]) -> bytes:
    """The same at 16 kHz in AMR, wide band, 23.85 kbit/s; PyAV reads this but does not write it."""
    library = ctypes.CDLL("libvo-amrwbenc.so.0")
    library.E_IF_init.restype = ctypes.c_void_p
    state, out = ctypes.c_void_p(library.E_IF_init()), ctypes.create_string_buffer(500)
    frames = b""
    for start in range(0, len(samples), 320):
        length = library.E_IF_encode(state, 8, (ctypes.c_short * 320)(*samples[start : start + 320]), out, 0)
        frames += out.raw[:length]
    return b"#!AMR-WB\n" + frames


def main() -> None:
    sense_voice()
    paraformer()
    zipformer_ctc()
    transducer()
    transducer("streaming", decode_chunk_len=32)
    (HERE / "yang-lao.amr").write_bytes(amr(hum((LOW_HZ, 0.6), (0, 0.2), (HIGH_HZ, 0.6))))
    (HERE / "lao-yang-lao.amr").write_bytes(amr(hum((HIGH_HZ, 0.4), (LOW_HZ, 0.4), (HIGH_HZ, 0.4))))
    wide = hum((LOW_HZ, 0.6), (0, 0.2), (HIGH_HZ, 0.6), rate=16000)
    (HERE / "yang-lao-wide.amr").write_bytes(amr_wide(wide))
    (HERE / "quiet.amr").write_bytes(amr(hum((0, 1))))


if __name__ == "__main__":
    main()

"""A second opinion in another language: Node's @wecom/crypto and our gate open what the other one sealed."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import SHANGHAI
from bot.models import Message
from bot.wechat.gate import Gate
from tests.prepare import NODE_FOLDER, NODE_PACKAGE, node_package_there
from tests.wechat_side import Envelope, push_xml, sign, strict_fields

SCRIPT = Path(__file__).with_name("platform") / "node" / "envelope.cjs"
TOKEN, APP_ID, AES_KEY = "AAAAA", "wxba5fad812f8e6fb9", "A" * 43
OTHER_KEY = "wQkN0Vn4mXb8dLz2RtYcJs6HgFpUaE1oKiM3vB5xC7Z"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
TIMESTAMP, NONCE = str(int(NOW.timestamp())), "1514711492"

# From 《消息推送》 on developers.weixin.qq.com, as in tests/test_wechat_gate.py.
PUBLISHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv"
    "6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNq"
    "J4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
PUBLISHED_SIGNATURE = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"

# Every length of the padding, letters of one to four bytes, and what would end a CDATA.
MESSAGES = [
    *("a" * length for length in range(34)),
    "俺娘83了，低保，卧龙区的",
    "😀" * 7,
    "]]>",
    "<xml/>" * 2000,
]

pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="no node on this machine"),
    pytest.mark.skipif(not node_package_there(), reason=f"no {NODE_PACKAGE}; tests/prepare.py installs it"),
]


def node(*calls: dict[str, str]) -> list[dict[str, Any]]:
    """What Node answers to these calls, in one process."""
    lines = "".join(json.dumps(one) + "\n" for one in calls)
    command = ["node", str(SCRIPT), str(NODE_FOLDER)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def about(call: str, key: str = AES_KEY, **more: str) -> dict[str, str]:
    return {
        "call": call, "key": key, "token": TOKEN, "appId": APP_ID, "timestamp": TIMESTAMP, "nonce": NONCE, **more,
    }  # fmt: skip


@pytest.mark.parametrize("key", [AES_KEY, OTHER_KEY])
def test_what_node_seals_our_gate_opens(key: str) -> None:
    gate = Gate(TOKEN, APP_ID, key, lambda: NOW)
    sealed = node(*(about("seal", key, message=one) for one in MESSAGES))
    for message, one in zip(MESSAGES, sealed, strict=True):
        query = {
            "timestamp": TIMESTAMP,
            "nonce": NONCE,
            "msg_signature": one["signature"],
            "encrypt_type": "aes",
        }
        body = push_xml({"ToUserName": "gh_97417a04a28d", "Encrypt": one["sealed"]})
        assert gate.open(query, body) == message.encode()


@pytest.mark.parametrize("key", [AES_KEY, OTHER_KEY])
def test_what_our_gate_seals_node_opens(key: str) -> None:
    gate, asked = Gate(TOKEN, APP_ID, key, lambda: NOW), Message("o1", key="23456789012345678")
    outer = [strict_fields(gate.seal_for(one.encode(), asked, NOW)) for one in MESSAGES]
    opened = node(
        *(
            about("open", key, sealed=one["Encrypt"], nonce=one["Nonce"], timestamp=one["TimeStamp"])
            for one in outer
        )
    )
    for message, one, sealed in zip(MESSAGES, opened, outer, strict=True):
        assert one == {"message": message, "appId": APP_ID, "signature": sealed["MsgSignature"]}


def test_the_stand_ins_own_encryption_and_nodes_agree() -> None:
    envelope = Envelope(OTHER_KEY, APP_ID)
    ours = [envelope.encrypt(one.encode()) for one in MESSAGES]
    opened = node(*(about("open", OTHER_KEY, sealed=one) for one in ours))
    assert [one["message"] for one in opened] == MESSAGES
    assert [one["signature"] for one in opened] == [sign(TOKEN, TIMESTAMP, NONCE, one) for one in ours]
    theirs = node(*(about("seal", OTHER_KEY, message=one) for one in MESSAGES))
    assert [envelope.decrypt(one["sealed"]).decode() for one in theirs] == MESSAGES


def test_all_three_open_what_the_platform_published() -> None:
    published = about("open", sealed=PUBLISHED, timestamp="1714112445", nonce="415670741")
    (opened,) = node(published)
    assert opened["signature"] == PUBLISHED_SIGNATURE == sign(TOKEN, "1714112445", "415670741", PUBLISHED)
    assert opened["appId"] == APP_ID
    assert json.loads(opened["message"])["debug_str"] == "hello world"
    assert Envelope(AES_KEY, APP_ID).decrypt(PUBLISHED).decode() == opened["message"]
    gate = Gate(TOKEN, APP_ID, AES_KEY, lambda: datetime.fromtimestamp(1714112445, SHANGHAI))
    query = {"timestamp": "1714112445", "nonce": "415670741", "msg_signature": PUBLISHED_SIGNATURE}
    body = push_xml({"ToUserName": "gh_97417a04a28d", "Encrypt": PUBLISHED})
    assert gate.open(query, body).decode() == opened["message"]

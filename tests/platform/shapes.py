"""What the platform pushes, by its documentation: the fields of every message and event, and their XML."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

from tests.wechat_side import cdata

# A number stands bare in the XML, a text in CDATA; a list repeats its element, a mapping nests.
Value: TypeAlias = Union[str, int, float, Mapping[str, "Value"], Sequence[Mapping[str, "Value"]]]  # noqa: UP007
Fields: TypeAlias = Mapping[str, Value]

NOT_SHOWN = "【收到不支持的消息类型，暂无法显示】"
# Beyond the 53 bits of a double, as real ones are; they grow over the minutes of a run only.
_IDS = itertools.count(24_100_000_000_000_001)


def _message(kind: str, **fields: Value) -> Fields:
    return {"MsgType": kind, **fields, "MsgId": next(_IDS)}


def _event(name: str, **fields: Value) -> Fields:
    return {"MsgType": "event", "Event": name, **fields}


def text(words: str) -> Fields:
    """What somebody types."""
    return _message("text", Content=words)


def tap(words: str, menu_id: str | None) -> Fields:
    """A tapped choice: `menu_id` None where the client leaves it out, "0" where it sends a wrong one."""
    return text(words) if menu_id is None else {**text(words), "bizmsgmenuid": menu_id}


def sticker() -> Fields:
    """Stickers, forwarded chats and the like arrive as this text."""
    return text(NOT_SHOWN)


def voice(media: str, recognition: str | None = "", form: str = "amr") -> Fields:
    """A recording; since 2023 `recognition` is empty, and for some accounts not there (None)."""
    heard: Fields = {} if recognition is None else {"Recognition": recognition}
    return _message("voice", MediaId=media, Format=form, MediaId16K=f"{media}-16k", **heard)


def image(media: str, url: str = "http://mmbiz.qpic.cn/mmbiz_jpg/0") -> Fields:
    return _message("image", PicUrl=url, MediaId=media)


def video(media: str) -> Fields:
    return _message("video", MediaId=media, ThumbMediaId=f"{media}-thumb")


def shortvideo(media: str) -> Fields:
    return _message("shortvideo", MediaId=media, ThumbMediaId=f"{media}-thumb")


def location(latitude: float, longitude: float, label: str, scale: int = 16) -> Fields:
    """A place that was picked; `Location_X` is the latitude, in degrees."""
    return _message("location", Location_X=latitude, Location_Y=longitude, Scale=scale, Label=label)


def link(title: str, url: str, description: str = "") -> Fields:
    return _message("link", Title=title, Description=description, Url=url)


def file(title: str, size: int = 10_240) -> Fields:
    """Not documented for official accounts; seen from those that get it."""
    key, md5 = "3051020100", "1b5f7c23b5bf75682a53e7b6d163e185"
    return _message("file", Title=title, Description="", FileKey=key, FileMd5=md5, FileTotalLen=size)


def subscribe(scene: str | None = None) -> Fields:
    """A new follower, with the scene of the code that was scanned."""
    if scene is None:
        return _event("subscribe", EventKey="")
    return _event("subscribe", EventKey=f"qrscene_{scene}", Ticket=f"ticket-{scene}")


def unsubscribe() -> Fields:
    return _event("unsubscribe", EventKey="")


def scan(scene: str) -> Fields:
    """A follower scans a code."""
    return _event("SCAN", EventKey=scene, Ticket=f"ticket-{scene}")


def click(key: str) -> Fields:
    """A button of the account's menu with a key."""
    return _event("CLICK", EventKey=key)


def view(url: str) -> Fields:
    """A button of the account's menu that opens a page."""
    return _event("VIEW", EventKey=url, MenuId=429_000_001)


def position(latitude: float, longitude: float, precision: float = 65.0) -> Fields:
    """The position that a client reports by itself."""
    return _event("LOCATION", Latitude=latitude, Longitude=longitude, Precision=precision)


def location_select(key: str, latitude: float, longitude: float, label: str, poi: str = "") -> Fields:
    """A menu's place picker; a location message follows it."""
    # All texts, as the documentation has it; pickers write the numbers as text too.
    place = {"Location_X": str(latitude), "Location_Y": str(longitude), "Scale": "15"}
    return _event("location_select", EventKey=key, SendLocationInfo={**place, "Label": label, "Poiname": poi})


def scancode(key: str, result: str, *, waiting: bool = False) -> Fields:
    """A menu's scanner."""
    name = "scancode_waitmsg" if waiting else "scancode_push"
    return _event(name, EventKey=key, ScanCodeInfo={"ScanType": "qrcode", "ScanResult": result})


def template_done(message: int, status: str = "success") -> Fields:
    """What became of a template message; `MsgID` here, not `MsgId`."""
    return _event("TEMPLATESENDJOBFINISH", MsgID=message, Status=status)


def consent(*templates: str, accepted: bool = True, scene: int = 1) -> Fields:
    """Somebody allowed, or refused, one notice by each of these templates."""
    answer = "accept" if accepted else "reject"
    asked: list[Fields] = [
        {"TemplateId": one, "SubscribeStatusString": answer, "PopupScene": scene} for one in templates
    ]
    return _event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": asked})


def consent_changed(*templates: str) -> Fields:
    """Somebody switched these notices off; the platform tells only that."""
    asked = [{"TemplateId": one, "SubscribeStatusString": "reject"} for one in templates]
    return _event("subscribe_msg_change_event", SubscribeMsgChangeEvent={"List": asked})


def notice_sent(template: str, message: int, code: int = 0, status: str = "success") -> Fields:
    """What became of a subscription notice."""
    sent: list[Fields] = [
        {"TemplateId": template, "MsgID": message, "ErrorCode": code, "ErrorStatus": status}
    ]
    return _event("subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": sent})


def to_xml(fields: Fields) -> bytes:
    """The bytes of a push, before encryption."""
    return f"<xml>{_inside(fields)}</xml>".encode("utf-8", "surrogatepass")


def _inside(fields: Fields) -> str:
    return "\n".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"<{name}>{cdata(value)}</{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{_inside(value)}</{name}>"
    if isinstance(value, Sequence):
        return "".join(_element(name, one) for one in value)
    return f"<{name}>{value}</{name}>"

"""Hears voice messages: the bytes of a recording in, its words out; the optional extra `[voice]`."""

from bot.voice.ears import Ears, make_ears

__all__ = ["Ears", "make_ears"]

"""The names that the readers look for; the application fills them in from the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Each mapping goes from a name as people write it to what it stands for.

    `regions`: "卧龙", "卧龙区", "南阳市卧龙区" -> "411303"; a place we know but do not cover -> its code too.
    `benefits`: "高龄补贴", "高龄津贴" -> "高龄津贴".
    `services`: "洗澡", "助浴" -> "助浴".
    """

    regions: Mapping[str, str] = field(default_factory=dict)
    benefits: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)

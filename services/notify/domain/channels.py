"""Channels: what a community sends by besides the inbox. The address of a channel is a secret and rests sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ChannelKind = Literal["wecom", "dingtalk", "feishu", "webhook", "email", "sms"]
KINDS: tuple[ChannelKind, ...] = ("wecom", "dingtalk", "feishu", "webhook", "email", "sms")
# Robots refuse more than 20 messages a minute (WeCom's, DingTalk's and Feishu's documentation say 20, 20 and 100).
USUAL_RATE: dict[ChannelKind, int] = {
    "wecom": 20,
    "dingtalk": 20,
    "feishu": 60,
    "webhook": 60,
    "email": 600,
    "sms": 600,
}


@dataclass
class Channel:
    """`rate`: messages a minute. `sealed`: its settings. `tested`: when a test last came through, or why it did not."""

    id: str
    community: str
    kind: ChannelKind
    label: str
    rate: int
    sealed: bytes
    on: bool = True
    tested: datetime | None = None
    fault: str = ""

    @property
    def way(self) -> str:
        """Whom it reaches: a person's own address, or the group its robot speaks to."""
        return self.kind if self.kind in ("email", "sms") else "group"

    def note_test(self, fault: str, at: datetime) -> None:
        self.tested, self.fault = at, fault

"""One-time codes of people who sign in: sent at once, by the district's way to phones, and kept no longer.

Whoever waits for one asks for another after a minute. So a code is called out once or, where it surely did not arrive, a few
times; and never again after a call whose end nobody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.notify.domain.channels import Channel
from services.notify.store import NotifyStore
from services.notify.usecases.sending import settings_of
from services.notify.usecases.spreading import channels_by_way
from shared.crypto.field_encryption import SealLost
from shared.crypto.sealed_boxes import CannotOpen, Opener
from shared.events.envelope import DISTRICT, Event
from shared.i18n.text import Lang, Text
from shared.kernel.ids import now
from shared.messaging.inbox import Reaction
from shared.outbound import send as world
from shared.outbound.send import DeliveryResult, Message

MOST_TRIES = 3
AGAIN = timedelta(seconds=5)
TITLE = Text("登录验证码", "Sign-in code")
BODY = Text(
    "【联防】验证码 {code}，5 分钟内有效，不要告诉任何人。不是您本人操作就不用理会。",
    "Lianfang: your code is {code}, good for 5 minutes. Tell it to nobody; if you did not ask for it, do nothing.",
)


@dataclass(frozen=True)
class Code:
    """One code to be sent; what it is and for whom stands in the box."""

    id: str
    sealed: str
    tries: int


def note_codes(tx: NotifyStore, events: Sequence[Event]) -> None:
    """What is heard too late, in a replay or after a long silence, is of no use to anybody."""
    for event in events:
        if event.data["until"] > tx.act.at:
            tx.keep_code(event.id, event.data["sealed"], event.data["until"], tx.act.at)


def claim_code(store: NotifyStore) -> Code | None:
    """Takes one that waits; a process that dies with it takes it along."""
    row = store.claim_code(now())
    return Code(row["_id"], row["sealed"], row["tries"]) if row else None


def send_code(store: NotifyStore, opener: Opener, code: Code, *, private: bool) -> None:
    """Outside of any transaction, however long it takes."""
    went = _call(store, opener, code, private=private)
    if went.outcome == "failed" and code.tries < MOST_TRIES:
        store.code_again(code.id, now() + AGAIN)
    else:
        store.forget_code(code.id)


def _call(store: NotifyStore, opener: Opener, code: Code, *, private: bool) -> DeliveryResult:
    via = channels_by_way(store, DISTRICT).get("sms")
    channel = store.get(Channel, via) if via else None
    if channel is None:
        return DeliveryResult("failed")
    try:
        said = opener.open(code.sealed)
        settings = settings_of(store, channel)
    except (CannotOpen, SealLost):
        return DeliveryResult("refused")
    lang: Lang = "en" if said["lang"] == "en" else "zh"
    body = BODY.format(code=said["code"]).in_(lang)
    message = Message(f"code.{code.id}", TITLE.in_(lang), body, said["phone"])
    return world.send(channel.kind, settings, message, private=private)


REACTIONS: dict[str, Reaction] = {"accounts.phone.code-asked.v1": note_codes}

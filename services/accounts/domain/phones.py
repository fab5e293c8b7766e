"""Phones by which people sign in: a code is sent to a number, lives a few minutes, and works once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from shared.i18n.text import Text
from shared.kernel.errors import RuleBroken, TooMany

CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5  # wrong codes before another must be asked for: 1 in 200,000 for a guesser, each time
PAUSE = timedelta(minutes=1)  # between two codes to one number
DAY = timedelta(days=1)
MOST_A_DAY = 10  # to one number, and asked for by one account: each message costs, and rings somewhere


@dataclass(frozen=True)
class CodeAsked:
    """`sealed`: number and code, for notify only."""

    sealed: str
    until: datetime


class TooSoon(TooMany):
    code = "code-too-soon"
    says = Text(
        "验证码刚发过，请在 {retry_after} 秒后再试。",
        "A code was sent just now: please try again in {retry_after} seconds.",
    )


class WrongCode(RuleBroken):
    """Says the same whether the code, its time or the number was wrong."""

    code = "wrong-code"
    status = 422
    says = Text(
        "验证码不对或已过期，请核对，或重新获取。",
        "This code is wrong or no longer good: please check it, or ask for another.",
    )


class NoCodes(RuleBroken):
    code = "no-codes"
    status = 503
    says = Text("现在发不了验证码，请用密码登录。", "No codes can be sent now; please sign in with your password.")


class NoPhone(RuleBroken):
    code = "no-phone"
    says = Text("还没有绑定手机号。", "No phone is linked.")


@dataclass
class Phone:
    """One number, sealed alike each time. `account`: who signs in with it. `wanted_by`: the account that the last code links it to;
    None: that code signs in. `idle`: when it may be forgotten, if it leads to nobody."""

    id: str
    number: bytes
    account: str | None = None
    wanted_by: str | None = None
    code_hash: str | None = None
    until: datetime | None = None
    tries: int = 0
    asked: list[datetime] = field(default_factory=list)
    idle: datetime | None = None

    def ask(self, at: datetime, *, wanted_by: str | None, code_hash: str) -> None:
        """A fresh code takes the place of the last one. Raises TooSoon."""
        self.asked = check_pace(self.asked, at)
        self.asked.append(at)
        self.code_hash, self.until, self.tries, self.wanted_by = code_hash, at + CODE_LIFE, 0, wanted_by
        self.idle = None if self.account else at + DAY

    def code_for(self, at: datetime, wanted_by: str | None) -> str | None:
        """The hash of the code that is good now for this purpose."""
        good = self.until is not None and at < self.until and self.tries < CODE_TRIES and self.wanted_by == wanted_by
        return self.code_hash if good else None

    def show(self, *, right: bool) -> None:
        """Somebody showed a code: a right one is used up, a wrong one counts."""
        if right:
            self.code_hash = self.until = None
        else:
            self.tries += 1

    def link(self, account: str) -> None:
        """Whoever has the phone in hand signs in with it from now on; a number leads to one account."""
        self.account, self.wanted_by, self.idle = account, None, None

    def unlink(self, at: datetime) -> None:
        self.account = self.code_hash = self.until = None
        self.idle = at + DAY


def check_pace(asked: Sequence[datetime], at: datetime) -> list[datetime]:
    """The times of the last day. Raises TooSoon for a minute after each, and when there were enough."""
    lately = sorted(one for one in asked if at - one < DAY)
    waits = [one + PAUSE for one in lately[-1:]]
    if len(lately) >= MOST_A_DAY:
        waits.append(lately[-MOST_A_DAY] + DAY)
    again = max(waits, default=at)
    if again > at:
        raise TooSoon(retry_after=ceil((again - at).total_seconds()))
    return lately

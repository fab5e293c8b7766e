"""What a signed-in browser carries: the token every service reads, and what renews it, which only accounts is sent."""

from collections.abc import Mapping
from datetime import datetime

from services.accounts.usecases.accounts import Session, forms_secret
from shared.web import Cookie
from shared.web.request import SESSION_COOKIE, VISIT_COOKIE

RENEWAL_COOKIE = "renewal"
RENEWAL_PATH = "/accounts"

FORGOTTEN = {
    SESSION_COOKIE: Cookie("", 0),
    VISIT_COOKIE: Cookie("", 0),
    RENEWAL_COOKIE: Cookie("", 0, RENEWAL_PATH),
}


def cookies_of(session: Session, at: datetime) -> dict[str, Cookie]:
    """All until the session ends; the visit's secret becomes the session's, so that a form is good whenever the token is not."""
    seconds = int((session.ends - at).total_seconds())
    return {
        SESSION_COOKIE: Cookie(session.access, seconds),
        VISIT_COOKIE: Cookie(forms_secret(session.refresh), seconds),
        RENEWAL_COOKIE: Cookie(session.refresh, seconds, RENEWAL_PATH),
    }


def refresh_in(cookies: Mapping[str, str]) -> str:
    """The browser's refresh token; empty where there is none."""
    return cookies.get(RENEWAL_COOKIE, "")

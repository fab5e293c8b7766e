"""Calling the district's public doors as a program does: tokens, keys against doing a thing twice, named refusals."""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from shared.kernel.ids import new_id

REPEATED_AS = "demo-day"  # the demo's writes are sent under this key: one sent again is answered, not done again
RENEW_SECONDS = 600.0  # a token is good for a quarter of an hour
FILE_PATIENCE_SECONDS = 65.0  # for a file to be looked through: as long as the ingress waits
PATIENCE_SECONDS = 60.0  # for what comes by event, and for one answer; small machines carry large districts

# While a part is away nginx or the service says 503; with the key, a write may be sent again as well.
_RETRY = Retry(
    total=6, backoff_factor=0.3, status_forcelist=[HTTPStatus.SERVICE_UNAVAILABLE], allowed_methods=None,
    raise_on_status=False,
)  # fmt: skip


class Refused(Exception):
    """A door said no; `code` is the problem's, the message its sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Doors:
    """The district at `base_url`; may be called from many threads, each with connections of its own.

    Without `repeated_as` each call is a new deed."""

    def __init__(self, base_url: str, repeated_as: str | None = REPEATED_AS) -> None:
        self._base_url = base_url
        self._repeated_as = repeated_as
        self._mine = threading.local()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Any:
        """Return the answer's JSON, None for an empty one; with `files`, the body is a form. Raises Refused,
        requests.RequestException."""
        key = self._repeated_as or new_id()
        headers = {"Accept": "application/json", "Accept-Language": "en", "Idempotency-Key": key}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        url = self._base_url + path
        sent = {"data": body, "files": files} if files else {"json": body}
        answer = self._session().request(
            method, url, headers=headers, timeout=FILE_PATIENCE_SECONDS if files else PATIENCE_SECONDS, **sent
        )
        if not answer.ok:
            raise _refusal(method, path, answer)
        return answer.json() if answer.content else None

    def _session(self) -> requests.Session:
        if not hasattr(self._mine, "session"):
            self._mine.session = requests.Session()
            self._mine.session.mount("http", HTTPAdapter(max_retries=_RETRY))
        session: requests.Session = self._mine.session
        return session


@dataclass
class Account:
    """Somebody who calls the doors, from many threads if need be; signs in once, when first asked to do something."""

    doors: Doors
    user: str
    password: str = field(repr=False)
    _tokens: dict[str, Any] = field(default_factory=dict, repr=False)
    _renewed: float = 0.0
    _signing_in: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def other(self, user: str) -> "Account":
        """An invented person's; their password follows from this one's, so every run knows it and no other does."""
        digest = hmac.digest(self.password.encode(), f"demo {user}".encode(), hashlib.sha256)
        letters = base64.b32encode(digest).decode().lower()
        return Account(self.doors, user, "-".join(letters[start : start + 4] for start in (0, 4, 8, 12)))

    def register(self) -> None:
        """Nothing when there is such an account."""
        try:
            self.doors.call("POST", "/accounts", {"user": self.user, "password": self.password})
        except Refused as refusal:
            if refusal.code != "user-taken":
                raise

    def appoint(self, account: "Account", role: str, scope: str) -> None:
        """As the operator: register somebody, and give them a right."""
        account.register()
        self.post(f"/accounts/{account.get('/accounts/')['id']}/grants", {"role": role, "scope": scope})
        account.renew()

    def renew(self) -> None:
        """Get a token with the rights of now."""
        with self._signing_in:
            if self._tokens:
                refresh = {"refresh_token": self._tokens["refresh_token"]}
                self._tokens = self.doors.call("POST", "/accounts/tokens/refresh", refresh)
                self._renewed = time.monotonic()

    def get(self, path: str) -> Any:
        return self.doors.call("GET", path, token=self._token())

    def finds(self, path: str) -> bool:
        """Whether it is there for them yet: services learn by event which communities there are and who may do what."""
        try:
            self.get(path)
        except Refused:
            return False
        return True

    def pages(self, path: str) -> list[Any]:
        """All items of a list that is answered page by page."""
        page = self.get(path)
        items: list[Any] = page["items"]
        while page.get("next"):
            page = self.get(f"{path}?after={page['next']}")
            items += page["items"]
        return items

    def post(self, path: str, body: Any = None, *, already: tuple[str, ...] = ()) -> Any:
        """Return the answer's JSON; None where one of the codes `already` says that it is so without us."""
        return self._post(path, body, None, already)

    def upload(
        self, path: str, body: dict[str, str], files: Mapping[str, bytes], *, already: tuple[str, ...] = ()
    ) -> Any:
        """`post` of a form with files."""
        return self._post(path, body, files, already)

    def _post(self, path: str, body: Any, files: Mapping[str, bytes] | None, already: tuple[str, ...]) -> Any:
        try:
            return self.doors.call("POST", path, body, token=self._token(), files=files)
        except Refused as refusal:
            if refusal.code in already:
                return None
            raise

    def _token(self) -> str:
        with self._signing_in:
            if not self._tokens:
                told = {"user": self.user, "password": self.password}
                self._tokens = self.doors.call("POST", "/accounts/tokens", told)
                self._renewed = time.monotonic()
            elif time.monotonic() - self._renewed > RENEW_SECONDS:
                self.renew()
            return str(self._tokens["access_token"])


def patiently(ask: Callable[[], bool], what: str) -> None:
    """Ask again and again until it is so. Raises Refused with `what` was waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ask():
        if time.monotonic() > deadline:
            raise Refused("late", f"Still waiting for {what} after {PATIENCE_SECONDS:.0f} s.")
        time.sleep(0.1)


def _refusal(method: str, path: str, answer: requests.Response) -> Refused:
    try:
        problem = answer.json()
    except requests.JSONDecodeError:
        return Refused(str(answer.status_code), f"{method} {path}: {answer.status_code} {answer.reason}")
    faults = "".join(f" {name}: {sentence}" for name, sentence in problem.get("errors", {}).items())
    return Refused(problem["code"], f"{method} {path}: {problem['detail']}{faults}")

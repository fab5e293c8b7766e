"""Signing in and out, tokens for programs, who may do what, and which communities there are."""

from typing import Any
from urllib.parse import quote

from services.accounts import ways
from services.accounts.cookies import FORGOTTEN, cookies_of, refresh_in
from services.accounts.domain.accounts import Account, Right
from services.accounts.passwords import Passwords
from services.accounts.providers import Keys
from services.accounts.schemas import accounts as schemas
from services.accounts.usecases import accounts as usecases
from services.accounts.usecases import people, phones
from services.accounts.usecases.accounts import Session
from shared.crypto.field_encryption import SealLost
from shared.i18n.text import Text
from shared.kernel.errors import NotSignedIn
from shared.security.tokens import TOKEN_LIFE
from shared.web import Call, Reply, anyone, endpoint, only, signed_in
from shared.web.templates_env import RENEW_BEFORE

PAGE_LENGTH = 50


class AccountDoors:
    keys: Keys
    passwords: Passwords

    @endpoint("GET", "/", who=anyone, out=schemas.CommunityShape, many=True, page="accounts/landing.html")
    def landing(self, call: Call) -> Reply:
        """What this is and where to begin; who has a role is sent on to where its day begins."""
        if call.caller is None:
            gone_quiet = call.visit.session_token is not None
            return Reply(call.store.communities(), then=_renewed(ways.LANDING) if gone_quiet else None)
        account = call.store.load(Account, call.account)
        if set(account.rights) != _held(call):
            return Reply(call.store.communities(), then=_renewed(ways.LANDING))
        start = ways.start_of(account.rights)
        return Reply(call.store.communities(), then=None if start == ways.LANDING else start)

    @endpoint("GET", "/accounts/register", who=anyone, query=schemas.Next, page="accounts/register.html")
    def register_form(self, call: Call) -> Reply:
        return Reply({"next": call.query.get("next", "")})

    @endpoint(
        "POST", "/accounts", who=anyone, body=schemas.Registration, out=schemas.AccountShape, again="register_form"
    )
    def register(self, call: Call) -> Reply:
        """Register; somebody at a page is signed in at once."""
        user, password = call.body["user"], call.body["password"]
        account = usecases.register(call.store, call.act, self.passwords, user, password)
        if not call.visit.wants_page:
            return Reply(account, status=201)
        session = usecases.open_session(call.store, call.act, self.keys.maker, account.id, client="browser")
        return signed_in_reply(call, session, call.body.get("next"))

    @endpoint("GET", "/accounts/sign-in", who=anyone, query=schemas.Next, page="accounts/sign_in.html")
    def sign_in_form(self, call: Call) -> Reply:
        wanted = call.query.get("next", "")
        then = ways.onwards(wanted, call.caller.grants) if call.caller else None
        return Reply({"next": wanted}, then=then)

    @endpoint("POST", "/accounts/sign-in", who=anyone, body=schemas.SignIn, again="sign_in_form")
    def sign_in(self, call: Call) -> Reply:
        """Sign in at a page: sets the cookies and goes on to `next` or the role's start."""
        session = usecases.sign_in(
            call.store, call.act, self.passwords, self.keys.maker,
            user=call.body["user"], password=call.body["password"], client="browser",
        )  # fmt: skip
        return signed_in_reply(call, session, call.body.get("next"))

    @endpoint("POST", "/accounts/sign-out", who=anyone)
    def sign_out(self, call: Call) -> Reply:
        """End this browser's session."""
        usecases.sign_out(call.store, call.act, refresh_in(call.visit.request.cookies))
        return Reply(then=ways.LANDING, cookies=FORGOTTEN, says=Text("您已退出登录。", "You have signed out."))

    @endpoint("POST", "/accounts/sign-out/everywhere", who=signed_in)
    def sign_out_everywhere(self, call: Call) -> Reply:
        """End every session and token of the caller's account, on all devices."""
        usecases.sign_out_everywhere(call.store, call.act, call.account)
        says = Text("所有设备都已退出登录。", "You have signed out on every device.")
        return Reply(then="/accounts/sign-in", cookies=FORGOTTEN, says=says)

    @endpoint("GET", "/accounts/sessions/renewed", who=anyone, query=schemas.Next)
    def renewed(self, call: Call) -> Reply:
        """Renew this browser's token, or sign in again, on the way to `next`."""
        wanted = call.query.get("next")
        try:
            session = self._renew(call)
        except NotSignedIn:
            return Reply(then=f"/accounts/sign-in?next={quote(wanted or '', safe='')}", cookies=FORGOTTEN)
        return signed_in_reply(call, session, wanted)

    @endpoint("POST", "/accounts/sessions/renew", who=anyone, out=schemas.RenewedShape)
    def renew(self, call: Call) -> Reply:
        """Renew this browser's token while a page stays open; `renew_at` tells when to come again."""
        session = self._renew(call)
        return Reply({"renew_at": session.access_ends - RENEW_BEFORE}, cookies=cookies_of(session, call.act.at))

    @endpoint("POST", "/accounts/tokens", who=anyone, body=schemas.TokenRequest, out=schemas.TokenShape)
    def make_tokens(self, call: Call) -> dict[str, Any]:
        """Sign a program in: an access token for the Authorization header, and a refresh token for the next one."""
        session = usecases.sign_in(
            call.store, call.act, self.passwords, self.keys.maker, client="program", **call.body
        )  # fmt: skip
        return _tokens(session)

    @endpoint("POST", "/accounts/tokens/refresh", who=anyone, body=schemas.RefreshToken, out=schemas.TokenShape)
    def refresh_tokens(self, call: Call) -> dict[str, Any]:
        """The next access token, with the rights of now."""
        return _tokens(usecases.renew(call.store, call.act, self.keys.maker, call.body["refresh_token"]))

    @endpoint("POST", "/accounts/tokens/revocation", who=anyone, body=schemas.RefreshToken)
    def revoke_tokens(self, call: Call) -> None:
        """End a program's session; also where there is none (RFC 7009)."""
        usecases.sign_out(call.store, call.act, call.body["refresh_token"])

    @endpoint("GET", "/accounts/keys", who=anyone)
    def public_keys(self, _call: Call) -> Reply:
        """The public keys tokens are verified by, as a JSON Web Key Set."""
        return Reply(self.keys.jwks())

    @endpoint("GET", "/accounts/", who=signed_in, out=schemas.AccountShape, page="accounts/me.html")
    def me(self, call: Call) -> Reply:
        """The caller's own account."""
        try:
            phone = phones.linked_phone(call.store, call.account)
        except SealLost:  # its number is lost with its key: as if there were none
            phone = None
        return Reply(call.store.load(Account, call.account), page={**_words(call), "phone": phone})

    @endpoint("GET", "/accounts/pass", who=signed_in, page="accounts/pass.html")
    def pass_form(self, call: Call) -> Reply:
        """The communities to whose own address the caller may take a pass."""
        return Reply({"token": None}, page=_passes(call))

    @endpoint("POST", "/accounts/pass", who=signed_in, body=schemas.PassRequest, out=schemas.PassShape,
          page="accounts/pass.html")  # fmt: skip
    def make_pass(self, call: Call) -> Reply:
        """Make a pass for a community's own address: shown once, good there for twelve hours, and longer while accounts is away."""
        community = call.body["community"]
        token = usecases.make_pass(call.store, call.act, self.keys.maker, call.account, community)
        origin = self.keys.origins.get(community)
        address = f"{origin}/communities/{community}/shifts/pass" if origin else None
        return Reply({"token": token, "address": address}, page=_passes(call))

    @endpoint("POST", "/accounts/password", who=signed_in, body=schemas.PasswordChange, again="me")
    def change_password(self, call: Call) -> Reply:
        """Change one's password; every other session ends."""
        usecases.change_password(call.store, call.act, self.passwords, call.account, **call.body)
        says = Text("密码已修改，其他设备都已退出登录。", "Your password is changed; all other devices are signed out.")
        if call.visit.bearer is not None:
            return Reply()
        session = usecases.open_session(call.store, call.act, self.keys.maker, call.account, client="browser")
        return Reply(then="/accounts/", says=says, cookies=cookies_of(session, call.act.at))

    @endpoint("GET", "/accounts/people", who=only("operator", "officer", "staff"), query=schemas.PeopleList,
          out=schemas.AccountShape, many=True, page="accounts/people.html")  # fmt: skip
    def list_people(self, call: Call) -> Reply:
        """Accounts by community or by the beginning of the user name; `after` pages on."""
        query = call.query
        found = people.page_of(
            call.store, _held(call), query.get("community"), query["user"], query["after"], PAGE_LENGTH + 1
        )
        shown = found[:PAGE_LENGTH]
        following = shown[-1].id if len(found) > PAGE_LENGTH else None
        page = {**_words(call), "listing": {"next": following}, "communities": call.store.communities()}
        return Reply(shown, page={**page, "sees_all": people.scopes_seen(_held(call)) is None})

    @endpoint("GET", "/accounts/people/<account>", who=only("operator", "officer", "staff"), out=schemas.PersonShape,
          page="accounts/person.html")  # fmt: skip
    def person(self, call: Call, account: str) -> Reply:
        """One account: its rights and their history."""
        found = people.person(call.store, _held(call), account)
        grantable = people.grantable(call.store, _held(call))
        return Reply(found, page={**_words(call), "grantable": grantable})

    @endpoint("POST", "/accounts/<account>/grants", who=only("operator", "officer", "staff"), body=schemas.RightShape,
          out=schemas.AccountShape, again="person")  # fmt: skip
    def grant(self, call: Call, account: str) -> Reply:
        """Grant a role; what is held already changes nothing."""
        changed = usecases.grant(call.store, call.act, _held(call), account, Right(**call.body))
        return Reply(changed, then=f"/accounts/people/{account}", says=Text("已授予。", "Granted."))

    @endpoint("POST", "/accounts/<account>/grants/withdrawal", who=only("operator", "officer", "staff"),
          body=schemas.RightShape, out=schemas.AccountShape, again="person")  # fmt: skip
    def withdraw(self, call: Call, account: str) -> Reply:
        """Withdraw a role: it ends at once, wherever the person is signed in."""
        changed = usecases.withdraw(call.store, call.act, _held(call), account, Right(**call.body))
        return Reply(changed, then=f"/accounts/people/{account}", says=Text("已撤销。", "Withdrawn."))

    @endpoint("GET", "/accounts/communities", who=anyone, out=schemas.CommunityShape, many=True,
          page="accounts/communities.html")  # fmt: skip
    def list_communities(self, call: Call) -> Reply:
        """The communities of the district."""
        return Reply(call.store.communities())

    @endpoint("POST", "/accounts/communities", who=only("operator"), body=schemas.NewCommunity,
          out=schemas.CommunityShape, again="list_communities")  # fmt: skip
    def register_community(self, call: Call) -> Reply:
        """Register a community of the district."""
        community = usecases.register_community(call.store, call.act, **call.body)
        says = Text("社区已登记。", "The community is registered.")
        return Reply(community, status=201, then="/accounts/communities", says=says)

    def _renew(self, call: Call) -> Session:
        return usecases.renew(call.store, call.act, self.keys.maker, refresh_in(call.visit.request.cookies))


def signed_in_reply(call: Call, session: Session, wanted: str | None) -> Reply:
    return Reply(then=ways.onwards(wanted, session.rights), cookies=cookies_of(session, call.act.at))


def _tokens(session: Session) -> dict[str, Any]:
    return {
        "access_token": session.access,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "refresh_token": session.refresh,
    }


def _renewed(wanted: str) -> str:
    return f"/accounts/sessions/renewed?next={quote(wanted, safe='')}"


def _held(call: Call) -> set[Right]:
    """The caller's rights, as their token tells."""
    return {Right(one.role, one.scope) for one in call.caller.grants} if call.caller else set()


def _passes(call: Call) -> dict[str, Any]:
    held = call.caller.communities() if call.caller else []
    return {"communities": [one for one in call.store.communities() if one.id in held]}


def _words(call: Call) -> dict[str, Any]:
    places = {f"community:{one.id}": Text(one.name, one.name_en) for one in call.store.communities()}
    scopes = {"district": Text("全区", "The district"), "self": Text("本人", "Oneself"), **places}
    return {"role_words": schemas.ROLE_WORDS, "scope_words": scopes}

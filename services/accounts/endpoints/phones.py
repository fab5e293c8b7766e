"""Signing in by a code to one's phone, and linking the number to one's account."""

from services.accounts.domain.phones import CODE_LIFE
from services.accounts.endpoints.accounts import signed_in_reply
from services.accounts.passwords import Passwords
from services.accounts.providers import Keys
from services.accounts.schemas import phones as schemas
from services.accounts.schemas.accounts import Next
from services.accounts.usecases import phones as usecases
from shared.i18n.text import Text
from shared.web import Call, Reply, anyone, endpoint, signed_in

_ASKED = {"seconds": int(CODE_LIFE.total_seconds())}


class PhoneDoors:
    keys: Keys
    passwords: Passwords

    @endpoint("GET", "/accounts/sign-in/phone", who=anyone, query=Next, page="accounts/phone.html")
    def phone_form(self, call: Call) -> Reply:
        """The form to ask for a code in."""
        return Reply({"next": call.query.get("next", "")})

    @endpoint("POST", "/accounts/sign-in/codes", who=anyone, body=schemas.PhoneAsked, out=schemas.AskedShape,
          page="accounts/code.html", again="phone_form")  # fmt: skip
    def ask_for_code(self, call: Call) -> Reply:
        """Send a code to a phone, if somebody signs in with it; the answer does not tell."""
        usecases.ask_to_sign_in(call.store, call.act, self.passwords, call.body["phone"], call.lang)
        return Reply(_ASKED, page={"values": {**call.body}})

    @endpoint("GET", "/accounts/sign-in/code", who=anyone, query=Next, page="accounts/code.html")
    def code_form(self, call: Call) -> Reply:
        """The form to enter a code in."""
        return Reply(_ASKED, page={"values": {"next": call.query.get("next", "")}})

    @endpoint("POST", "/accounts/sign-in/code", who=anyone, body=schemas.CodeSignIn, again="code_form")
    def sign_in_by_code(self, call: Call) -> Reply:
        """Sign in at a page with a code; with a new password too, if it was forgotten."""
        session = usecases.sign_in(
            call.store, call.act, self.passwords, self.keys.maker,
            phone=call.body["phone"], code=call.body["code"].strip(), password=call.body.get("password"),
        )  # fmt: skip
        return signed_in_reply(call, session, call.body.get("next"))

    @endpoint("POST", "/accounts/phone", who=signed_in, body=schemas.PhoneWanted, out=schemas.AskedShape,
          page="accounts/phone_code.html", again="me")  # fmt: skip
    def ask_to_link(self, call: Call) -> Reply:
        """Send a code to a phone one wants to sign in with."""
        phone, password = call.body["phone"], call.body["present"]
        usecases.ask_to_link(call.store, call.act, self.passwords, call.account, phone, password, call.lang)
        return Reply(_ASKED, page={"values": {"phone": phone}})

    @endpoint("GET", "/accounts/phone/code", who=signed_in, page="accounts/phone_code.html")
    def link_form(self, _call: Call) -> Reply:
        """The form to enter the code in that came to one's phone."""
        return Reply(_ASKED)

    @endpoint("POST", "/accounts/phone/confirmation", who=signed_in, body=schemas.CodeShown, again="link_form")
    def link_phone(self, call: Call) -> Reply:
        """Link the phone the code went to: whoever has it in hand signs in with it from now on."""
        usecases.link(
            call.store, call.act, self.passwords, call.account, call.body["phone"], call.body["code"].strip()
        )  # fmt: skip
        says = Text("手机号已绑定，可以用验证码登录。", "Your phone is linked: you can sign in by code.")
        return Reply(then="/accounts/", says=says)

    @endpoint("POST", "/accounts/phone/removal", who=signed_in)
    def unlink_phone(self, call: Call) -> Reply:
        """Nobody signs in with this phone any more."""
        usecases.unlink(call.store, call.act, call.account)
        return Reply(then="/accounts/", says=Text("手机号已解绑。", "Your phone is no longer linked."))

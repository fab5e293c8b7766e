"""Accounts, communities and sessions as documents, and the questions asked of them."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.accounts.domain.accounts import Account, Community
from services.accounts.domain.phones import Phone
from shared.persistence.personal_data import Holding
from shared.persistence.store import Kind, Store


class AccountsStore(Store):
    service = "accounts"
    kinds = {
        Account: Kind("accounts", "accounts.account"),
        Community: Kind("communities", "accounts.community"),
        Phone: Kind("phones", "accounts.phone"),
    }
    indexes = {
        "accounts": [
            IndexModel([("user", ASCENDING)], unique=True),
            IndexModel([("rights.scope", ASCENDING), ("_id", ASCENDING)]),
        ],
        "sessions": [
            IndexModel([("account", ASCENDING)]),
            IndexModel([("expires", ASCENDING)], expireAfterSeconds=0),
        ],
        "places": [],
        "phones": [
            IndexModel([("number", ASCENDING)], unique=True),
            IndexModel([("account", ASCENDING)]),
            IndexModel([("wanted_by", ASCENDING)]),
            IndexModel([("idle", ASCENDING)], expireAfterSeconds=0),
        ],
    }
    holds = (Holding("phones", ("number",), until="idle"),)

    def has_accounts(self) -> bool:
        return self[Account].find_one({}, session=self.session) is not None

    def of_user(self, user: str) -> Account | None:
        found = self.find(Account, {"user": user}, limit=1)
        return found[0] if found else None

    def people(self, scopes: Collection[str] | None, user: str, after: str, limit: int) -> list[Account]:
        """A page of accounts in the order they registered: those with a right in one of `scopes` (None: all), whose user
        name begins with `user`."""
        query: dict[str, Any] = {"_id": {"$gt": after}}
        if scopes is not None:
            query["rights.scope"] = {"$in": list(scopes)}
        if user:
            query["user"] = {"$regex": f"^{re.escape(user)}"}
        return self.find(Account, query, sort=[("_id", ASCENDING)], limit=limit)

    def users(self, accounts: Collection[str]) -> dict[str, str]:
        """User names by account id."""
        return {one.id: one.user for one in self.find(Account, {"_id": {"$in": list(accounts)}})}

    def phone_of(self, number: bytes) -> Phone | None:
        """`number` is sealed as it is kept."""
        found = self.find(Phone, {"number": number}, limit=1)
        return found[0] if found else None

    def phones_of(self, account: str) -> list[Phone]:
        return self.find(Phone, {"account": account})

    def codes_asked_by(self, account: str, since: datetime) -> list[datetime]:
        """When this account asked for codes to numbers it wants to link."""
        return [at for one in self.find(Phone, {"wanted_by": account}) for at in one.asked if at > since]

    def communities(self) -> list[Community]:
        return self.find(Community, {}, sort=[("_id", ASCENDING)])

    def history(self, account: str, limit: int) -> list[dict[str, Any]]:
        """What the journal says of an account, the newest first."""
        query = {"aggregate": self.kinds[Account].aggregate, "subject": account}
        return list(self["journal"].find(query, sort=[("sequence", DESCENDING)], limit=limit))

    def keep_place(self, community: Community) -> None:
        """What every service keeps of a community once it has heard; accounts knows first."""
        place = {"name": community.name, "name_en": community.name_en, "residents": community.residents}
        self["places"].replace_one({"_id": community.id}, place, upsert=True, session=self.session)

    def add_session(self, session: Mapping[str, Any]) -> None:
        self["sessions"].insert_one(dict(session), session=self.session)

    def use_session(self, digest: str, at: datetime) -> dict[str, Any] | None:
        """The session of a refresh token, unless it has ended or expired; notes that it is used."""
        open_one = {"_id": digest, "ended": None, "expires": {"$gt": at}}
        return self["sessions"].find_one_and_update(open_one, {"$set": {"last_used": at}}, session=self.session)

    def end_session(self, digest: str, at: datetime) -> None:
        self["sessions"].update_one({"_id": digest, "ended": None}, {"$set": {"ended": at}}, session=self.session)

    def end_sessions(self, account: str, at: datetime) -> None:
        self["sessions"].update_many({"account": account, "ended": None}, {"$set": {"ended": at}}, session=self.session)

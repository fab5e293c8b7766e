"""accounts: who signs in, by password or by a code to their phone, and what each may do."""

from services.accounts.endpoints.accounts import AccountDoors
from services.accounts.endpoints.phones import PhoneDoors
from services.accounts.providers import FirstOperator, PasswordKeeper, SigningKeys
from services.accounts.store import AccountsStore
from services.accounts.usecases.accounts import REACTIONS
from shared.runtime.event_subscriptions import EventSubscriptions
from shared.runtime.tenants import Stores
from shared.web.service import Service


class AccountsService(AccountDoors, PhoneDoors, Service):
    name = "accounts"
    url_prefix = "/accounts"
    has_vault = True

    stores = Stores(AccountsStore)
    events = EventSubscriptions(REACTIONS)
    keys = SigningKeys()
    passwords = PasswordKeeper()
    first_operator = FirstOperator()

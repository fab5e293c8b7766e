"""Who acts."""

from services.district.domain.accounts import Account
from services.district.usecases.folds import Folds, fold

FOLDS: Folds = {("accounts.account",): fold(Account, "accounts", lambda event: Account(event.subject))}

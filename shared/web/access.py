"""Access rule of an endpoint, as a value that the endpoint checks, the tests enumerate and the OpenAPI page prints."""

from dataclasses import dataclass

from shared.kernel.errors import NotAllowed, NotSignedIn
from shared.security.tokens import Principal


@dataclass(frozen=True)
class Access:
    """`roles` None: anyone; empty: whoever is signed in; else one of these roles, in the community the URL names."""

    roles: tuple[str, ...] | None

    def check(self, caller: Principal | None, community: str | None) -> None:
        """Raises NotSignedIn or NotAllowed."""
        if self.roles is None:
            return
        if caller is None:
            raise NotSignedIn
        if self.roles and not any(caller.may(role, community) for role in self.roles):
            raise NotAllowed


anyone = Access(None)
signed_in = Access(())


def only(*roles: str) -> Access:
    return Access(roles)

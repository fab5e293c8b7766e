"""Pledges and donations: promised, accepted, brought in parts, with a receipt for each and thanks at the end."""

from collections.abc import Callable, Sequence
from datetime import date

from services.supplies.domain import pledges as domain
from services.supplies.domain.needs import Need
from services.supplies.domain.pledges import Donation, Donor, Pledge
from services.supplies.domain.stock import Batch, Lot
from services.supplies.store import SuppliesStore
from services.supplies.usecases.stock import Paper, bring_in, day_of
from shared.events.contracts import Fact, registry
from shared.kernel.command import Command
from shared.kernel.errors import NotFound

publish = registry.publisher({
    domain.PledgeMade: "supplies.pledge.made.v1",
    domain.PledgeAccepted: "supplies.pledge.accepted.v1",
    domain.PledgeDeclined: "supplies.pledge.declined.v1",
    domain.PledgeWithdrawn: "supplies.pledge.withdrawn.v1",
    domain.PartDelivered: "supplies.pledge.delivered.v1",
    domain.PledgeThanked: "supplies.pledge.thanked.v1",
    domain.DonationReceived: "supplies.donation.received.v1",
})  # fmt: skip


def make(
    store: SuppliesStore, act: Command, account: str, donor: Donor, *, item: str, quantity: int, place: str | None,
    expires: date | None,
) -> Pledge:  # fmt: skip
    """Raises UnknownItem, NameMissing, AlreadyExpired."""

    def do(tx: SuppliesStore) -> Pledge:
        tx.item(item)
        pledge = Pledge(act.id, account, item, quantity, place, donor, expires, act.at)
        tx.save(pledge, publish([pledge.made(day_of(act))]))
        return pledge

    return store.transaction(act, do)


def accept(store: SuppliesStore, act: Command, keeper: str, pledge: str, place: str, need: str | None) -> Pledge:
    """It may come to this place. Raises NotFound, PledgeForOthers, PledgeNotWaiting, WrongNeed."""

    def do(tx: SuppliesStore) -> Pledge:
        one = tx.load(Pledge, pledge)
        meant = tx.get(Need, need) if need else None
        if need and (meant is None or (meant.place, meant.item) != (place, one.item)):
            raise domain.WrongNeed("need")
        tx.save(one, publish(one.accept(keeper, place, need)))
        return one

    return store.transaction(act, do)


def decline(store: SuppliesStore, act: Command, keeper: str, pledge: str, reason: str) -> Pledge:
    """Raises NotFound, PledgeForOthers, PledgeNotWaiting."""

    def do(tx: SuppliesStore) -> Pledge:
        one = tx.load(Pledge, pledge)
        tx.save(one, publish(one.decline(keeper, reason)))
        return one

    return store.transaction(act, do)


def withdraw(store: SuppliesStore, act: Command, account: str, pledge: str) -> Pledge:
    """Raises NotFound for somebody else's, PledgeNotWaiting."""
    return _own(store, act, account, pledge, lambda _, one: publish(one.withdraw()))


def hide_name(store: SuppliesStore, act: Command, account: str, pledge: str) -> Pledge:
    """The donor takes back the consent to be named: the public list forgets the name at once."""

    def do(tx: SuppliesStore, one: Pledge) -> list[Fact]:
        one.donor.shown = False
        for donation in tx.donations_of(one.id):
            donation.donor.shown = False
            tx.save(donation)
        return []

    return _own(store, act, account, pledge, do)


def deliver(store: SuppliesStore, act: Command, place: str, pledge: str, *, quantity: int, batch: Batch) -> Donation:
    """A part of a pledge came, or all of it: into stock, with a receipt. Raises PledgeNotAccepted, AlreadyExpired,
    TooMuchDangerous."""

    def do(tx: SuppliesStore) -> Donation:
        one = tx.load(Pledge, pledge)
        delivered = one.deliver(place, quantity)
        tx.save(one, publish(delivered))
        donation = _numbered(tx, Donation(
            act.id, "", place, one.item, quantity, one.donor, one.id, one.account, act.at,
        ))  # fmt: skip
        bring_in(tx, place, one.item, [Lot(batch, quantity)], "received", Paper(document=donation.number))
        return donation

    return store.transaction(act, do)


def give_at_the_door(
    store: SuppliesStore, act: Command, place: str, donor: Donor, *, item: str, quantity: int, batch: Batch
) -> Donation:  # fmt: skip
    """Somebody brings something unannounced. Raises UnknownItem, NameMissing, AlreadyExpired, TooMuchDangerous."""

    def do(tx: SuppliesStore) -> Donation:
        donation = _numbered(tx, Donation(
            act.id, "", place, item, quantity, donor, None, None, act.at,
        ))  # fmt: skip
        bring_in(tx, place, item, [Lot(batch, quantity)], "received", Paper(document=donation.number))
        return donation

    return store.transaction(act, do)


def thank(store: SuppliesStore, act: Command, place: str, pledge: str, words: str) -> Pledge:
    """Raises NotFound, NothingToThank."""

    def do(tx: SuppliesStore) -> Pledge:
        one = tx.the(Pledge, {"_id": pledge, "goes_to": place})
        tx.save(one, publish(one.thank(place, words)))
        return one

    return store.transaction(act, do)


def receipt_of(
    store: SuppliesStore, donation: str, *, place: str | None = None, account: str | None = None
) -> Donation:
    """What a receipt says, for the place that got it or the donor who gave it. Raises NotFound for others."""
    found = store.get(Donation, donation)
    if (
        found is None
        or (place is not None and found.place != place)
        or (account is not None and found.account != account)
    ):
        raise NotFound
    return found


def _numbered(tx: SuppliesStore, donation: Donation) -> Donation:
    """The receipt's number is the next of its place and year; both are written together."""
    book = tx.register(donation.place, day_of(tx.act).year)
    donation.number = book.next_number()
    tx.save(book)
    tx.save(donation, publish([donation.received()]), community=donation.place)
    return donation


def _own(
    store: SuppliesStore,
    act: Command,
    account: str,
    pledge: str,
    change: Callable[[SuppliesStore, Pledge], Sequence[Fact]],
) -> Pledge:
    def do(tx: SuppliesStore) -> Pledge:
        one = tx.the(Pledge, {"_id": pledge, "account": account})
        tx.save(one, change(tx, one))
        return one

    return store.transaction(act, do)

"""A community's channels: set up, switched off, tested. What leads to them rests sealed under the community's key."""

import json
from collections.abc import Mapping
from typing import Any

from services.notify.domain.channels import USUAL_RATE, Channel
from services.notify.store import NotifyStore
from services.notify.usecases.sending import Desk, settings_of, test_channel
from shared.kernel.command import Command
from shared.outbound.send import DeliveryResult, check_settings

SECRETS = ("address", "secret", "server", "port", "secure", "user", "password", "sender")


def set_up(store: NotifyStore, act: Command, desk: Desk, community: str, said: Mapping[str, Any]) -> Channel:
    """Raises NotOutside."""
    settings = {name: said[name] for name in SECRETS if said.get(name) not in (None, "")}
    check_settings(said["kind"], settings, private=desk.private)
    sealed = store.vault.seal(community, json.dumps(settings))
    rate = said.get("rate") or USUAL_RATE[said["kind"]]
    channel = Channel(act.id, community, said["kind"], said["label"], rate, sealed)

    def do(tx: NotifyStore) -> Channel:
        tx.save(channel)
        return channel

    return store.transaction(act, do)


def switch(store: NotifyStore, act: Command, community: str, channel_id: str, *, on: bool) -> Channel:
    def do(tx: NotifyStore) -> Channel:
        channel = tx.channel(community, channel_id)
        channel.on = on
        tx.save(channel)
        return channel

    return store.transaction(act, do)


def remove(store: NotifyStore, community: str, channel_id: str) -> None:
    """What still waits for it fails. Raises NotFound."""
    channel = store.channel(community, channel_id)
    store[Channel].delete_one({"_id": channel.id})


def test(store: NotifyStore, act: Command, desk: Desk, community: str, channel_id: str, to: str) -> DeliveryResult:
    """Sends a test message and notes how it went."""
    channel = store.channel(community, channel_id)
    went = test_channel(store, desk, channel, to, act.id)

    def do(tx: NotifyStore) -> None:
        tested = tx.channel(community, channel_id)
        tested.note_test("" if went.outcome == "sent" else went.why or went.outcome, act.at)
        tx.save(tested)

    store.transaction(Command(actor=act.actor), do)
    return went


def shown_settings(store: NotifyStore, channel: Channel) -> str:
    """Enough to know it again, nothing to use it by."""
    settings = settings_of(store, channel)
    told = str(settings.get("server") or settings.get("address", ""))
    return f"{told.partition('?')[0][:28]}…"

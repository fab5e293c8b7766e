"""Answers to what people were asked, by private link or by who is signed in."""

from services.notify.domain.answers import AnswerGiven, Ask, Choice, ask_id
from services.notify.domain.notices import Notice
from services.notify.domain.refusals import NoLongerAsked
from services.notify.store import NotifyStore
from services.notify.usecases.spreading import LINKS
from shared.events.contracts import registry
from shared.kernel.command import Command
from shared.persistence.capability_links import follow_link

publish = registry.publisher({AnswerGiven: "notify.answer.given.v1"})


def asked_by(store: NotifyStore, token: str) -> Ask:
    """Raises NotFound."""
    return store.load(Ask, follow_link(store, LINKS, token))


def answer_by_link(store: NotifyStore, act: Command, token: str, answer: Choice) -> Ask:
    """Raises NotFound, TooLate, NoLongerAsked."""
    return _answer(store, act, follow_link(store, LINKS, token), answer)


def answer_signed_in(store: NotifyStore, act: Command, notice: str, account: str, answer: Choice) -> Ask:
    """Raises NotFound for whoever was not asked, TooLate, NoLongerAsked."""
    return _answer(store, act, ask_id(notice, account), answer)


def _answer(store: NotifyStore, act: Command, ask: str, answer: Choice) -> Ask:
    def do(tx: NotifyStore) -> Ask:
        asked = tx.load(Ask, ask)
        if tx.load(Notice, asked.notice).standing != "published":
            raise NoLongerAsked
        if facts := publish(asked.give(answer, act.at)):
            tx.save(asked, facts, community=asked.community)
        return asked

    return store.transaction(act, do)

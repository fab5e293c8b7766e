"""What communities answer to requests for people."""

from services.district.domain.help import HelpAnswer, answer_key
from services.district.usecases.folds import Folds, fold
from shared.events.envelope import Event


def _key(event: Event) -> str:
    return answer_key(event.community, event.data["shift"], event.data["who"])


FOLDS: Folds = {
    ("volunteers.help",): fold(HelpAnswer, "help_answers", lambda event: HelpAnswer(_key(event)), _key),
}

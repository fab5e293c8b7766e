"""Searching for people for a shift that lacks them, and answering when asked."""

from services.shifts.domain.cover import Cover
from services.shifts.endpoints.page import HOME, LEADING, OURS, home
from services.shifts.schemas import duty as schemas
from services.shifts.usecases import cover as usecases
from shared.i18n.text import Text
from shared.web import Call, Reply, endpoint, only


class CoverDoors:
    @endpoint("GET", f"{HOME}/<shift>/cover", who=only("staff", "captain", "officer"), out=schemas.CoverShape)
    def show_cover(self, call: Call, community: str, shift: str) -> Reply:  # noqa: ARG002
        """How far the search for people for a shift is, and everybody's answer; people see it on the shift's page."""
        return Reply(call.store.load(Cover, shift))

    @endpoint("POST", f"{HOME}/<shift>/cover", who=LEADING, out=schemas.CoverShape)
    def start_cover(self, call: Call, community: str, shift: str) -> Reply:
        """Begin the search now: stand-by, then volunteers, then neighbours, then the district, each step timed."""
        cover = usecases.start_cover(call.store, call.act, shift)
        says = Text("开始找人，结果会显示在这里。", "The search has begun; answers will show here.")
        return Reply(cover, then=f"{home(community)}/{shift}", says=says)

    @endpoint("POST", f"{HOME}/<shift>/cover/answers", who=OURS, body=schemas.CoverAnswer, out=schemas.AnswerShape)
    def answer_cover(self, call: Call, community: str, shift: str) -> Reply:
        """Answer when asked to come: a yes takes a place if every rule agrees; both answers are on record."""
        result = usecases.answer_cover(call.store, call.act, call.account, shift, call.body["answer"])
        return Reply(result, then=f"{home(community)}/mine", says=_thanks(result))


def _thanks(result: usecases.AnswerResult) -> Text:
    if result.answer == "no":
        return Text("知道了，谢谢回复。", "Understood; thank you for answering.")
    if result.refusal is None:
        return Text("谢谢您来顶班，请按时到岗。", "Thank you for coming; please be there on time.")
    reason = Text(result.refusal.sentence("zh"), result.refusal.sentence("en"))
    return Text("谢谢！这次不用您来：{reason}", "Thank you! You need not come: {reason}").format(reason=reason)

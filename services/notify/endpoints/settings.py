"""What staff and the district set up: channels and automatic notices."""

from typing import Any

from services.notify import read_views
from services.notify.domain.channels import USUAL_RATE, Channel
from services.notify.domain.rules import TRIGGERS, Rule
from services.notify.endpoints.reading import STAFF, page_of
from services.notify.schemas import settings as schemas
from services.notify.schemas.notices import FACT_WORDS, SORT_WORDS, WAY_WORDS
from services.notify.usecases import channels, ruling
from services.notify.usecases.sending import Desk
from shared.crypto.field_encryption import SealLost
from shared.events.envelope import DISTRICT
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.outbound.template_sandbox import fill
from shared.replicas.communities import check_known, names
from shared.web import Call, Reply, endpoint, only

HOME = "/notices/<community>/channels"
OURS = "/notices/channels"
OFFICERS = only("officer")
DRY_RUN = 10
_TESTED = Text("测试消息已送达。", "The test message arrived.")
_FAILED = Text("没有送达：{why}", "It did not arrive: {why}")


class SettingsDoors:
    outbox: Desk

    @endpoint("GET", HOME, who=only(*STAFF), out=schemas.ChannelShape, many=True, page="notify/channels.html")
    def list_channels(self, call: Call, community: str) -> Reply:
        """A community's channels; what leads to them is shown to nobody."""
        check_known(call.store, community)
        return self._listed(call, community)

    @endpoint("POST", HOME, who=only(*STAFF), body=schemas.NewChannel, out=schemas.ChannelShape, again="list_channels")
    def set_up_channel(self, call: Call, community: str) -> Reply:
        """Set up a channel for a community."""
        check_known(call.store, community)
        return self._set_up(call, community, f"/notices/{community}/channels")

    @endpoint("POST", f"{HOME}/<channel>/test", who=only(*STAFF), body=schemas.ChannelTest, out=schemas.WentShape)
    def test_channel(self, call: Call, community: str, channel: str) -> Reply:
        """Send a test message by a channel."""
        return self._test(call, community, channel)

    @endpoint("POST", f"{HOME}/<channel>/switch", who=only(*STAFF), body=schemas.Switch, out=schemas.ChannelShape)
    def switch_channel(self, call: Call, community: str, channel: str) -> Reply:
        """Switch a channel on or off."""
        return Reply(channels.switch(call.store, call.act, community, channel, on=call.body["on"]))

    @endpoint("POST", f"{HOME}/<channel>/removal", who=only(*STAFF))
    def remove_channel(self, call: Call, community: str, channel: str) -> Reply:
        """Remove a channel and what leads to it."""
        channels.remove(call.store, community, channel)
        return Reply(says=Text("已删除。", "Removed."))

    @endpoint("GET", OURS, who=OFFICERS, out=schemas.ChannelShape, many=True, page="notify/channels.html")
    def list_our_channels(self, call: Call) -> Reply:
        """The district's channels: mail and SMS of communities that have none of their own go by these."""
        return self._listed(call, DISTRICT)

    @endpoint("POST", OURS, who=OFFICERS, body=schemas.NewChannel, out=schemas.ChannelShape, again="list_our_channels")
    def set_up_our_channel(self, call: Call) -> Reply:
        """Set up a channel for the whole district."""
        return self._set_up(call, DISTRICT, OURS)

    @endpoint("POST", f"{OURS}/<channel>/test", who=OFFICERS, body=schemas.ChannelTest, out=schemas.WentShape)
    def test_our_channel(self, call: Call, channel: str) -> Reply:
        """Send a test message by a channel of the district."""
        return self._test(call, DISTRICT, channel)

    @endpoint("POST", f"{OURS}/<channel>/switch", who=OFFICERS, body=schemas.Switch, out=schemas.ChannelShape)
    def switch_our_channel(self, call: Call, channel: str) -> Reply:
        """Switch a channel of the district on or off."""
        return Reply(channels.switch(call.store, call.act, DISTRICT, channel, on=call.body["on"]))

    @endpoint("POST", f"{OURS}/<channel>/removal", who=OFFICERS)
    def remove_our_channel(self, call: Call, channel: str) -> Reply:
        """Remove a channel of the district."""
        channels.remove(call.store, DISTRICT, channel)
        return Reply(says=Text("已删除。", "Removed."))

    @endpoint("GET", "/notices/rules", who=only("officer", "operator"), out=schemas.RuleShape, many=True,
          page="notify/rules.html")  # fmt: skip
    def list_rules(self, call: Call) -> Reply:
        """The rules by which events become notices."""
        rules = call.store.rules()
        return Reply(rules, page={"triggers": TRIGGERS, "said": {one.id: _titled(one) for one in rules}})

    @endpoint("GET", "/notices/rules/<rule>", who=only("officer", "operator"), out=schemas.RuleShape,
          page="notify/rule.html")  # fmt: skip
    def show_rule(self, call: Call, rule: str) -> Reply:
        """One rule, and what it would have made of the newest events; looking sends nothing."""
        found = call.store.get(Rule, rule)
        if found is None:
            raise NotFound
        runs = ruling.dry_run(call.store, found, DRY_RUN)
        page = {
            "triggers": TRIGGERS, "way_words": WAY_WORDS, "sort_words": SORT_WORDS, "fact_words": FACT_WORDS,
            "places": names(call.store), "runs": runs, "where": read_views.places_of(call.store, [one for one, _, _ in runs]),
        }  # fmt: skip
        return Reply(found, page=page)

    @endpoint("POST", "/notices/rules/<rule>", who=OFFICERS, body=schemas.RuleForm, out=schemas.RuleShape,
          again="show_rule")  # fmt: skip
    def save_rule(self, call: Call, rule: str) -> Reply:
        """Change a rule, or make one under a new name."""
        saved = ruling.save_rule(call.store, call.act, rule, call.body)
        return Reply(saved, then=f"/notices/rules/{rule}", says=Text("规则已保存。", "The rule is saved."))

    def _listed(self, call: Call, community: str) -> Reply:
        found = call.store.channels(community)
        own = community != DISTRICT
        page: dict[str, Any] = {
            "words": schemas.CHANNEL_WORDS, "secure_words": schemas.SECURE_WORDS, "rates": USUAL_RATE,
            "shown": {one.id: self._shown(call, one) for one in found}, "own": own,
            "here": f"/notices/{community}/channels" if own else OURS,
        }  # fmt: skip
        return Reply(found, page={**page, **(page_of(call, community) if own else {})})

    def _shown(self, call: Call, channel: Channel) -> str:
        try:
            return channels.shown_settings(call.store, channel)
        except SealLost as lost:
            return lost.sentence(call.lang)

    def _set_up(self, call: Call, community: str, then: str) -> Reply:
        channel = channels.set_up(call.store, call.act, self.outbox, community, call.body)
        says = Text("渠道已设好，请测试一下。", "The channel is set up; please test it.")
        return Reply(channel, status=201, then=then, says=says)

    def _test(self, call: Call, community: str, channel: str) -> Reply:
        went = channels.test(call.store, call.act, self.outbox, community, channel, call.body["to"])
        says = _TESTED if went.outcome == "sent" else _FAILED.format(why=went.why or went.outcome)
        return Reply({"outcome": went.outcome, "why": went.why}, says=says)


def _titled(rule: Rule) -> Text:
    """Its title with the gaps named in words."""
    names = TRIGGERS[rule.trigger].facts
    zh = fill(rule.wording.title, {name: f"〔{FACT_WORDS[name].zh}〕" for name in names})
    return Text(zh, fill(rule.wording.title_en, {name: f"[{FACT_WORDS[name].en}]" for name in names}))

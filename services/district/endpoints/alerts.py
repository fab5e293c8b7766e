"""Alerts: what the office must know of, who has taken it on, and the rules that raise it."""

from services.district.domain.alerts import Alert, Officer
from services.district.endpoints.office import OFFICE, name_of_caller
from services.district.endpoints.pages import page_of
from services.district.read_views.alerts import TABLES, open_alerts, see_alerts
from services.district.schemas import alerts as schemas
from services.district.usecases import alerts as usecases
from shared.i18n.text import Text
from shared.kernel.errors import NotFound
from shared.kernel.ids import now
from shared.web import Call, Reply, endpoint, only
from shared.web.live_hub import LiveViewContext, live
from shared.web.templates_env import fragments

ALERTS, RULES = "/district/alerts", "/district/alerts/rules"
OFFICERS = only("officer")


class AlertDoors:
    @endpoint("GET", ALERTS, who=OFFICE, query=schemas.AlertList, out=schemas.AlertShape, many=True,
          page="district/alerts.html")  # fmt: skip
    def list_alerts(self, call: Call) -> Reply:
        """The open alerts, the most urgent first, among them what has lasted longest; `state=past`: those that are over."""
        community, at = call.query["community"], now()
        page = {**TABLES, "state": call.query["state"], "community": community}
        if call.query["state"] == "open":
            live_url = f"{ALERTS}/live?lang={call.lang}" if community is None else None
            return Reply(
                open_alerts(call.store, at, community), page={**page, "listing": {"next": None}, "live_url": live_url}
            )
        shown, following = page_of(
            call,
            lambda limit, before: call.store.past_alerts(limit, community=community, before=before),
            lambda one: (one.raised, one.id),
        )
        return Reply(see_alerts(call.store, shown, at), page={**page, "listing": {"next": following}})

    @live(f"{ALERTS}/live", who=OFFICE)
    def alerts_live(self, glance: LiveViewContext) -> dict[str, str]:
        it = open_alerts(glance.store, now())
        return fragments("district/alerts_parts.html", glance.lang, {"it": it, **TABLES})

    @endpoint("GET", f"{ALERTS}/<alert>", who=OFFICE, out=schemas.AlertShape, page="district/alert.html")
    def show_alert(self, call: Call, alert: str) -> Reply:
        """One alert with its record: what was done, when, by whom, and their notes."""
        (seen,) = see_alerts(call.store, [call.store.load(Alert, alert)], now())
        return Reply(seen, page={**TABLES, "rule": call.store.rules()[seen.alert.rule]})

    @endpoint("POST", f"{ALERTS}/<alert>/acknowledgement", who=OFFICERS, body=schemas.Taking, out=schemas.AlertShape,
          again="show_alert")  # fmt: skip
    def acknowledge_alert(self, call: Call, alert: str) -> Reply:
        """Take it on, by name: the others see that somebody sees to it."""
        return _changed(call, usecases.acknowledge(call.store, call.act, alert, _officer(call), call.body["note"]))

    @endpoint("POST", f"{ALERTS}/<alert>/closing", who=OFFICERS, body=schemas.Closing, out=schemas.AlertShape,
          again="show_alert")  # fmt: skip
    def close_alert(self, call: Call, alert: str) -> Reply:
        """Close it, by name and with a note; the same is raised again only once it has gone and come anew."""
        return _changed(call, usecases.close(call.store, call.act, alert, _officer(call), call.body["result"]))

    @endpoint("GET", RULES, who=OFFICE, out=schemas.RuleShape, many=True, page="district/alert_rules.html")
    def list_alert_rules(self, call: Call) -> Reply:
        """The rules by which alerts are raised and cleared."""
        return Reply(list(call.store.rules().values()), page=TABLES)

    @endpoint("GET", f"{RULES}/<rule>", who=OFFICE, out=schemas.RuleShape, page="district/alert_rule.html")
    def show_alert_rule(self, call: Call, rule: str) -> Reply:
        """One rule and its thresholds."""
        known = call.store.rules()
        if rule not in known:
            raise NotFound
        return Reply(known[rule], page=TABLES)

    @endpoint(
        "POST", f"{RULES}/<rule>", who=OFFICERS, body=schemas.RuleForm, out=schemas.RuleShape, again="show_alert_rule"
    )
    def set_alert_rule(self, call: Call, rule: str) -> Reply:
        """Set a rule's thresholds; they hold from the next look on, within seconds."""
        saved = usecases.set_rule(call.store, call.act, rule, _officer(call), **call.body)
        return Reply(saved, then=RULES, says=Text("规则已保存。", "The rule is saved."))


def _officer(call: Call) -> Officer:
    return Officer(call.account, name_of_caller(call))


def _changed(call: Call, alert: Alert) -> Reply:
    (seen,) = see_alerts(call.store, [alert], call.act.at)
    return Reply(seen, then=f"{ALERTS}/{alert.id}", says=Text("已记录。", "It is on record."))

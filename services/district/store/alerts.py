"""Alerts and their rules: what the district itself states, beside what it folds from others (docs/adr/0024)."""

from dataclasses import replace
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.district.domain.alerts import USUAL_RULES, Alert, Rule
from services.district.store.kept import Kept, earlier
from shared.persistence.store import Kind


class Alerts(Kept):
    kinds = {Alert: Kind("alerts", "district.alert"), Rule: Kind("alert_rules", "district.alert-rule")}
    indexes = {
        "alerts": [
            IndexModel(
                [("rule", ASCENDING), ("community", ASCENDING), ("subject", ASCENDING)], unique=True, name="one at a time",
                partialFilterExpression={"watched": True},
            ),
            IndexModel([("state", ASCENDING), ("raised", DESCENDING), ("_id", DESCENDING)]),
        ],
        "looks": [],
    }  # fmt: skip

    def rules(self) -> dict[str, Rule]:
        """By condition: as an officer set it, or as it is usual."""
        usual = {rule.id: rule for rule in USUAL_RULES}
        return usual | {rule.id: rule for rule in self.find(Rule, {"_id": {"$in": list(usual)}})}

    def rule(self, rule: str) -> Rule:
        """One of them, whatever became of the others."""
        usual = next(one for one in USUAL_RULES if one.id == rule)
        return self.get(Rule, rule) or replace(usual)

    def watched_alerts(self, rule: str) -> list[Alert]:
        return self.find(Alert, {"watched": True, "rule": rule})

    def open_alerts(self, community: str | None = None) -> list[Alert]:
        return self.find(Alert, {"state": "open", **_of(community)})

    def past_alerts(self, limit: int, *, community: str | None, before: tuple[datetime, str] | None) -> list[Alert]:
        """Those that are over, the newest first, raised before a time and id."""
        query = {"state": {"$ne": "open"}, **_of(community), **earlier("raised", before)}
        return self.find(Alert, query, sort=[("raised", DESCENDING), ("_id", DESCENDING)], limit=limit)

    def looks_first(self, rule: str, at: datetime) -> bool:
        """Within a transaction: whether nobody has looked by this rule since. Two who look at once meet at this document, so that
        what was seen earlier never changes what was seen later."""
        last = self["looks"].find_one({"_id": rule}, session=self.session)
        if last is not None and last["at"] >= at:
            return False
        self["looks"].update_one({"_id": rule}, {"$set": {"at": at}}, upsert=True, session=self.session)
        return True


def _of(community: str | None) -> dict[str, str]:
    return {"community": community} if community else {}

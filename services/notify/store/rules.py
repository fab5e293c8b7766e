"""The rules of automatic notices and what they answer to, as documents, and the questions asked of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from services.notify.domain.rules import Occasion, Rule
from services.notify.domain.usual_rules import USUAL_RULES
from shared.persistence.store import Kind, Store, converter

KEPT_OCCASIONS_SECONDS = 30 * 24 * 3600


class Rules(Store):
    kinds = {Rule: Kind("rules", "notify.rule"), Occasion: Kind("occasions", "notify.occasion")}
    indexes = {
        "occasions": [
            IndexModel([("heard", ASCENDING)], expireAfterSeconds=KEPT_OCCASIONS_SECONDS),
            IndexModel([("trigger", ASCENDING), ("heard", DESCENDING)]),
            IndexModel([("heard", ASCENDING)], name="waiting", partialFilterExpression={"fate": "waiting"}),
            IndexModel([("subject", ASCENDING)]),
        ],
    }

    def _prepare(self) -> None:
        """The usual rules are there from the start; those an officer changed stay as they are."""
        super()._prepare()
        for rule in USUAL_RULES:
            document = {**converter.unstructure(rule), "meta": {"version": 1, "sequence": 0, "order": 0}}
            document["_id"] = document.pop("id")
            try:
                self[Rule].update_one({"_id": rule.id}, {"$setOnInsert": document}, upsert=True)
            except DuplicateKeyError:  # another process was first
                continue

    def rules(self) -> list[Rule]:
        return self.find(Rule, {}, sort=[("_id", ASCENDING)])

    def waiting_occasions(self) -> Iterator[str]:
        """Ids of those that took no effect yet, what was heard first first."""
        for row in self[Occasion].find({"fate": "waiting"}, {"_id": 1}, sort=[("heard", ASCENDING)]):
            yield row["_id"]

    def newest_occasions(self, trigger: str, limit: int) -> list[Occasion]:
        return self.find(Occasion, {"trigger": trigger}, sort=[("heard", DESCENDING)], limit=limit)

    def occasions_about(self, subjects: Iterable[str]) -> list[Occasion]:
        """Those that wait, or were told and may not be told again for a while."""
        return self.find(Occasion, {"subject": {"$in": list(subjects)}, "fate": {"$in": ["waiting", "told"]}})

    def told_before(self, occasion: Occasion, since: datetime) -> bool:
        query = {
            "trigger": occasion.trigger, "community": occasion.community, "subject": occasion.subject, "fate": "told",
            "heard": {"$gt": since},
        }  # fmt: skip
        return self[Occasion].find_one(query, {"_id": 1}, session=self.session) is not None

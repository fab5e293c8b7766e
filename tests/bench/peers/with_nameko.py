"""nameko's own event handler, with a transaction an event: `with_nameko.py`."""

import warnings

warnings.filterwarnings("ignore")

import eventlet  # noqa: E402

eventlet.monkey_patch()

from typing import Any  # noqa: E402

from gate import WORKERS, EntriesLogged, take, told  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import event_handler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from pymongo import MongoClient  # noqa: E402

SCHEMA = EntriesLogged()


class Database(DependencyProvider):
    def setup(self) -> None:
        self.database = MongoClient(told("MONGODB_URI"))[told("DATABASE")]

    def get_dependency(self, _worker: Any) -> Any:
        return self.database


class District:
    name = "district"
    database = Database()

    @event_handler("grid", "logged", requeue_on_error=True)
    def logged(self, event: dict[str, Any]) -> None:
        take(self.database, event, SCHEMA.load(event["data"])["entries"])


if __name__ == "__main__":
    container = ServiceContainer(District, {"AMQP_URI": told("AMQP_URI"), "max_workers": WORKERS})
    container.start()
    container.wait()

"""Schedule of a service: its own timed tasks, and the backlog measurement that every service does."""

from shared.jobs.backlog_measures import Measures
from shared.jobs.scheduler import Rounds, Scheduling, Task
from shared.runtime.event_subscriptions import subscription_of
from shared.runtime.tenants import stores_in


class Schedule(Scheduling):
    """`schedule = Schedule(posts.KEEP_CALENDARS, attendance.WATCH_CLOCK)`; a service that names none has one without tasks."""

    def __init__(self, *tasks: Task) -> None:
        super().__init__()
        self.tasks = tasks

    def setup(self) -> None:
        stores = stores_in(self.container).tenants.all()
        subscription = subscription_of(self.container.service_cls)
        measures = Measures(stores, {store.source: subscription.queue(store.community) for store in stores})
        self.rounds = [Rounds(task, stores) for task in (measures.task, *self.tasks)]

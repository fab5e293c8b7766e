"""Excel into the catalogue and into the book: read, looked at, confirmed, then taken in part by part."""

from collections.abc import Sequence

from services.supplies.domain.imports import CountRow, Import, ItemRow
from services.supplies.domain.stock import Batch
from services.supplies.store import SuppliesStore
from services.supplies.usecases.catalogue import register_new
from services.supplies.usecases.stock import Paper, note_count
from shared.jobs import long_jobs
from shared.kernel.command import Command
from shared.kernel.errors import NotFound, RuleBroken

KIND = "import"
ITEMS_AT_ONCE = 50
REASON = "Excel 盘点"


def keep(
    store: SuppliesStore,
    act: Command,
    place: str | None,
    account: str,
    items: Sequence[ItemRow],
    counts: Sequence[CountRow],
) -> Import:
    """What was read waits to be confirmed."""

    def do(tx: SuppliesStore) -> Import:
        read = Import(act.id, place, account, act.at, list(items), list(counts))
        tx.save(read)
        return read

    return store.transaction(act, do)


def load(store: SuppliesStore, import_: str, place: str | None) -> Import:
    """Raises NotFound, also for an import of another place."""
    return store.the(Import, {"_id": import_, "place": place})


def progress(store: SuppliesStore, read: Import) -> long_jobs.Job | None:
    """None while it waits to be confirmed."""
    try:
        return long_jobs.job_of(store, read.id, KIND, read.place)
    except NotFound:
        return None


def confirm(store: SuppliesStore, act: Command, import_: str, place: str | None) -> Import:
    """Raises ImportStarted, NothingToImport."""

    def do(tx: SuppliesStore) -> Import:
        read = load(tx, import_, place)
        read.confirm()
        tx.save(read)
        long_jobs.begin(tx, KIND, read.id, total=read.parts, community=place)
        return read

    return store.transaction(act, do)


def take_in(tx: SuppliesStore, job: long_jobs.Job) -> None:
    """The next part: some items of a catalogue, or one item of a stock take."""
    read = tx.load(Import, job.id)
    if read.place is None:
        for item in read.new_items[job.done : job.done + ITEMS_AT_ONCE]:
            register_new(tx, item)
            job.done += 1
        return
    item_id = read.counted_items[job.done]
    rows = [row for row in read.counts if row.item == item_id]
    counted = {Batch(row.code, row.expires): row.counted or 0 for row in rows}
    reason = next((row.reason for row in rows if row.reason), REASON)
    try:
        note_count(tx, read.place, item_id, counted, Paper(reason, REASON))
    except RuleBroken:
        job.faults += 1
    job.done += 1

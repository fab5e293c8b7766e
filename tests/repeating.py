"""Runs one service whose every transaction is begun twice, as MongoDB may after a conflict: `python -m tests.repeating shifts`.

The first time it is given up when its body is done: what the body changed outside the database shows.
"""

import sys

from services.__main__ import run  # patches the standard library, so it comes first

# isort: split
from collections.abc import Callable
from typing import Any

from pymongo.errors import OperationFailure

from shared.persistence.store import Store

_once = Store.transaction


def twice(store: Store, act: Any, body: Callable[[Any], Any]) -> Any:
    """The same transaction, whose body runs a second time after the first is rolled back."""
    runs: list[None] = []

    def again(tx: Any) -> Any:
        result = body(tx)
        runs.append(None)
        if len(runs) == 1:
            raise OperationFailure("once more", details={"errorLabels": ["TransientTransactionError"]})
        return result

    return _once(store, act, again)


if __name__ == "__main__":
    Store.transaction = twice  # type: ignore[method-assign]
    run(sys.argv[1])

"""Who may look at the district, and how they are called on its records."""

from shared.web import Call, only

OFFICE = only("officer", "operator")


def name_of_caller(call: Call) -> str:
    return call.caller.name if call.caller else ""

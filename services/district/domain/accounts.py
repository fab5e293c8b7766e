"""Who acts, as far as accounts tells it: what each account may do. Never a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Account:
    """`rights` as `role scope`, such as `staff community:yueran`, in the order they were granted."""

    id: str
    rights: list[str] = field(default_factory=list)

    def hear(self, type_: str, said: Mapping[str, Any], _at: datetime) -> None:
        step = type_.split(".")[2]
        if step not in ("right-granted", "right-withdrawn"):
            return
        right = f"{said['role']} {said['scope']}"
        self.rights = [one for one in self.rights if one != right]
        if step == "right-granted":
            self.rights.append(right)

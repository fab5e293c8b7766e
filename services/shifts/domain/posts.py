"""Posts: the places where people stand guard or work, and what opening and closing them means."""

from dataclasses import dataclass

from services.shifts.domain.refusals import PostClosed


@dataclass(frozen=True)
class PostOpened:
    kind: str
    name: str
    name_en: str


@dataclass(frozen=True)
class PostClosing:
    pass


@dataclass
class Post:
    """A place where people stand guard or work; `id` is a slug that staff chose, such as `gate-2`."""

    id: str
    kind: str
    name: str
    name_en: str
    place: str
    open: bool = True

    def opened(self) -> PostOpened:
        return PostOpened(self.kind, self.name, self.name_en)

    def close(self) -> list[PostClosing]:
        """Closing a closed post changes nothing."""
        if not self.open:
            return []
        self.open = False
        return [PostClosing()]

    def check_open(self) -> None:
        if not self.open:
            raise PostClosed

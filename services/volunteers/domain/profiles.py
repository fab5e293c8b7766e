"""What a volunteer tells of themselves beside their name: kept apart, so that no list has it at hand."""

from dataclasses import dataclass


@dataclass
class Profile:
    """`id` is the volunteer's. `phone` is sealed; `photo` names a picture; `board_shown`: they agreed to stand on the public
    board, where the photo is for nothing else."""

    id: str
    community: str
    phone: bytes | None
    occupation: str | None = None
    party_member: bool = False
    board_shown: bool = False
    photo: str | None = None

    @property
    def has_photo(self) -> bool:
        return self.photo is not None

    def join_board(self) -> None:
        self.board_shown = True

    def leave_board(self) -> str | None:
        """Takes the consent back. Returns the photo that must be deleted."""
        self.board_shown = False
        return self.change_photo(None)

    def change_photo(self, photo: str | None) -> str | None:
        """Returns the photo it replaces, which must be deleted."""
        replaced, self.photo = self.photo, photo
        return replaced

"""The user ids that instances have when the service is root, as arithmetic."""

from dataclasses import dataclass

# The range that systemd's "Users, Groups, UIDs and GIDs" leaves unused: 1879048192 to 2147483647.
_FIRST = 1_879_048_192
_FIRST_WIDE = 2_013_265_920  # the upper half of it, for those who have many
_END = 2_147_483_648
OF_ONE_FOLDER = 4096
RANGES = (_FIRST_WIDE - _FIRST) // (2 * OF_ONE_FOLDER)
WIDTH = 65536
ALL_WIDE = (_END - _FIRST_WIDE) // WIDTH


@dataclass(frozen=True)
class Slot:
    """The user (and group) ids of one instance."""

    number: int
    wide: int | None = None  # which of the wide ranges its applications have

    @property
    def agent(self) -> int:
        """Whom the agent and the display run as."""
        return _FIRST + 2 * self.number

    @property
    def sandbox(self) -> int:
        """Whom the applications run as; of a wide range, the one who is root inside."""
        if self.wide is not None:
            return _FIRST_WIDE + WIDTH * self.wide
        return _FIRST + 2 * self.number + 1

    @property
    def uids(self) -> frozenset[int]:
        """All of them."""
        count = 1 if self.wide is None else WIDTH
        return frozenset((self.agent, *range(self.sandbox, self.sandbox + count)))


def wide_of(uid: int) -> int:
    """The wide range that this id is in; negative if in none."""
    return (uid - _FIRST_WIDE) // WIDTH

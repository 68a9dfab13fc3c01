"""Mail as files, for whoever has no mail server: to be read by the operator, and passed on."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from ownstream.keyring import write_private
from ownstream.log import Log
from ownstream.post.base import Mail, NotDelivered
from ownstream.post.smtp import message


@dataclass(frozen=True)
class FolderPost:
    """A folder that only its owner may look into, with a file for each mail."""

    folder: Path
    sender: str

    def deliver(self, mail: Mail) -> None:
        """The mail is a file of the folder, in the form that mail programs open."""
        name = f"{mail.written_at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.folder / name, message(mail, self.sender).as_bytes())
        except OSError as error:
            raise NotDelivered(str(error)) from error
        Log("post").info("mail written to a file, there is no mail server", file=name)

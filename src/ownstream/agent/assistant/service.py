"""What the service is asked: one request on one connection, by the door in the sandbox."""

from __future__ import annotations

import json
import os
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

DOOR = "assistant"
LENGTH = struct.Struct(">I")
WITHIN_S = 120.0
UNEXPECTED = 255


def ask(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer, `status` and `message`; 255 if there is none."""
    path = os.path.join(os.environ.get("XDG_RUNTIME_DIR", "/run/user/1000"), DOOR)
    body = json.dumps(request).encode()
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(WITHIN_S)
            door.connect(path)
            door.sendall(LENGTH.pack(len(body)) + body)
            (length,) = LENGTH.unpack(_exactly(door, LENGTH.size))
            answer: Any = json.loads(_exactly(door, length))
    except (OSError, ValueError, struct.error) as error:
        return {"status": UNEXPECTED, "message": f"The service does not answer: {error}"}
    return answer


def _exactly(door: socket.socket, length: int) -> bytes:
    data = door.recv(length, socket.MSG_WAITALL)
    if len(data) < length:
        raise OSError("the connection has ended")
    return data

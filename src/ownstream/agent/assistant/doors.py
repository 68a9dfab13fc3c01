"""The door at which the assistant asks: whoever comes is led to the agent.

Run as a server of the sandbox init: the 3rd descriptor is the listening socket, the 4th one end of
a SOCK_SEQPACKET pair whose other end the agent holds. Each packet brings it one connection.
"""

from __future__ import annotations

import socket

LISTENING, AGENT = 3, 4


def main() -> None:
    """Leads whoever comes to the agent, until that has gone."""
    listening, agent = socket.socket(fileno=LISTENING), socket.socket(fileno=AGENT)
    while True:
        visitor, _ = listening.accept()
        with visitor:
            socket.send_fds(agent, [b"."], [visitor.fileno()])

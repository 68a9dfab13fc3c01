"""The message formats of a stream, shared by browser, gateway and agent.

A message is one tag byte and a body. Between browser and gateway it is one binary WebSocket
message; between gateway and agent it is preceded by its length (see `framing`).
"""

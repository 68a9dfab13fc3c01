"""The engine inside its caller's process: no server, no port, no thread."""

"""The version of the agent that instances run; it is the service's own."""

AGENT_VERSION = "0.1.0"

"""How the service's mail leaves it."""

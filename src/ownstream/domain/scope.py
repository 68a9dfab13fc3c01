"""Whose resources, and where: an account in a region."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """An account in a region; resources of different scopes never meet."""

    account: str
    region: str

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a resource of this scope; kind is fleet, stack, image, ..."""
        return f"arn:aws:appstream:{self.region}:{self.account}:{kind}/{name}"


def owner_of(arn: str) -> str:
    """The account that an ARN names; empty where it names none."""
    return arn.split(":", 5)[4] if arn.count(":") >= 5 else ""


def public_arn(region: str, kind: str, name: str) -> str:
    """The ARN of a resource that belongs to the service: it names no account."""
    return f"arn:aws:appstream:{region}::{kind}/{name}"

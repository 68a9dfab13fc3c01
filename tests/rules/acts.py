"""What rows set up: resources by the API itself, the rest by the service's inside or its store."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from ownstream.domain.scope import Scope
from ownstream.faults import NoCapacity
from ownstream.gateway.admission import Refused as NotAdmitted
from ownstream.portal.refusals import TurnedAway
from ownstream.storage.locations import Location
from ownstream.store import FleetRow, ImageRow, SessionRow, resources
from ownstream.store.tables import TagRow
from tests.rules.subjects import Subject
from tests.rules.table import Act, without_none

IMAGE = "AppStream-AmazonLinux2-02-11-2025"
IMAGE_ARN = f"arn:aws:appstream:{{region}}::image/{IMAGE}"
FLEET: Mapping[str, Any] = {
    "ImageName": IMAGE,
    "InstanceType": "stream.standard.small",
    "ComputeCapacity": {"DesiredInstances": 2},
}
PAIR = {"FleetName": "fleet", "StackName": "stack"}
LONG = timedelta(hours=1)
PASSWORD = "Correct-horse-1"
PORTAL = re.compile(r"https?://\S+/portal/\S+")
TEMPORARY = re.compile(r"Temporary password:\s+(\S+)")


def called(operation: str, **members: Any) -> Act:
    """This call has been answered."""
    return lambda subject: subject.call(operation, members)


def fleet(name: str = "fleet", **members: Any) -> Act:
    """There is a fleet, STOPPED; None as a member takes its default away."""
    return called("CreateFleet", **without_none({"Name": name, **FLEET, **members}))


def stack(name: str = "stack", **members: Any) -> Act:
    """There is a stack."""
    return called("CreateStack", Name=name, **members)


def associated(fleet: str = "fleet", stack: str = "stack") -> Act:
    """The stack offers the fleet."""
    return called("AssociateFleet", FleetName=fleet, StackName=stack)


def directory(name: str = "corp.example.com", **members: Any) -> Act:
    """There is a directory configuration."""
    units = {"OrganizationalUnitDistinguishedNames": ["OU=a"]}
    return called("CreateDirectoryConfig", DirectoryName=name, **{**units, **members})


def running(name: str = "fleet") -> Act:
    """The fleet is RUNNING, its instances ready."""

    def act(subject: Subject) -> None:
        subject.call("StartFleet", {"Name": name})
        subject.wait("fleet_started", name)

    return act


def starting(name: str = "fleet") -> Act:
    """The fleet is STARTING, and stays so: there is no room for its instances."""

    def act(subject: Subject) -> None:
        subject.service.faults.add(NoCapacity(fleet=name))
        subject.call("StartFleet", {"Name": name})

    return act


def stopping(name: str = "fleet") -> Act:
    """The fleet is STOPPING, and stays so: its instances take an hour to end."""

    def act(subject: Subject) -> None:
        running(name)(subject)
        subject.service.driver.stop_takes = LONG
        subject.call("StopFleet", {"Name": name})

    return act


def in_state(state: str, name: str = "fleet") -> tuple[Act, ...]:
    """The fleet, which is STOPPED, is in this state."""
    ways = {"STOPPED": (), "STARTING": (starting(name),), "RUNNING": (running(name),)}
    return {**ways, "STOPPING": (stopping(name),)}[state]


def user(name: str, **members: Any) -> Act:
    """There is a user of the user pool, to whom a mail goes unless it is suppressed."""
    return called("CreateUser", UserName=name, AuthenticationType="USERPOOL", **members)


def mails_to(subject: Subject, address: str) -> Sequence[str]:
    """The texts of the mails to this address, oldest first."""
    to = subject.filled(address)
    return [mail.text for mail in subject.service.mails if mail.to == to]


def mailed(address: str, text: str, *, times: int = 1) -> Act:
    """So many mails to this address have this text in them."""

    def act(subject: Subject) -> None:
        wanted = subject.filled(text)
        found = [mail for mail in mails_to(subject, address) if wanted in mail]
        assert len(set(found)) == times, mails_to(subject, address)

    return act


def mail_lacking(address: str) -> Act:
    """No mail has gone to this address."""

    def act(subject: Subject) -> None:
        assert mails_to(subject, address) == []

    return act


def portal_url(subject: Subject, address: str) -> str:
    """Where the mail to this address says to sign in."""
    [url] = {url for text in mails_to(subject, address) for url in PORTAL.findall(text)}
    return url


def password_of(subject: Subject, address: str) -> str:
    """The temporary password that was mailed last."""
    return [found for text in mails_to(subject, address) for found in TEMPORARY.findall(text)][-1]


def signed_in(address: str, password: str = PASSWORD) -> Act:
    """The user has signed in; `subject.users` has them at the portal, by their address."""

    def act(subject: Subject) -> None:
        url, name = portal_url(subject, address), subject.filled(address)
        subject.users[address] = subject.service.users.sign_in(url, name, password)

    return act


def joined(address: str) -> tuple[Act, ...]:
    """There is a user, who has chosen PASSWORD and is at the portal."""

    def act(subject: Subject) -> None:
        signed_in(address, password_of(subject, address))(subject)
        subject.users[address].choose_password(PASSWORD)

    return (user(address), act)


def refused_in(address: str, code: str, password: str = PASSWORD) -> Act:
    """The user cannot sign in with this password, for this reason."""

    def act(subject: Subject) -> None:
        with pytest.raises(TurnedAway) as turned:
            signed_in(address, password)(subject)
        assert turned.value.refusal.code == code

    return act


def assigned(address: str, stack: str = "stack") -> Act:
    """The user may open the stack."""
    pair = {"UserName": address, "StackName": stack, "AuthenticationType": "USERPOOL"}
    return called("BatchAssociateUserStack", UserStackAssociations=[pair])


def opened_by(address: str) -> Act:
    """The user has clicked on an application; `session_of` has the session, as of `ann`."""

    def act(subject: Subject) -> None:
        portal = subject.users[address]
        subject.users["ann"] = portal.open(portal.catalog()[0].application)

    return act


OFFERED = (stack(), associated(), running())  # a stack offers the fleet, which runs


def offered(**members: Any) -> tuple[Act, ...]:
    """A fleet runs and a stack offers it; the members are the fleet's."""
    return (fleet(**members), *OFFERED)


def connected(user: str = "ann", **members: Any) -> Act:
    """The user has opened a streaming URL; `session_of` has the session."""

    def act(subject: Subject) -> None:
        url = subject.call("CreateStreamingURL", {**PAIR, "UserId": user, **members})
        subject.users[user] = subject.service.users.connect(url["StreamingURL"])

    return act


def opened(user: str = "ann") -> Act:
    """The user has opened the URL that the row's call answered."""

    def act(subject: Subject) -> None:
        subject.users[user] = subject.service.users.connect(subject.answer["StreamingURL"])

    return act


def turned_away() -> Act:
    """Whoever opens the URL that the row's call answered is refused."""

    def act(subject: Subject) -> None:
        with pytest.raises(NotAdmitted):
            subject.service.users.connect(subject.answer["StreamingURL"])

    return act


def by_user(user: str, what: Callable[[Any], None]) -> Act:
    """A user who is connected has done this, such as `User.disconnect`."""
    return lambda subject: what(subject.users[user])


def passed(seconds: float) -> Act:
    """So much time has passed."""
    return lambda subject: subject.service.clock.advance(seconds=seconds)


def image(name: str, *, owner: str = "{account}", **document: Any) -> Act:
    """There is an image of this account; of another one, or public where the owner is empty."""

    def act(subject: Subject) -> None:
        account = subject.filled(owner)
        with subject.store.transaction() as tx:
            like = resources.find(tx, ImageRow, Scope("", ""), IMAGE)
            assert like is not None
            key = {
                "account": account,
                "region": subject.region if account else "",
                "name": subject.filled(name),
            }
            subject.images.append(key)
            visibility = {"Visibility": "PRIVATE"} if account else {}
            described = {**like.document, "Name": key["name"], **visibility, **document}
            tx.add(ImageRow(**key, document=described, created_at=like.created_at))

    return act


def located(key: str, content: bytes, bucket: str = "pictures") -> Act:
    """There is an object of this key, with this content."""
    return lambda subject: subject.locations.write(Location(bucket, key), BytesIO(content))


def session(id_: str, **columns: Any) -> Act:
    """There is a session that no user of a streaming URL could have, such as one of SAML."""

    def act(subject: Subject) -> None:
        made: dict[str, Any] = {
            "account": subject.account,
            "region": subject.region,
            "stack": "stack",
            "fleet": "fleet",
            "user_id": "ann",
            "created_at": subject.service.clock.now(),
            **columns,
        }
        with subject.store.transaction() as tx:
            tx.add(SessionRow(id=subject.filled(id_), **made))

    return act


@contextmanager
def fleet_row(subject: Subject, name: str = "fleet"):
    """The fleet as the store has it, to be changed."""
    with subject.store.transaction() as tx:
        row = resources.find(tx, FleetRow, Scope(subject.account, subject.region), name)
        assert row is not None
        yield row


def session_of(user: str = "ann") -> Callable[[Subject], str]:
    """The id of the session of a user who is connected; for `Of`."""
    return lambda subject: subject.users[user].session_id


def tagged(arn: str, tags: Mapping[str, str]) -> Act:
    """The resource of this ARN has these tags and no others."""

    def act(subject: Subject) -> None:
        with subject.store.snapshot() as tx:
            rows = tx.scalars(select(TagRow).where(TagRow.arn == subject.filled(arn)))
            assert {row.key: row.value for row in rows} == tags

    return act

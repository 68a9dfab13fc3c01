"""Themes: what the table of cases cannot say."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from ownstream.model.catalog import appstream
from ownstream.model.errors import (
    OperationNotPermittedException,
    ResourceNotFoundException,
    ServiceError,
)
from ownstream.storage.locations import Location, NotReachable
from ownstream.store import themes
from tests.support.pictures import picture
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import OTHERS, World

LOGO, FAVICON = picture(300, 100), picture(32, 32, "ICO")
MEMBERS = {
    "StackName": "stack",
    "TitleText": "Training",
    "ThemeStyling": "PINK",
    "OrganizationLogoS3Location": {"S3Bucket": "pictures", "S3Key": "logo"},
    "FaviconS3Location": {"S3Bucket": "pictures", "S3Key": "favicon"},
}


def put(world: World, key: str, content: bytes) -> None:
    world.services.locations.write(Location("pictures", key), io.BytesIO(content))


@pytest.fixture
def themed(world: World) -> World:
    """A stack with a theme."""
    world.stack()
    put(world, "logo", LOGO)
    put(world, "favicon", FAVICON)
    world.call("CreateThemeForStack", MEMBERS)
    return world


def kept(world: World, member: str) -> tuple[bytes, str] | None:
    """The picture that is served at this member's URL."""
    theme = world.call("DescribeThemeForStack", {"StackName": "stack"})["Theme"]
    base, _, digest = theme[member].rpartition("/")
    assert base == f"{world.services.public_url}{themes.PATH}"
    with world.store.snapshot() as tx:
        return themes.picture(tx, digest)


def test_pictures_are_copied_when_the_theme_is_given_them(themed: World) -> None:
    put(themed, "logo", b"another content by now")
    assert kept(themed, "ThemeOrganizationLogoURL") == (LOGO, "image/png")
    assert kept(themed, "ThemeFaviconURL") == (FAVICON, "image/x-icon")


def test_an_update_copies_only_what_it_names(themed: World) -> None:
    put(themed, "logo", picture(10, 10, "GIF"))
    put(themed, "favicon", picture(10, 10, "GIF"))
    location = {"S3Bucket": "pictures", "S3Key": "favicon"}
    themed.call("UpdateThemeForStack", {"StackName": "stack", "FaviconS3Location": location})
    assert kept(themed, "ThemeOrganizationLogoURL") == (LOGO, "image/png")
    assert kept(themed, "ThemeFaviconURL") == (picture(10, 10, "GIF"), "image/gif")


def test_an_update_with_one_bad_picture_changes_neither(themed: World) -> None:
    put(themed, "logo", picture(10, 10))
    put(themed, "favicon", b"<svg/>")
    named = {name: MEMBERS[name] for name in MEMBERS if name.endswith("S3Location")}
    with pytest.raises(ServiceError, match="favicon is no picture"):
        themed.call("UpdateThemeForStack", {"StackName": "stack", **named})
    assert kept(themed, "ThemeOrganizationLogoURL") == (LOGO, "image/png")


def test_a_picture_that_two_themes_have_stays_until_neither_has_it(themed: World) -> None:
    themed.stack("other")
    themed.call("CreateThemeForStack", {**MEMBERS, "StackName": "other"})
    themed.call("DeleteThemeForStack", {"StackName": "other"})
    assert kept(themed, "ThemeOrganizationLogoURL") == (LOGO, "image/png")


def test_a_stack_that_is_deleted_takes_its_theme_along(themed: World) -> None:
    themed.call("DeleteStack", {"Name": "stack"})
    themed.stack()
    with pytest.raises(ResourceNotFoundException, match="theme of the stack stack"):
        themed.call("DescribeThemeForStack", {"StackName": "stack"})
    with themed.store.snapshot() as tx:
        assert themes.shown(tx, PRINCIPAL.scope, "stack") is None


def test_another_account_has_no_such_stack(themed: World) -> None:
    with pytest.raises(ResourceNotFoundException):
        themed.call("DescribeThemeForStack", {"StackName": "stack"}, by=OTHERS)


def test_a_theme_is_shown_while_it_is_enabled(themed: World) -> None:
    def shown() -> bool:
        with themed.store.snapshot() as tx:
            return themes.shown(tx, PRINCIPAL.scope, "stack") is not None

    assert shown()
    themed.call("UpdateThemeForStack", {"StackName": "stack", "State": "DISABLED"})
    assert not shown()


def test_a_store_of_objects_that_does_not_answer_refuses_the_call(world: World) -> None:
    class Silent:
        def fetch(self, location, target, *, most_bytes):
            raise NotReachable(f"{location} cannot be reached")

    world.stack()
    world.services = replace(world.services, locations=Silent())
    with pytest.raises(OperationNotPermittedException, match="s3://pictures/logo"):
        world.call("CreateThemeForStack", MEMBERS)


def test_every_styling_of_the_model_has_its_colours() -> None:
    styles = Path(__file__).parents[3] / "web" / "src" / "app" / "style" / "theme.css"
    for styling in appstream().shape("ThemeStyling").enum:
        assert f'[data-styling="{styling}"]' in styles.read_text()

"""Themes: what a stack's pages look like, and what may be asked of one.

The bounds of pictures and links are those of AWS's administration guide, "custom branding".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ownstream.domain.addresses import is_web_url
from ownstream.domain.pictures import GIF, ICO, JPEG, PNG, Picture
from ownstream.domain.refusals import COMBINATION, VALUE, Refusal, Refusals

Members = Mapping[str, Any]
Document = dict[str, Any]

MOST_LINKS = 3
LINKS = "FOOTER_LINKS"


@dataclass(frozen=True)
class Bounds:
    """What a picture of a theme may be."""

    what: str
    most_bytes: int
    width: int
    height: int
    types: Mapping[str, str]  # media type to what people call it


LOGO, FAVICON = "logo", "favicon"
_WEB = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF"}
PICTURES: Mapping[str, Bounds] = {
    LOGO: Bounds("organization logo", 300 * 1024, 1000, 500, _WEB),
    FAVICON: Bounds("favicon", 50 * 1024, 128, 128, {**_WEB, ICO: "ICO"}),
}
# The members whose values a theme's document has under another name.
NAMES: Mapping[str, str] = {
    "TitleText": "ThemeTitleText",
    "ThemeStyling": "ThemeStyling",
    "FooterLinks": "ThemeFooterLinks",
    "State": "State",
}


@dataclass(frozen=True)
class Link:
    """A link in the footer."""

    name: str
    url: str


@dataclass(frozen=True)
class Theme:
    """What a page shows of a theme. Pictures are paths below the service's URL, or empty."""

    title: str
    styling: str  # the service model's ThemeStyling
    logo: str
    favicon: str
    links: tuple[Link, ...] = ()

    def public(self) -> Document:
        """The object that a page is given."""
        links = [{"name": link.name, "url": link.url} for link in self.links]
        return {
            "title": self.title,
            "styling": self.styling,
            "logo": self.logo,
            "favicon": self.favicon,
            "links": links,
        }


def theme(document: Members, *, logo: str, favicon: str) -> Theme:
    """What pages show of the theme that has this document."""
    return Theme(
        title=document["ThemeTitleText"],
        styling=document["ThemeStyling"],
        logo=logo,
        favicon=favicon,
        links=tuple(_link(link) for link in document.get("ThemeFooterLinks", ())),
    )


def updated(document: Members, members: Members, attributes: Collection[str] = ()) -> Document:
    """The theme's document after a request."""
    after = {**document, **{NAMES[k]: v for k, v in members.items() if k in NAMES}}
    if LINKS in attributes:
        after.pop("ThemeFooterLinks", None)
    return after


def refusals(members: Members, attributes: Collection[str] = ()) -> Refusals:
    """What is wrong with these members of a request."""
    links: Iterable[Members] = members.get("FooterLinks", ())
    if LINKS in attributes and links:
        yield Refusal(COMBINATION, f"FooterLinks cannot be set together with {LINKS}.")
    if len(list(links)) > MOST_LINKS:
        yield Refusal(VALUE, f"A theme has {MOST_LINKS} footer links at most.")
    for link in links:
        yield from _link_refusals(link)


def picture_refusals(kind: str, seen: Picture | None) -> Refusals:
    """Why this is no logo or favicon; None is what is no picture at all."""
    bounds = PICTURES[kind]
    if seen is None or seen.media_type not in bounds.types:
        kinds = ", ".join(bounds.types.values())
        text = f"The {bounds.what} is no picture of these kinds: {kinds}. Its content decides."
        yield Refusal(VALUE, text)
    elif seen.width > bounds.width or seen.height > bounds.height:
        yield Refusal(
            VALUE,
            f"The {bounds.what} has {seen.width}x{seen.height} pixels and may have"
            f" {bounds.width}x{bounds.height}.",
        )


def _link(link: Members) -> Link:
    return Link(link.get("DisplayName") or link["FooterLinkURL"], link["FooterLinkURL"])


def _link_refusals(link: Members) -> Refusals:
    if not link.get("FooterLinkURL"):
        yield Refusal(VALUE, "A footer link needs a FooterLinkURL.")
    elif not is_web_url(link["FooterLinkURL"]):
        yield Refusal(VALUE, "FooterLinkURL must begin with https:// or http:// and name a host.")

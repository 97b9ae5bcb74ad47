"""Bundled page parts: our own scripts and styles, and Leaflet, ready to be written into one file."""

from __future__ import annotations

import base64
import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

from dispatch.errors import DispatchError

_STYLE_URL = re.compile(r"url\(\s*[\"']?([^)\"']+)[\"']?\s*\)")
_LOADING_ATTRIBUTES = {
    "src",
    "srcset",
    "href",
    "xlink:href",
    "data",
    "poster",
    "background",
    "action",
    "formaction",
}
_REMOTE = re.compile(r"(?i)^\s*(?:[a-z][a-z0-9+.-]*:)?//")
_REMOTE_STYLE = re.compile(r"(?i)(?:url\(\s*[\"']?|@import\s+[\"']?)\s*(?:https?:)?//")
_TILE_CALL = re.compile(r"(?i)tileLayer(?:\.wms)?\s*\(\s*[\"'`]")

#: First words of every page: the browser itself refuses whatever is not in the file.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


class PageNotSelfContained(DispatchError):
    """A page would load something from outside itself; it is not written."""


@cache
def read_asset(name: str) -> str:
    """Text of a bundled file, e.g. ``trip_map.js``."""
    return (files("dispatch.render") / "assets" / name).read_text(encoding="utf-8")


@cache
def read_style(name: str) -> str:
    """Bundled stylesheet with its PNG images written in as data addresses."""

    def inline(match: re.Match[str]) -> str:
        path = match[1]
        if path.startswith(("#", "data:")):
            return match[0]
        data = (files("dispatch.render") / "assets" / path).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(data).decode('ascii')})"

    return _STYLE_URL.sub(inline, read_asset(name))


@cache
def read_script(name: str) -> str:
    """Bundled script without its source-map line, and with ``</script`` made harmless."""
    text = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", read_asset(name))
    return re.sub(r"(?i)</(script)", r"<\\/\1", text)


class _Loads(HTMLParser):
    """Collects what a page would load from elsewhere; plain ``<a href>`` links load nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.remote: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("style", "script") else ""
        for name, value in attrs:
            address = value or ""
            if tag not in ("a", "area") and name in _LOADING_ATTRIBUTES and _is_load(tag, address):
                self.remote.append(f"<{tag} {name}={address!r}>")
            if name == "style" and _REMOTE_STYLE.search(address):
                self.remote.append(f"<{tag} style={address!r}>")

    def handle_data(self, data: str) -> None:
        if self.inside == "style" and _REMOTE_STYLE.search(data):
            self.remote.append(f"<style> {data.strip()[:80]!r}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def _is_load(tag: str, address: str) -> bool:
    """True for any address outside the page; scripts and stylesheets may not even be files beside it."""
    if address.startswith(("data:", "#")) or not address:
        return False
    return tag in ("script", "link", "img", "iframe") or bool(_REMOTE.match(address))


def refuse_remote(page: str) -> str:
    """The page itself, if it loads nothing from outside.

    Raises
    ------
    PageNotSelfContained
        A script, stylesheet, image, frame, font or map tile of the page would come from elsewhere.
    """
    reader = _Loads()
    reader.feed(page)
    reader.close()
    if reader.remote:
        raise PageNotSelfContained(
            f"the page would load {len(reader.remote)} outside parts: {reader.remote[0]}"
        )
    return page


def refuse_tiles(page: str) -> str:
    """The page itself, if no script of it draws map tiles. Meant for a page that holds no user text yet.

    Raises
    ------
    PageNotSelfContained
        A ``tileLayer("…")`` call stands in the page.
    """
    found = _TILE_CALL.search(page)
    if found:
        raise PageNotSelfContained(f"the map would load tiles: {page[found.start() : found.start() + 80]!r}")
    return page

"""Bundled parts are those of the notice, and a page that would load anything is refused."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import pytest

from dispatch.render.vendored import PageNotSelfContained, read_style, refuse_remote, refuse_tiles

ASSETS = files("dispatch.render") / "assets"


def test_every_leaflet_file_has_the_hash_of_the_notice():
    notice = (ASSETS / "NOTICE.md").read_text(encoding="utf-8")
    listed = re.findall(r"\| `([\w./-]+)` \| `([0-9a-f]{64})` \|", notice)
    assert sorted(name for name, _ in listed) == [
        "images/layers-2x.png",
        "images/layers.png",
        "images/marker-icon.png",
        "leaflet.css",
        "leaflet.js",
    ]
    for name, digest in listed:
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest, name
    assert "BSD 2-Clause" in notice


def test_the_style_of_leaflet_carries_its_images_inside():
    style = read_style("leaflet.css")
    assert style.count("url(data:image/png;base64,") == 3
    assert "url(images/" not in style


@pytest.mark.parametrize(
    "loading",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<script src="x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '<img src="http://tile.example/1/2/3.png">',
        '<iframe src="https://example.org"></iframe>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>b{background:url( //example.org/a.png)}</style>",
        '<p style="background:url(https://example.org/a.png)">',
        '<form action="https://example.org">',
        '<svg><image xlink:href="https://example.org/a.svg"/></svg>',
    ],
)
def test_a_page_that_would_load_something_is_refused(loading):
    with pytest.raises(PageNotSelfContained):
        refuse_remote(f"<html><body>{loading}</body></html>")


def test_plain_links_data_images_and_words_in_a_script_are_let_through():
    page = '<a href="https://example.org">x</a><img src="data:image/png;base64,AA=="><script>var a="https://b"</script>'
    assert refuse_remote(page) == page


def test_a_tile_layer_is_refused():
    with pytest.raises(PageNotSelfContained):
        refuse_tiles('<script>L.tileLayer("https://tile.example/{z}/{x}/{y}.png")</script>')

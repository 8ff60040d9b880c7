"""`finesse_tx.gadgets.core.feeds`."""

from __future__ import annotations

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.feeds import MAX_FEED, FeedError, feed_json

RSS = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0"><channel><title>News</title><link>http://n.example/</link><description>All</description>
<managingEditor>Ed</managingEditor><image><url>http://n.example/i.png</url></image>
<item><title>One &amp; é</title><link>http://n.example/1</link><description>Sum</description>
<pubDate>Thu, 01 Jan 1970 00:00:02 GMT</pubDate><enclosure url="http://n.example/a.mp3" type="audio/mpeg"/></item>
<item><title>Two</title><pubDate>never</pubDate></item></channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Old</title></channel><item><title>One</title><dc:date xmlns:dc="d">1970-01-01T00:00:03Z</dc:date></item></rdf:RDF>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><subtitle>S</subtitle><author><name>Ann</name></author>
<link rel="self" href="http://a.example/feed"/><link href="http://a.example/"/><logo>http://a.example/l.png</logo>
<entry><title>E</title><link rel="alternate" href="http://a.example/e"/><summary>Sum</summary>
<updated>1970-01-01T01:00:04+01:00</updated></entry></feed>"""


def told(text: str, entries: int = 9, *, has_summaries: bool = False) -> dict[str, Any]:
    """What a gadget gets."""
    found: dict[str, Any] = json.loads(feed_json("u", text, entries, has_summaries=has_summaries))
    return found


class FeedTests(SynchronousTestCase):
    """The three kinds."""

    def test_rss(self) -> None:
        """RSS 2.0, with and without summaries, and no more entries than asked."""
        first = {
            "Title": "One & é",
            "Link": "http://n.example/1",
            "Summary": "Sum",
            "Date": 2_000,
            "Media": {"Contents": [{"URL": "http://n.example/a.mp3", "Type": "audio/mpeg"}]},
        }
        self.assertEqual(
            told(RSS, 1, has_summaries=True),
            {
                "URL": "u",
                "Title": "News",
                "Description": "All",
                "Link": "http://n.example/",
                "Author": "Ed",
                "Image": "http://n.example/i.png",
                "Entry": [first],
            },
        )
        found = told(RSS)["Entry"]
        self.assertEqual(found[1], {"Title": "Two", "Link": "", "Date": 0})
        self.assertNotIn("Summary", found[0])

    def test_rdf(self) -> None:
        """RSS 1.0 has its items beside the channel."""
        found = told(RDF)
        self.assertEqual((found["Title"], found["Entry"][0]["Date"]), ("Old", 3_000))

    def test_atom(self) -> None:
        """Atom's links are attributes."""
        found = told(ATOM, has_summaries=True)
        self.assertEqual(
            (found["Link"], found["Author"], found["Image"], found["Description"]),
            ("http://a.example/", "Ann", "http://a.example/l.png", "S"),
        )
        self.assertEqual(
            found["Entry"],
            [{"Title": "E", "Link": "http://a.example/e", "Summary": "Sum", "Date": 4_000}],
        )

    def test_none(self) -> None:
        """What is no feed is refused: other XML, none, an entity of its own, and one that is too long."""
        bomb = '<!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>'
        for text in ("<html/>", "{}", "", bomb, "<rss>" + " " * MAX_FEED + "</rss>"):
            self.assertRaises(FeedError, told, text)

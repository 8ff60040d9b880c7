"""`finesse_tx.gadgets.preloading`: what is in a gadget's page already when it arrives."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from finesse_tx.gadgets.core.preloads import MAX_PRELOAD_BYTES, MAX_PRELOADS
from finesse_tx.gadgets.core.signing import RequestSigner
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.preloading import PRELOAD_S, Preloading
from finesse_tx.gadgets.surroundings import Surroundings
from tests.gadgets.asking import GADGET, NOW, AskingTestCase, Got

CRM = "https://crm.example.com"
SPEC = f"""<Module><ModulePrefs title="T"><Preload href="{CRM}/data?who=__UP_who__"/><Preload href="{CRM}/gone"/>
<Preload href="{CRM}/signed" authz="signed"/><Preload href="{CRM}/canvas" views="canvas"/>
<Preload href="{CRM}/data?who=__UP_who__" views="default,home"/>%s</ModulePrefs>
<UserPref name="who" default_value="nobody"/><Content>x</Content></Module>"""


class PreloadTests(AskingTestCase):
    """A gadget in our folder, and what it wants to have."""

    async def setUp(self) -> None:  # type: ignore[override]
        """Serve it."""
        await super().setUp()
        self.write()
        self.serve()
        self.others.put(f"{CRM}/data?who=%3Cann%3E", b'{"a": "</script>"}')

    def serve(self, signer: RequestSigner | None = None) -> None:
        """Serve it, with what signs."""
        preloading = Preloading(self.admission, self.gathering, self.clock, signer)
        self.gadgets.putChild(
            b"ifr", GadgetFrame(self.specs, library(), Surroundings(), preloading=preloading)
        )

    def write(self, more: str = "") -> None:
        """Write the gadget, with more to be preloaded."""
        (self.folder / "a.xml").write_text(SPEC % more)

    async def page(self, **query: str) -> Got:
        """Its page."""
        given = {"url": GADGET, "st": self.token, "up_who": "<ann>", **query}
        return await self.get("/gadgets/ifr", given, {"Host": "desk.example.com"})

    def told(self, got: Got) -> list[dict[str, Any]]:
        """What the page has for its scripts."""
        self.assertEqual(got.status, 200, got.body)
        _, there, rest = got.body.decode().partition("gadgets.io.preloaded_=")
        if not there:
            return []
        found, _ = json.JSONDecoder().raw_decode(rest)
        self.assertIsInstance(found, list)
        return list(found)

    async def test_there(self) -> None:
        """What is wanted for this view without who is signed in is there, each once; nothing in it ends the script."""
        got = await self.page()
        self.assertEqual(
            self.told(got),
            [
                {
                    "id": f"{CRM}/data?who=%3Cann%3E",
                    "rc": 200,
                    "body": '{"a": "</script>"}',
                    "headers": {},
                }
            ],
        )
        self.assertIn(b"\\u003c/script\\u003e", got.body)
        self.assertEqual(got.headers["cache-control"], "private,no-cache")
        asked = [one.url for one in self.others.asked]
        self.assertEqual(asked, [f"{CRM}/data?who=%3Cann%3E", f"{CRM}/gone"])

    async def test_signed(self) -> None:
        """What is to be signed is, for who looks at the gadget and for nobody else's page; what cannot be is left out."""
        self.serve(RequestSigner("desk", "secret", lambda: "n0nce"))
        self.write(
            f'<Preload href="{CRM}/mine?a=1" authz="SIGNED" sign_owner="false"/>'
            f'<Preload href="{CRM}/odd?oauth_token=1" authz="signed"/>'
            f'<Preload href="{CRM}/other" authz="oauth"/>'
            f'<Preload href="http://localhost:{self.port}/finesse/api/User" authz="signed"/>'
        )
        self.others.put(f"{CRM}/mine?a=1", b"yours")
        for _ in range(2):  # the other is asked each time: nothing that was signed is kept
            told = self.told(await self.page())
            self.assertEqual(
                [(one["id"], one["body"]) for one in told][1:2], [(f"{CRM}/mine?a=1", "yours")]
            )
        self.assertTrue(told[2]["body"].startswith("GET\n/finesse/api/User\n"))
        signed = [urlsplit(one.url) for one in self.others.asked if "oauth" in one.url]
        self.assertEqual([one.path for one in signed], ["/signed", "/mine"] * 2)
        there = [dict(parse_qsl(one.query)) for one in signed[:2]]
        self.assertEqual([one.get("opensocial_owner_id") for one in there], ["agent1", None])
        self.assertEqual([one["opensocial_viewer_id"] for one in there], ["agent1"] * 2)
        self.assertEqual([one["opensocial_app_url"] for one in there], [GADGET] * 2)

    async def test_nobody(self) -> None:
        """Who shows no token of ours for this gadget has nothing fetched, and the gadget all the same."""
        other = self.signer.issue("agent1", f"{GADGET}2", 1, "default", NOW)
        stranger = self.signer.issue("nobody", GADGET, 1, "default", NOW)
        for token in ("", "john.doe:john.doe:appid:cont:url:0:default", other, stranger):
            self.assertEqual(self.told(await self.page(st=token)), [], token)
        self.limits.is_over = True
        self.assertEqual(self.told(await self.page()), [])
        self.assertEqual(self.others.asked, [])

    async def test_failed(self) -> None:
        """What is refused, too large or not a good answer keeps nothing from being shown."""
        self.others.put(f"{CRM}/gone", b"no", 503)
        self.others.put(f"{CRM}/data?who=%3Cann%3E", b"x" * (MAX_PRELOAD_BYTES + 1))
        self.assertEqual([one["rc"] for one in self.told(await self.page())], [503])

    async def test_late(self) -> None:
        """The page waits so long, and no longer."""
        self.others.is_waiting = True
        getting = Deferred.fromCoroutine(self.page())
        while len(self.others.asked) < 2:
            await deferLater(IReactorTime(reactor), 0)
        self.clock.advance(PRELOAD_S - 0.1)
        self.assertFalse(self.others.given_up)
        self.clock.advance(0.1)
        self.assertEqual(self.told(await getting), [])
        self.assertEqual(self.others.given_up, 2)

    async def test_bound(self) -> None:
        """So many, and no more."""
        self.serve(RequestSigner("desk", "secret", lambda: "n0nce"))
        self.write("".join(f'<Preload href="{CRM}/{n}"/>' for n in range(MAX_PRELOADS)))
        await self.page()
        self.assertEqual(len(self.others.asked), MAX_PRELOADS)

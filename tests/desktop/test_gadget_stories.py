"""Gadgets in the desktop, in Chromium, on the real server: what they are offered, and that none of them hurts the others."""

from typing import Any
from xml.sax.saxutils import escape

from playwright.sync_api import Frame, Page, expect

from tests.desktop.test_desktop_stories import desk, enter, fill_in, until
from tests.support.libraries import have_libraries
from tests.support.rest import Rest
from tests.support.stories import LIMIT_MS, StoryTestCase, story
from tests.support.twistd import Shared, Twistd

SHARED = Shared(
    'listen.isolated="127.0.0.1:0"', 'gadgets.isolated=["/3rdpartygadget/files/Apart/"]'
)

PLACE = "/3rdpartygadget/files/Story/"


def spec(title: str, script: str, body: str = "", height: int = 0) -> str:
    """A gadget as people write them."""
    features = ("pubsub", "pubsub-2", "dynamic-height", "settitle", "setprefs", "views")
    required = "".join(f'<Require feature="{name}"/>' for name in features)
    return (
        f'<Module><ModulePrefs title="{title}" height="{height}">{required}</ModulePrefs><Content type="html"><![CDATA[<!DOCTYPE html>'
        f'<html lang="en"><script src="/desktop/assets/js/finesse.js"></script><body><main>{body}</main></body><script>{script}</script></html>]]></Content></Module>'
    )


CALL = spec(
    "Call data",
    """
window.told = [];
gadgets.HubSettings.onConnect = () => {
  const { Config } = finesse.gadget;
  finesse.clientservices.ClientServices.init(Config);
  window.services = finesse.containerservices.ContainerServices.init();
  services.addHandler(services.Topics.ACTIVE_TAB, (tab) => { told.push(["tab", tab]); gadgets.window.adjustHeight(); });
  for (const name of ["GADGET_VIEW_CHANGED_EVENT", "WORKFLOW_ACTION_EVENT"]) { services.addHandler(services.Topics[name], (event) => told.push([name, event.data])); }
  services.makeActiveTabReq();
  gadgets.Hub.subscribe("story.hello", (topic, data) => told.push([topic, data]));
  gadgets.Hub.publish("story.ask", {});
  const show = (call) => {
    document.querySelector("dl").replaceChildren(...Object.entries(call.getMediaProperties()).flatMap(([name, value]) =>
      [Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value })]));
    gadgets.window.adjustHeight();
  };
  window.user = new finesse.restservices.User({ id: Config.id, onLoad: () => {
    told.push(["me", user.getState()]);
    window.calls = user.getDialogs({ onCollectionAdd: (call) => { window.call = call; show(call); call.addHandler("change", show); },
      onCollectionDelete: () => { document.querySelector("dl").replaceChildren(); gadgets.window.adjustHeight(); } });
  }, onChange: () => { told.push(["me", user.getState()]); } });
  document.querySelector("button").onclick = () => user.setState("READY");
};""",
    "<p>The call:</p><dl></dl><button>I am ready</button>",
)

CHANNEL = {
    "menuConfig": {
        "label": "Chat",
        "menuItems": [
            {"id": "on", "label": "Ready", "iconColor": "#2CB14C"},
            {"id": "off", "label": "Not ready", "iconColor": "#CF4237"},
        ],
    },
    "channelConfig": {"actionTimeoutInSec": 5, "icons": [{"type": "collab-icon", "value": "chat"}]},
    "channelState": {
        "label": "Chat", "currentState": "off", "iconColor": "#CF4237", "enable": True, "logoutDisabled": True,
        "logoutDisabledText": "First end your chats.", "iconBadge": "none",
    },
}  # fmt: skip

FILES = {
    "call.xml": CALL,
    "two.xml": spec("Second", "gadgets.HubSettings.onConnect = () => { const hello = () => gadgets.Hub.publish('story.hello', {from: 'second'}); gadgets.Hub.subscribe('story.ask', hello); hello(); };", "<p>Two</p>", 90),
    "throws.xml": spec("Thrower", "gadgets.HubSettings.onConnect = () => { nobody.knows.this(); };", "<p>!</p>"),
    "../Apart/apart.xml": spec(
        "Apart",
        """
window.told = [];
gadgets.HubSettings.onConnect = () => {
  gadgets.Hub.subscribe("finesse.containerservices.*", (topic, data) => told.push([topic, data]));
  gadgets.Hub.subscribe("story.hello", (topic, data) => told.push([topic, data]));
  gadgets.Hub.publish("finesse.info.connection", { status: "failing" });
  gadgets.Hub.publish("finesse.containerservices.requests", { type: "ActiveTabReq", data: {}, invokeID: "1" });
  gadgets.Hub.publish("finesse.containerservices.requests", { type: "HideGadgetReq", data: { gadgetId: 1 }, invokeID: "2" });
  gadgets.Hub.publish("finesse.containerservices.requests", { type: "SetGadgetTitleReq", data: { title: "Far away" }, invokeID: "3" });
  gadgets.Hub.publish("story.hello", { from: "apart" });
  gadgets.Prefs().set("colour", "green");
  gadgets.window.adjustHeight();
};""",
        '<p id="p" style="height: 333px">Apart</p>',
    ),
    "silent.xml": spec("Silent", "gadgets.Hub = {};", "<p>never connects</p>"),
    "floods.xml": spec("Flood", "gadgets.HubSettings.onConnect = () => setInterval(() => { for (let n = 0; n < 1000; n += 1) { gadgets.Hub.publish('story.flood', { n }); } }, 50);", "<p>and more</p>"),
    "grows.xml": spec("Tall", "let height = 200; gadgets.HubSettings.onConnect = () => setInterval(() => gadgets.window.adjustHeight(height += 20), 20);", "<p>and higher</p>"),
    "../Apart/stuck.xml": spec("Stuck", "gadgets.HubSettings.onConnect = () => gadgets.Hub.subscribe('story.stop', () => { for (;;); });", "<p>for ever</p>"),
}  # fmt: skip


SEEN = """([limit, who]) => new Promise((done, failed) => {
  setTimeout(() => failed(new Error("nothing was seen")), limit);
  const look = () => {
    const opening = indexedDB.open("finesse-tx.standstill", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("standing");
    opening.onsuccess = () => {
      const asked = opening.result.transaction("standing").objectStore("standing").get(who);
      asked.onsuccess = () => {
        opening.result.close();
        asked.result?.areBeginning ? done() : setTimeout(look, 200);
      };
    };
  };
  look();
})"""
"""Wait until the worker of somebody's desktop has seen that it stands still."""


def gadget(name: str, attributes: str = "") -> str:
    """One of these, in a layout."""
    return f"<gadget {attributes}>{PLACE}{name}</gadget>"


def tab(name: str, *gadgets: str) -> str:
    """A tab with a column for each."""
    columns = "".join(f"<column><gadgets>{one}</gadgets></column>" for one in gadgets)
    return f"<tab><id>{name}</id><label>The {name}</label><columns>{columns}</columns></tab>"


def layout(*tabs: str, page: str = "") -> str:
    """A layout of an agent's."""
    return (
        '<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><layout><role>Agent</role>'
        f"<page>{page}</page><tabs>{''.join(tabs)}</tabs></layout></finesseLayout>"
    )


FULL = """() => {
    Storage.prototype.setItem = () => { throw new DOMException("there is no room", "QuotaExceededError"); };
}"""
"""A gadget has filled the browser's storage."""


class GadgetStoryCase(StoryTestCase):
    """What stories of gadgets on the desktop have in common.

    Attributes:
        server: Where it is.
    """

    server: Twistd

    def lay_out(self, who: str, xml: str) -> None:
        """Give somebody's team a layout."""
        admin = Rest(self.server, "admin")
        team = admin.get(f"/User/{who}").findtext("teamId")
        body = f"<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>{escape(xml)}</layoutxml></TeamLayoutConfig>"
        answer = admin.ask("PUT", f"/Team/{team}/LayoutConfig", body)
        self.assertEqual(answer.status_code, 200, answer.text)

    def frame(self, page: Page, mid: int) -> Frame:
        """A gadget's frame, once its script has run."""
        element = page.wait_for_selector(f"#finesse_gadget_{mid}", state="attached")
        found = element.content_frame() if element is not None else None
        assert found is not None
        return found

    def heard(self, frame: Frame, *wanted: Any) -> None:
        """Wait until a gadget was told that."""
        frame.wait_for_function(
            "(wanted) => window.told?.some((one) => JSON.stringify(one).startsWith(JSON.stringify(wanted).slice(0, -1)))",
            arg=list(wanted),
        )


class GadgetStories(GadgetStoryCase):
    """Stories on one server, each with a team's own layout."""

    def setUp(self) -> None:
        """The server, and the gadgets in its folder."""
        have_libraries()
        self.server = SHARED.get()
        folder = self.server.home / "3rdpartygadget" / "files" / "Story"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "Apart").mkdir(exist_ok=True)
        for name, text in FILES.items():
            (folder / name).write_text(text)

    @story
    def test_day(self, page: Page) -> None:
        """A gadget shows a live call and changes the state, two speak to each other; others fail in their own boxes."""
        self.forgiven = (
            "404",
            "does not have permission to navigate|Unsafe attempt to initiate navigation",
        )
        broken = gadget("throws.xml") + gadget("none.xml") + gadget("silent.xml")
        self.lay_out(
            "agent1", layout(tab("home", gadget("call.xml?a=teamName"), gadget("two.xml") + broken))
        )
        enter(page, self.server, "agent1", "1001")
        call = self.frame(page, 1)
        self.heard(call, "tab", "home")
        self.heard(call, "me", "NOT_READY")
        self.heard(call, "story.hello", {"from": "second"})
        self.assertEqual(
            call.evaluate("[finesse.gadget.Config.teamName, location.hash.includes('rpctoken')]"),
            ["Team 1", True],
        )
        self.assertEqual(
            call.evaluate("JSON.parse(gadgets.util.getUrlParameters().up_urlPrefs).a"), "Team 1"
        )
        self.assertEqual(
            call.evaluate(
                "(() => { try { top.location = '/cfadmin'; } catch (error) { return error.name; } })()"
            ),
            "SecurityError",
            "nothing in a frame leads the desktop elsewhere",
        )
        call.get_by_role("button", name="I am ready").click()
        self.heard(call, "me", "READY")
        until(page, "desk.me.state === 'READY'")
        before = page.locator("#finesse_gadget_1").evaluate("(one) => one.offsetHeight")
        self.server.call("6001", "0612345678")
        call.wait_for_function("window.call?.getState() === 'ALERTING'")
        call.evaluate("call.requestAction(user.getExtension(), 'ANSWER', {})")
        call.wait_for_function("window.call?.getState() === 'ACTIVE'")
        call.evaluate("call.updateCallVariable('callVariable3', 'Gold <b>', {})")
        expect(call.get_by_text("Gold <b>", exact=True)).to_be_visible()
        page.wait_for_function(
            "(before) => document.querySelector('#finesse_gadget_1').offsetHeight > before",
            arg=before,
        )
        expect(page.get_by_role("alert").filter(has_text="Thrower did not start.")).to_contain_text(
            "nobody is not defined"
        )
        failed = page.get_by_role("region", name="none")
        expect(failed).to_contain_text('There is no file "Story/none.xml"')
        expect(page.get_by_role("region", name="Silent")).to_have_attribute("aria-busy", "true")
        self.assertEqual(
            page.locator("#finesse_gadget_2").evaluate("(one) => one.style.height"), "90px"
        )
        self.assert_accessible(page)
        (self.server.home / "3rdpartygadget" / "files" / "Story" / "none.xml").write_text(
            spec("Found", "gadgets.HubSettings.onConnect = () => {};", "<p>There</p>")
        )
        failed.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", name="Found")).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text="cannot be shown")).to_have_count(0)
        page.get_by_role("button", name="Maximise Call data").click()
        call.wait_for_function(
            "told.at(-1)[1].view === 'canvas' && told.at(-1)[1].tabId === 'home' && told.at(-1)[1].maxAvailableHeight > 600"
        )
        expect(page.get_by_role("region", name="Second")).to_be_hidden()
        self.assertGreater(
            page.locator("#finesse_gadget_1").evaluate("(one) => one.offsetHeight"), 600
        )
        call.evaluate("gadgets.views.requestNavigateTo('default')")
        expect(page.get_by_role("region", name="Second")).to_be_visible()
        call.wait_for_function("told.at(-1)[1].view === 'default'")
        call.evaluate("gadgets.Prefs().set('colour', 'blue', 'host', 'evil')")
        call.evaluate("services.reloadMyGadget()")
        page.wait_for_function(
            "() => document.querySelector('#finesse_gadget_1')?.contentWindow.calls"
        )
        again = self.frame(page, 1)
        self.assertEqual(
            again.evaluate("[gadgets.Prefs().getString('colour'), finesse.gadget.Config.host]"),
            ["blue", "127.0.0.1"],
        )
        again.wait_for_function("window.call?.getState() === 'ACTIVE'")
        again.evaluate("call.requestAction(user.getExtension(), 'DROP', {})")
        until(page, "desk.calls.size === 0")
        self.complaints.remove("nobody is not defined")

    @story
    def test_isolated(self, page: Page) -> None:
        """A gadget of another origin has the hub, its height, title and preferences; it speaks for nobody else. A title is text."""
        self.forgiven = ("Failed to execute 'postMessage'",)  # axe speaks to all frames of a page
        isolated = gadget("../Apart/apart.xml").replace("Story/../", "")
        supervisors = layout(tab("home", gadget("call.xml"), isolated)).replace(
            "Agent", "Supervisor"
        )
        self.lay_out("supervisor1", supervisors)
        enter(page, self.server, "supervisor1", "2001")
        call = self.frame(page, 1)
        self.heard(call, "me", "NOT_READY")
        apart = self.frame(page, 2)
        self.assertEqual(
            apart.url.partition("/gadgets")[0], f"https://127.0.0.1:{self.server.port('isolated')}"
        )
        self.heard(apart, "finesse.containerservices.activeTab", "home")
        expect(page.get_by_role("heading", name="Far away")).to_be_visible()
        page.wait_for_function(
            "() => document.querySelector('#finesse_gadget_2').offsetHeight > 333"
        )
        call.evaluate("gadgets.Hub.publish('story.hello', {from: 'call'})")
        self.heard(apart, "story.hello", {"from": "call"})
        expect(page.get_by_role("region", name="Call data")).to_be_visible()
        self.assertEqual(
            call.evaluate("finesse.clientservices.ClientServices.getNotificationConnectionState()"),
            "connected",
        )
        self.assertEqual(
            apart.evaluate(
                "(() => { try { return parent.document.title; } catch (error) { return error.name; } })()"
            ),
            "SecurityError",
        )
        self.assertEqual(
            (page.locator("#finesse_gadget_2").get_attribute("sandbox") or "").split()[:1],
            ["allow-scripts"],
        )
        page.get_by_role("button", name="Reload Far away").click()
        apart = self.frame(page, 2)
        apart.wait_for_function("window.told?.length > 0")
        self.assertEqual(apart.evaluate("gadgets.Prefs().getString('colour')"), "green")
        call.evaluate(
            """() => {
              gadgets.pubsub.subscribe("story", (...given) => told.push(given));
              gadgets.pubsub.publish("story", 1);
            }"""
        )
        files = f"https://127.0.0.1:{self.server.port('https')}/3rdpartygadget/files"
        self.heard(call, f"{files}/Story/call.xml", 1)
        apart.evaluate("gadgets.pubsub.publish('story', 2)")
        self.heard(call, f"{files}/Apart/apart.xml", 2)
        attempt = "<img src=x onerror='top.ran = 1'>"
        call.evaluate("(title) => gadgets.window.setTitle(title)", attempt)
        expect(page.get_by_role("heading", name=attempt, exact=True)).to_be_visible()
        self.assertIsNone(page.evaluate("window.ran"))
        self.assert_accessible(page)

    @story
    def test_unruly(self, page: Page) -> None:
        """One of another origin in an endless loop, one that publishes and one that grows without end: each says so, nobody else stops."""
        stuck = gadget("../Apart/stuck.xml").replace("Story/../", "")
        unruly = tab("home", gadget("two.xml") + gadget("grows.xml"), gadget("floods.xml") + stuck)
        self.lay_out("agent2", layout(unruly))
        enter(page, self.server, "agent2", "1002")
        flood = page.get_by_role("region", name="Flood")
        expect(flood.get_by_role("alert")).to_contain_text("Flood was stopped.")
        expect(flood.locator("iframe")).to_have_count(0)
        tall = page.get_by_role("region", name="Tall")
        expect(tall.get_by_role("alert")).to_contain_text("Tall does not stop growing.")
        self.assertLess(tall.evaluate("(one) => one.offsetHeight"), 500)
        apart = self.frame(page, 4)
        apart.wait_for_function("gadgets.Hub.isConnected()")
        self.frame(page, 1).evaluate("gadgets.Hub.publish('story.stop', {})")
        alert = page.get_by_role("region", name="Stuck").get_by_role("alert")
        expect(alert).to_contain_text("Stuck does not answer.", timeout=LIMIT_MS)
        page.locator("voice-state > button").click()
        page.get_by_role("dialog").get_by_role("button", name="Ready", exact=True).click()
        until(page, "desk.me.state === 'READY'")
        alert.get_by_role("button", name="Try again").click()
        expect(alert).to_be_hidden()
        self.frame(page, 4).wait_for_function("gadgets.Hub.isConnected()")

    @story
    def test_standstill(self, page: Page) -> None:
        """A gadget that stops the desktop for good is left out when that is loaded again, until somebody wants it; the rest is there."""
        place = self.server.home / "3rdpartygadget" / "files" / "Story" / "stops.xml"
        script = "gadgets.HubSettings.onConnect = () => { for (;;); };"
        place.write_text(spec("Stopper", script, "<p>no more</p>"))
        self.lay_out("agent4", layout(tab("home", gadget("stops.xml"))))
        again = page.context.new_page()
        self.watch(again)
        again.goto(f"https://127.0.0.1:{self.server.port('https')}/")
        fill_in(page, self.server, "agent4", "1004")
        again.evaluate(SEEN, [2 * LIMIT_MS, "agent4"])  # a sign-in, and then a standstill
        page.close()
        enter(again, self.server, "agent4", "1004")
        alert = again.get_by_role("region", name="stops").get_by_role("alert")
        expect(alert).to_contain_text("stops is left out.")
        until(again, "desk.me.state === 'NOT_READY'")
        self.assert_accessible(again)
        again.reload()
        expect(alert).to_contain_text("stops is left out.")
        place.write_text(spec("Stopper", "gadgets.HubSettings.onConnect = () => {};", "<p>on</p>"))
        alert.get_by_role("button", name="Load it").click()
        expect(again.get_by_role("heading", name="Stopper")).to_be_visible()
        again.reload()
        expect(again.get_by_role("heading", name="Stopper")).to_be_visible()

    @story
    def test_over_the_page(self, page: Page) -> None:
        """What a gadget puts into the header and over the page: a channel, popovers, a dialog, a banner; a sign-out ends all."""
        self.lay_out(
            "supervisor2", layout(tab("home", gadget("call.xml"))).replace("Agent", "Supervisor")
        )
        enter(page, self.server, "supervisor2", "2002")
        call = self.frame(page, 1)
        self.heard(call, "me", "NOT_READY")
        call.evaluate(
            """(channel) => {
              const { digital, containerservices: { PopoverService } } = finesse;
              digital.ChannelService.init();
              const chosen = (...given) => { told.push(["chosen", given.find((one) => ["on", "off"].includes(one))]); given.find((one) => typeof one === "function")({}); };
              digital.ChannelService.addChannel("chat", channel, chosen, () => told.push(["added"]), (error) => told.push(["refused", error]));
              PopoverService.init();
              const show = (title, buttons) => PopoverService.showPopover(
                { icon: { type: "collab-icon", value: "chat" }, content: [{ name: "Customer", value: "<b>Bob</b>" }], headerContent: { maxHeaderTitle: title, minHeaderTitle: title } },
                { displayTimeoutInSecs: 60, display: true, counterType: "COUNT_DOWN" }, { dismissible: !buttons, buttons }, ({ source }) => told.push(["popover", source]));
              show("Chat from Bob", [{ id: "yes", label: "Answer", type: "Affirm" }, { id: "no", label: "Decline", type: "Decline", confirmButtons: [{ id: "sure", label: "Really decline" }] }]);
              show("Mail from Ann");
            }""",
            CHANNEL,
        )
        self.heard(call, "added")
        popover = page.get_by_role("region", name="Mail from Ann")
        expect(popover).to_contain_text("<b>Bob</b>")
        self.assert_accessible(page)
        popover.get_by_role("button", name="Close").click()
        page.get_by_role("region", name="Chat from Bob").get_by_role(
            "button", name="Decline"
        ).click()
        page.get_by_role("button", name="Really decline").click()
        self.heard(call, "popover", "dismissed")
        self.heard(call, "popover", "btn_sure_click")
        self.assertEqual(desk(page, "desk.signOutBlocked()"), "First end your chats.")
        page.get_by_role("button", name="Chat Not ready").press("ArrowDown")
        page.keyboard.press("Enter")
        self.heard(call, "chosen", "on")
        expect(page.get_by_role("button", name="Chat Not ready")).to_be_focused()
        call.evaluate(
            "services.showDialog({ title: 'Sure?', message: '<i>x</i>', close: () => told.push(['closed']) })"
        )
        dialog = page.get_by_role("dialog", name="Sure?")
        expect(dialog).to_contain_text("<i>x</i>")
        self.assert_accessible(page)
        dialog.get_by_role("button", name="OK").click()
        self.heard(call, "closed")
        call.evaluate(
            "window.banner = services.showCertificateBanner(() => told.push(['banner closed']))"
        )
        banner = page.get_by_role("alert").filter(has_text="certificate")
        banner.get_by_role("button", name="Close").click()
        self.heard(call, "banner closed")
        expect(banner).to_be_hidden()
        desk(page, "void desk.signOut()")
        expect(page.locator("desk-page")).to_have_count(0)
        self.assertEqual(page.evaluate("[window.finesse, window.frames.length]"), [None, 0])
        enter(page, self.server, "supervisor2", "2002")
        self.heard(self.frame(page, 1), "me", "NOT_READY")

    @story
    def test_tabs(self, page: Page) -> None:
        """Tabs by the keyboard and by their address; a team's own layout; nothing is left of gadgets that are gone."""
        tabs = [
            tab(f"t{number}", gadget("call.xml" if number < 3 else "two.xml"))
            for number in range(1, 10)
        ]
        managed = gadget("two.xml", 'managedBy="more"') + gadget(
            "call.xml", 'managedBy="more" default="true"'
        )
        multi = f'<gadget id="more">/desktop/scripts/js/tabbedGadgets.js</gadget>{managed}'
        self.lay_out("agent2", layout(*tabs, tab("last", multi)))
        enter(page, self.server, "agent2", "1002")
        expect(page.get_by_role("tab")).to_have_count(7)
        for mid in (1, 2):
            self.frame(page, mid).wait_for_function("window.calls")
        first = page.get_by_role("tab", name="The t1")
        first.focus()
        for key, wanted in (
            ("ArrowRight", "t2"),
            ("End", "t7"),
            ("ArrowRight", "t1"),
            ("ArrowLeft", "t7"),
            ("Home", "t1"),
        ):
            page.keyboard.press(key)
            expect(page.get_by_role("tab", name=f"The {wanted}")).to_be_focused()
            expect(page.locator(f"#panel_{wanted}")).to_be_visible()
        page.keyboard.press("ArrowRight")
        self.heard(self.frame(page, 2), "tab", "t2")
        self.assertTrue(page.url.endswith("#/t2"))
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="More tabs; now: The last")).to_be_focused()
        expect(page.locator("multi-tab").get_by_role("tab", name="Call data")).to_have_attribute(
            "aria-selected", "true"
        )
        expect(page.locator("multi-tab").get_by_role("tab", name="Second")).to_be_visible()
        self.assert_accessible(page)
        self.frame(page, 1).evaluate("services.activateMyTab()")
        expect(page.locator("#panel_t1")).to_be_visible()
        page.reload()
        expect(page.locator("#panel_t1")).to_be_visible()
        page.evaluate(FULL)
        page.get_by_role("tab", name="The t2").click()
        self.heard(self.frame(page, 2), "tab", "t2")
        page.goto("about:blank")
        page.goto(f"https://127.0.0.1:{self.server.port('https')}/desktop/container/#/t2")
        expect(page.locator("#panel_t2")).to_be_visible()
        self.frame(page, 2).wait_for_function("window.calls")
        self.endure(page)

    def endure(self, page: Page) -> None:
        """Tabs switched and gadgets loaded again, many times: frames, the hub's clients and what they hear stay as many."""
        count = "[document.querySelectorAll('iframe').length, window.frames.length, Object.keys(document.querySelector('desk-page').clients).length]"
        page.wait_for_function("() => document.querySelectorAll('iframe').length === 11")
        page.wait_for_function(f"() => {count}.at(-1) === 11")
        before = page.evaluate(count)
        page.evaluate(
            """async () => {
              const { Container, Tabs } = parent.finesse.container;
              for (let round = 0; round < 30; round += 1) {
                Tabs.activateTab(`t${1 + (round % 9)}`);
                Container.reloadGadget(2);
                Container.reloadGadget(3);
                await new Promise((done) => setTimeout(done, round % 3 ? 0 : 60));
              }
              Tabs.activateTab("t2");
            }"""
        )
        self.frame(page, 2).wait_for_function("window.calls")
        page.wait_for_function(
            "() => document.querySelector('desk-page').clients.finesse_gadget_2 > 5"
        )
        page.wait_for_function(f"(before) => String({count}) === String(before)", arg=before)

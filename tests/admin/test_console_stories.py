"""The console as an administrator sees it, in Chromium."""

import os
import ssl
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import requests
from cryptography.hazmat.primitives import hashes
from playwright.sync_api import FilePayload, Page, expect

from tests.support.certificates import issued, key_pem, root
from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import LIMIT_S, Shared

SHARED = Shared()

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def pem(name: str, text: str) -> FilePayload:
    """A file that somebody chooses."""
    return {"name": name, "mimeType": "application/x-pem-file", "buffer": text.encode()}


def shot(page: Page, name: str) -> None:
    """Keep a picture of what is there now, where pictures are kept."""
    if folder := os.environ.get("FINESSE_TX_SHOTS"):
        page.screenshot(path=Path(folder, f"{name}.png"))


class ConsoleStories(StoryTestCase):
    """Stories on one server."""

    forgiven = (r"status of 40[01]",)

    def setUp(self) -> None:
        """The server."""
        self.server = SHARED.get()

    def enter(self, page: Page, key: str = "") -> None:
        """Sign in, and go to a page."""
        page.goto(f"https://127.0.0.1:{self.server.port('https')}/cfadmin#/{key}")
        page.get_by_label("User name").fill("admin")
        page.get_by_label("Password").fill("finesse")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Sign out").wait_for()

    @story
    def test_sign_in(self, page: Page) -> None:
        """A wrong password is told, the right one lets in; a reload keeps the session, and signing out ends it."""
        page.goto(f"https://127.0.0.1:{self.server.port('https')}/cfadmin")
        page.get_by_label("User name").fill("admin")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Give your user name and your password.")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
        self.assert_accessible(page)
        page.get_by_label("Password").fill("finesse")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("People")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("People")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("User name")).to_be_focused()
        page.reload()
        expect(page.get_by_label("User name")).to_be_focused()

    @story
    def test_keyboard(self, page: Page) -> None:
        """A reason is added, refused for its label, mended, changed and removed, with the keyboard alone."""
        self.enter(page, "wrap-up-reasons")
        press = page.keyboard.press
        page.get_by_role("button", name="Add a reason").focus()
        press("Enter")
        expect(page.get_by_label("Label")).to_be_focused()
        press("Enter")
        expect(page.get_by_text("Label is missing.")).to_be_visible()
        page.keyboard.type("Sale")
        press("Enter")
        expect(page.get_by_text("Duplicate WrapUpReason label")).to_be_visible()
        self.assert_accessible(page)
        page.keyboard.type(" of a house")
        press("Enter")
        expect(page.get_by_role("rowheader", name="Sale of a house")).to_be_visible()
        rest = Rest(self.server, "admin")
        self.assertIn("Sale of a house", rest.ask("GET", "/WrapUpReasons").text)
        expect(page.get_by_role("button", name="Add a reason")).to_be_focused()
        page.get_by_role("button", name="Change Sale of a house").focus()
        press("Enter")
        expect(page.get_by_label("Label")).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.type("boat")
        press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Remove Sale of a house").focus()
        press("Enter")
        expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        press("Tab")
        press("Enter")
        expect(page.get_by_role("rowheader", name="Sale of a house")).to_have_count(0)
        self.assertNotIn("Sale of a house", rest.ask("GET", "/WrapUpReasons").text)

    @story
    def test_lists(self, page: Page) -> None:
        """Every page of the menu opens, can be sorted and narrowed, and is accessible in both colours."""
        page.set_viewport_size({"width": 1024, "height": 600})
        self.enter(page)
        for link in page.get_by_role("navigation").get_by_role("link").all():
            link.click()
            expect(page.get_by_role("heading", level=1)).to_have_text(link.inner_text())
            expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
            self.assertEqual(page.evaluate("document.documentElement.scrollWidth"), 1024)
            expect(page.locator("main")).to_be_focused()
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                self.assert_accessible(page)
        page.get_by_role("link", name="Not-ready reasons").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Not-ready reasons")
        page.get_by_role("button", name="Code").click()
        first = page.get_by_role("rowheader").first
        expect(first).to_have_text("Break")
        page.get_by_role("searchbox").fill("lunch")
        expect(first).to_have_text("Lunch")
        expect(page.locator(".count")).to_have_text("1 of 22")

    @story
    def test_agent(self, page: Page) -> None:
        """An agent is added, mended where something was wrong, given a skill, signs in over REST, and is disabled."""
        self.enter(page, "skills")
        page.get_by_role("button", name="Add a skill").click()
        page.get_by_label("Name").fill("Haggling")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("rowheader", name="Haggling")).to_be_visible()
        page.get_by_role("link", name="People", exact=True).click()
        page.get_by_role("button", name="Add a person").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Login id").fill("newbie")
        dialog.get_by_label("Last name").fill("Newby")
        dialog.get_by_label("Extension").fill("1001")
        dialog.get_by_label("Team").select_option(label="Team 1")
        dialog.get_by_label("Password").fill("correct horse")
        page.keyboard.press("Enter")
        fault = dialog.locator(".fault:visible")
        expect(fault).to_contain_text("agent1")
        expect(dialog.get_by_label("Extension")).to_be_focused()
        self.assert_accessible(page)
        dialog.get_by_label("Extension").fill("1901")
        dialog.get_by_label("Skills").fill("Haggling 7, Dancing 3")
        page.keyboard.press("Enter")
        expect(fault).to_contain_text("There is no skill “Dancing”.")
        dialog.get_by_label("Skills").fill("haggling 7")
        page.keyboard.press("Enter")
        row = page.get_by_role("row").filter(has_text="newbie")
        expect(row).to_contain_text("Haggling 7")
        rest = Rest(self.server, "newbie", "correct horse")
        self.assertEqual(rest.put_state("LOGIN", extension="1901"), 202)
        page.get_by_role("button", name="Change Newby").click()
        dialog.get_by_label("May sign in").uncheck()
        page.keyboard.press("Enter")
        expect(row).to_contain_text("Disabled")
        self.assertEqual(rest.ask("GET", "/User/newbie").status_code, 401)
        page.get_by_role("button", name="Remove Newby").click()
        dialog.get_by_role("button", name="Remove").click()
        expect(row).to_have_count(0)

    @story
    def test_queue(self, page: Page) -> None:
        """A queue is made for a skill, gets a number to call, and cannot be removed while the number leads there."""
        self.enter(page, "queues")
        page.get_by_role("button", name="Add a queue").click()
        page.get_by_label("Name").fill("Complaints")
        page.get_by_role("dialog").get_by_label("Who comes first").select_option(
            label="Linear (groups)"
        )
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog").get_by_text("needs a resource group")).to_be_visible()
        page.get_by_role("dialog").get_by_label("Who comes first").select_option(
            label="Longest available"
        )
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("rowheader", name="Complaints")).to_be_visible()
        page.get_by_role("link", name="Numbers to call").click()
        page.get_by_role("button", name="Add a number").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Number", exact=True).fill("6099")
        dialog.get_by_label("Application", exact=True).fill("Complaints line")
        dialog.get_by_label("Application id").fill("6099")
        dialog.get_by_label("Queue").select_option(label="Complaints")
        page.keyboard.press("Enter")
        expect(page.get_by_role("rowheader", name="6099")).to_be_visible()
        page.get_by_role("link", name="Queues").click()
        page.get_by_role("button", name="Remove Complaints").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("6099")
        self.assert_accessible(page)

    @story
    def test_workflow(self, page: Page) -> None:
        """An action and a workflow with a condition are made, row by row, and cannot be separated."""
        self.enter(page, "workflow-actions")
        dialog = page.get_by_role("dialog")
        page.get_by_role("button", name="Add an action").click()
        dialog.get_by_label("Name", exact=True).fill("Look up")
        dialog.get_by_role("group", name="Parameters").get_by_role(
            "button", name="Add a row"
        ).click()
        row = dialog.get_by_role("group", name="Parameters, row 1")
        expect(row.get_by_label("Name")).to_be_focused()
        page.keyboard.press("Enter")
        expect(row.get_by_text("Name is missing.")).to_be_visible()
        row.get_by_label("Name").fill("path")
        row.get_by_label("Value").fill("https://crm.example.com/?q=${callVariable1}")
        page.keyboard.press("Enter")
        expect(page.get_by_role("cell", name="path=https://crm")).to_be_visible()
        page.get_by_role("link", name="Workflows", exact=True).click()
        page.get_by_role("button", name="Add a workflow").click()
        dialog.get_by_label("Name", exact=True).fill("Callers")
        dialog.get_by_label("When", exact=True).select_option(label="A call is answered")
        dialog.get_by_role("group", name="Conditions").get_by_role(
            "button", name="Add a row"
        ).click()
        condition = dialog.get_by_role("group", name="Conditions, row 1")
        condition.get_by_label("Value").fill("callVariable1")
        condition.get_by_label("Compared").select_option(label="is not empty")
        dialog.get_by_role("group", name="Actions", exact=True).get_by_role("button").click()
        self.assert_accessible(page)
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("row").filter(has_text="Callers")).to_contain_text("Look up")
        kept = Rest(self.server, "admin").ask("GET", "/Workflows").text
        for part in ("CALL_ANSWERED", "IS_NOT_EMPTY", "<name>Look up</name>"):
            self.assertIn(part, kept)
        page.get_by_role("button", name="Change Callers").click()
        expect(condition.get_by_label("Value")).to_have_value("callVariable1")
        condition.get_by_role("button", name="Remove row 1").click()
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        self.assertNotIn("IS_NOT_EMPTY", Rest(self.server, "admin").ask("GET", "/Workflows").text)
        page.get_by_role("link", name="Workflow actions").click()
        page.get_by_role("button", name="Remove Look up").click()
        dialog.get_by_role("button", name="Remove").click()
        expect(dialog.get_by_role("alert")).to_contain_text("used by workflow Callers")

    @story
    def test_call_variables(self, page: Page) -> None:
        """A layout of call variables is made and changed; one value too many cannot be added."""
        self.enter(page, "call-variables")
        dialog = page.get_by_role("dialog")
        page.get_by_role("button", name="Add a layout").click()
        dialog.get_by_label("Name", exact=True).fill("Insurance")
        dialog.get_by_label("What the header calls it").fill("Policy")
        left = dialog.get_by_role("group", name="Left column", exact=True)
        add = left.get_by_role("button", name="Add a row")
        for _ in range(10):
            add.click()
        expect(add).to_be_disabled()
        for number in range(10, 1, -1):
            left.get_by_role("button", name=f"Remove row {number}", exact=True).click()
        row = dialog.get_by_role("group", name="Left column, row 1")
        row.get_by_label("Value").fill("nonsense")
        row.get_by_label("Shown as").fill("Tariff")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("alert")).to_be_visible()
        row.get_by_label("Value").fill("callVariable3")
        row.get_by_label("In the pop-over").check()
        self.assert_accessible(page)
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("row").filter(has_text="Insurance")).to_contain_text("2")
        found = Rest(self.server, "admin").ask("GET", "/MediaPropertiesLayouts").text
        for part in ("<name>Insurance</name>", "Tariff", "<showInPopOver>true</showInPopOver>"):
            self.assertIn(part, found)
        expect(page.get_by_role("button", name="Remove Default Layout")).to_have_count(0)

    @story
    def test_contacts(self, page: Page) -> None:
        """A phone book is filled from a file: three bad lines are named and nothing is changed; then it is mended."""
        self.enter(page, "phone-books")
        page.get_by_role("button", name="Add a phone book").click()
        page.get_by_label("Name").fill("Partners")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Contacts of Partners").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Contacts of Partners")
        rows = [
            "First Name,Last Name,Phone Number,Notes",
            "Zoë,Ito,0612345678,",
            "a",
            "b,c",
            "",
            "d,e,f,g,h",
        ]
        self.import_file(page, rows)
        fault = page.get_by_role("dialog").get_by_role("alert")
        expect(fault).to_have_text(
            "Lines 3, 4, 6 are not contacts, which have three or four columns and a phone number; "
            "nothing was imported."
        )
        page.keyboard.press("Escape")
        self.import_file(page, ["Vorname,Nachname", *rows[1:2]])
        expect(fault).to_have_text(
            "Line 1: The first line must be First Name,Last Name,Phone Number,Notes; "
            "nothing was imported."
        )
        page.keyboard.press("Escape")
        expect(page.get_by_text("There is nothing here yet.")).to_be_visible()
        self.import_file(page, [*rows[:2], "Bob,,5551234,night"])
        expect(page.get_by_role("rowheader", name="Ito, Zoë")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Export as CSV").click()
        self.assertEqual(
            Path(download.value.path()).read_text("latin-1").splitlines()[1:],
            ['"Zoë","Ito","0612345678",""', '"Bob","","5551234","night"'],
        )
        page.get_by_role("button", name="Change Bob").click()
        page.get_by_label("Notes").fill("day")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("cell", name="day", exact=True)).to_be_visible()
        self.assert_accessible(page)

    def import_file(self, page: Page, lines: list[str]) -> None:
        """Choose a file of these lines."""
        page.get_by_role("button", name="Import from CSV").click()
        body = "\r\n".join(lines).encode()
        page.get_by_label("File").set_input_files(
            {"name": "c.csv", "mimeType": "text/csv", "buffer": body}
        )
        page.get_by_role("button", name="Replace all").click()

    @story
    def test_layout(self, page: Page) -> None:
        """A fault in the layout is told with its line while one types, and one gets there; a good one is kept."""
        self.enter(page, "desktop-layout")
        xml = page.get_by_label("Layout XML")
        picture = page.get_by_role("region", name="Preview")
        expect(picture.get_by_text("Seen by: Agent")).to_be_visible()
        expect(picture.get_by_role("heading", level=4).first).to_have_text("Home")
        good = xml.input_value()
        lines = good.split("\n")
        at = next(number for number, line in enumerate(lines) if "<role>Agent" in line)
        lines[at] = lines[at].replace("Agent", "Boss")
        xml.fill("\n".join(lines))
        fault = page.get_by_role("alert").get_by_role("button")
        expect(fault).to_have_text(f'Line {at + 1}: role must not be "Boss"')
        expect(page.get_by_role("button", name="Save")).to_be_disabled()
        self.assert_accessible(page)
        fault.click()
        chosen = xml.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
        self.assertEqual(chosen, lines[at])
        xml.fill(good.replace("<label>", "<label>Our ", 1))
        expect(fault).to_be_hidden()
        expect(picture.get_by_role("heading", level=4).first).to_contain_text("Our ")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("The layout is saved.")).to_be_visible()
        kept = Rest(self.server, "admin").get("/LayoutConfig/default").findtext("layoutxml", "")
        self.assertIn("<label>Our ", kept)
        page.get_by_label("Layout of").select_option(label="Only Team 1")
        expect(page.get_by_label("This team uses the default layout")).to_be_checked()
        expect(xml).not_to_be_editable()
        self.assert_accessible(page)

    @story
    def test_gadgets(self, page: Page) -> None:
        """The layout's gadgets are listed; a gadget is checked before it is in one, with the line of what is wrong."""
        self.enter(page, "gadgets")
        first = page.get_by_role("rowheader").first
        expect(first).to_have_text("/desktop/scripts/js/callcontrol.js")
        page.get_by_role("button", name="Check").click()
        told = page.locator("form").get_by_role("status")
        expect(told).to_have_text("Choose a file.")
        spec = "<Module>\n<ModulePrefs title='One'>\n<Require feature='{}'/></ModulePrefs><Content/></Module>"
        for feature, verdict in (("caja", "It could not be shown."), ("rpc", "Nothing would keep")):
            body = spec.format(feature).encode()
            upload: FilePayload = {"name": "g.xml", "mimeType": "text/xml", "buffer": body}
            page.get_by_label("Its XML file").set_input_files(upload)
            page.get_by_role("button", name="Check").click()
            expect(told).to_contain_text(verdict)
            row = page.get_by_role("row").filter(has_text=f"feature {feature}")
            expect(row.get_by_role("cell").last).to_have_text("3")
        self.assert_accessible(page)

    @story
    def test_team_resources(self, page: Page) -> None:
        """A reason for chosen teams is given to one, whose agents are offered it."""
        rest = Rest(self.server, "admin")
        body = "<WrapUpReason><label>Only some</label><forAll>false</forAll></WrapUpReason>"
        self.assertEqual(rest.ask("POST", "/WrapUpReason", body).status_code, 200)
        self.enter(page, "team-resources")
        page.get_by_label("Team", exact=True).select_option(label="Team 2")
        card = page.locator("form").filter(has_text="Only some")
        card.get_by_label("Only some").check()
        card.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        self.assert_accessible(page)
        for agent, is_offered in (("agent1", False), ("agent2", True)):
            offered = Rest(self.server, agent).ask("GET", f"/User/{agent}/WrapUpReasons").text
            self.assertEqual("Only some" in offered, is_offered, agent)

    @story
    def test_audit(self, page: Page) -> None:
        """A change is found in the audit log, with what it was and what it is."""
        rest = Rest(self.server, "admin")
        body = "<PhoneBook><name>Audited</name><type>GLOBAL</type></PhoneBook>"
        self.assertEqual(rest.ask("POST", "/PhoneBook", body).status_code, 200)
        self.enter(page, "audit")
        page.get_by_label("Only what begins with").fill("/finesse/api/PhoneBook")
        page.get_by_role("button", name="Show", exact=True).click()
        first = page.locator("audit-log li").first
        expect(first).to_contain_text("admin added /finesse/api/PhoneBook/")
        first.locator("summary").click()
        expect(first.get_by_label("After")).to_contain_text('"Audited"')
        self.assert_accessible(page)

    @story
    def test_system(self, page: Page) -> None:
        """The status says that the node serves, and how much goes on; the certificate is told, and read again."""
        rest = Rest(self.server, "agent5")
        self.assertEqual(rest.put_state("LOGIN", extension="1005"), 202)
        self.enter(page, "status")
        expect(page.locator("main").get_by_role("status")).to_have_text("In service.")
        load = page.locator("section").filter(has_text="Agents signed in")
        expect(load).to_contain_text("Agents signed in1")
        self.assertEqual(rest.put_state("LOGOUT"), 202)
        expect(load).to_contain_text("Agents signed in0")
        self.assert_accessible(page)
        page.get_by_role("link", name="Certificates").click()
        expect(page.get_by_text("Good for another")).to_be_visible()
        expect(page.get_by_text("127.0.0.1")).to_be_visible()
        page.get_by_role("button", name="Read the files again").click()
        expect(page.get_by_text("The certificate is read again.")).to_be_visible()
        self.assert_accessible(page)

    @story
    def test_certificate(self, page: Page) -> None:
        """A certificate with another's key is refused and told why; the right one is shown to clients at once, and put back."""
        one = issued("cc.example.org", ("finesse.local", "cc.example.org"), root())
        self.enter(page, "certificates")
        press = page.keyboard.press
        page.get_by_role("button", name="Install a certificate").focus()
        press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Certificate file").set_input_files(pem("cc.pem", one.pem + root().pem))
        dialog.get_by_label("Key file").set_input_files(pem("cc.key", root().key_pem))
        dialog.get_by_label("Passphrase").focus()
        press("Enter")
        expect(dialog.get_by_text("put the server's certificate first")).to_be_visible()
        self.assert_accessible(page)
        locked = key_pem(one.key, "open sesame")
        dialog.get_by_label("Key file").set_input_files(pem("cc.key", locked))
        dialog.get_by_label("Passphrase").fill("open sesame")
        shot(page, "certificate-install")
        press("Enter")
        expect(page.get_by_text("This certificate was installed here.")).to_be_visible()
        expect(page.get_by_text("pubsub.finesse.local is not among its names")).to_be_visible()
        expect(page.get_by_text("CN=Example Root").first).to_be_visible()
        self.assertEqual(self.presented(), one.certificate.fingerprint(hashes.SHA256()))
        self.assert_accessible(page)
        shot(page, "certificate-installed")
        page.get_by_role("button", name="Put the previous one back").click()
        expect(dialog).to_contain_text("the certificate that the server has made itself")
        dialog.get_by_role("button", name="Put the previous one back").click()
        expect(page.get_by_text("The server has made this certificate itself.")).to_be_visible()
        self.assertNotEqual(self.presented(), one.certificate.fingerprint(hashes.SHA256()))
        entry = requests.get(
            f"http://{self.server.endpoints['http']}/cfadmin/api/audit?about=/cfadmin/api/certificates",
            auth=("admin", "finesse"),
            timeout=LIMIT_S,
        ).text
        self.assertIn("cc.example.org", entry)
        self.assertNotIn("PRIVATE", entry)

    def presented(self) -> bytes:
        """What a client of the server is shown now: the SHA-256 of its certificate."""
        shown = ssl.get_server_certificate(
            ("127.0.0.1", self.server.port("https")), timeout=LIMIT_S
        )
        return sha256(ssl.PEM_cert_to_DER_cert(shown)).digest()

    @story
    def test_origins(self, page: Page) -> None:
        """An origin is allowed and removed by keyboard, a wrong one is told why; one is tested before its pages are there."""
        self.enter(page, "origins")
        expect(page.get_by_text("Pages of every origin may now")).to_be_visible()
        page.get_by_role("button", name="Allow an origin").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.type("https://portal.example.com/crm")
        page.keyboard.press("Enter")
        expect(page.get_by_text("An origin has no path: leave /crm out")).to_be_visible()
        self.assert_accessible(page)
        page.keyboard.press("End")
        for _ in "/crm":
            page.keyboard.press("Backspace")
        page.keyboard.press("Enter")
        expect(page.get_by_role("rowheader", name="https://portal.example.com")).to_be_visible()
        self.assert_accessible(page)
        shot(page, "origins")
        page.get_by_role("button", name="Remove https://portal.example.com").focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("No origins are listed.")).to_be_visible()
        page.get_by_label("Origin", exact=True).fill("https://crm.example.com")
        page.keyboard.press("Enter")
        told = page.locator("main form").get_by_role("status")
        expect(told).to_have_text("Allowed. web.cors is enable_all: every origin may.")
        page.get_by_label("Origin", exact=True).fill("crm")
        page.keyboard.press("Enter")
        expect(told).to_contain_text("Refused. An origin is a scheme")

    @story
    def test_session_over(self, page: Page) -> None:
        """When the session has ended, the console asks for the password and says why."""
        self.enter(page)
        page.get_by_role("rowheader").first.wait_for()
        page.context.clear_cookies()
        page.get_by_role("link", name="Wrap-up reasons").click()
        expect(page.get_by_role("alert")).to_have_text("Your session has ended. Sign in again.")

    @story
    def test_small(self, page: Page) -> None:
        """On a small screen the menu is behind a button, and nothing is wider than the screen."""
        page.set_viewport_size({"width": 360, "height": 640})
        self.enter(page)
        expect(page.get_by_role("navigation")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Wrap-up reasons").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Wrap-up reasons")
        width = page.evaluate("document.documentElement.scrollWidth")
        self.assertEqual(width, 360)

    @story
    def test_import_export(self, page: Page) -> None:
        """All is exported, a fault is told with its line, the difference is shown, and then it is made."""
        self.enter(page, "import-export")
        with page.expect_download() as json:
            page.get_by_role("button", name="Export as JSON").click()
        self.assertEqual(json.value.suggested_filename, "configuration.json")
        with page.expect_download() as toml:
            page.get_by_role("button", name="Export as TOML").click()
        text = Path(toml.value.path()).read_text()
        self.assertIn('loginId = "agent1"', text)

        def choose(changed: str) -> None:
            file = FilePayload(name="x.toml", mimeType="text/plain", buffer=changed.encode())
            page.get_by_label("File", exact=True).set_input_files(file)
            page.get_by_role("button", name="Show the difference").click()

        page.set_viewport_size({"width": 1024, "height": 600})
        choose(text.replace('label = "Lunch"', 'lable = "Lunch"'))
        expect(page.get_by_role("alert")).to_contain_text("required field `label`")
        expect(page.get_by_role("alert")).to_be_in_viewport()
        choose(text)
        expect(page.get_by_text("Everything is as the file says already.")).to_be_visible()
        choose(text + '\n[[Skill]]\nname = "Juggling"\n')
        expect(page.get_by_role("group", name="What changes")).to_contain_text('+name = "Juggling"')
        expect(page.get_by_role("group", name="What changes")).to_be_in_viewport()
        expect(page.get_by_role("button", name="Make these changes")).to_be_in_viewport()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            self.assert_accessible(page)
        expect(page.get_by_role("button", name="Make these changes")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Changes made: 1.")).to_be_visible()
        page.get_by_role("link", name="Skills").click()
        expect(page.get_by_role("rowheader", name="Juggling")).to_be_visible()

    @story
    def test_bulk(self, page: Page) -> None:
        """Two people are chosen by the keyboard and changed at once: team, skills, group; what one may not, none does."""
        self.enter(page, "people")
        boxes = [
            page.get_by_role("checkbox", name=name) for name in ("Choose Mateo", "Choose Aisha")
        ]
        change = page.get_by_role("button", name="Change the chosen")
        expect(change).to_be_hidden()
        for box in boxes:
            box.focus()
            page.keyboard.press("Space")
            expect(box).to_be_checked()
        expect(change).to_have_text("Change the chosen (2)")
        self.assert_accessible(page)
        change.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        self.assert_accessible(page)
        dialog.get_by_label("Team").select_option(label="No team")
        page.get_by_role("button", name="Save").click()
        fault = dialog.locator(".fault:visible")
        expect(fault).to_contain_text("agent3: an agent or a supervisor needs a team")
        dialog.get_by_label("Team").select_option(label="Team 2")
        dialog.get_by_label("What to do with skills").select_option(
            label="Have these and no others"
        )
        dialog.get_by_role("textbox", name="Skills").fill("Support 4")
        page.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        for name in ("agent3", "agent4"):
            row = page.get_by_role("row").filter(has_text=name)
            expect(row).to_contain_text("Team 2")
            expect(row).to_contain_text("Support 4")
            expect(row).not_to_contain_text("Sales")
        expect(change).to_be_hidden()
        page.get_by_role("searchbox").fill("Support 4")
        every = page.get_by_role("checkbox", name="Choose all that are shown")
        every.check()
        expect(change).to_contain_text("(2)")
        boxes[0].uncheck()
        expect(every).to_have_js_property("indeterminate", True)
        page.get_by_role("searchbox").fill("")
        expect(boxes[1]).to_be_checked()
        expect(change).to_contain_text("(1)")

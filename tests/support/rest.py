"""REST by requests, a client that nobody here wrote."""

from time import monotonic, sleep
from typing import Final
from xml.etree import ElementTree

import requests

from tests.support.twistd import LIMIT_S, Twistd

__all__ = ["REQUEST_ID", "Rest"]

XML: Final = {"Content-Type": "application/xml"}
REQUEST_ID: Final = "requestId"


class Rest:
    """A user of the REST API.

    Args:
        server: The server.
        user: Who asks.
        password: The password.
        scheme: ``http`` or ``https``.
    """

    def __init__(
        self, server: Twistd, user: str, password: str = "finesse", scheme: str = "http"
    ) -> None:
        self.user = user
        self._root = f"{scheme}://{server.endpoints[scheme]}/finesse/api"
        self._session = requests.Session()
        self._session.auth = (user, password)
        self._session.verify = str(server.authority)
        self._session.trust_env = False  # this machine's own authorities and proxies are not ours

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, request_id: str = ""
    ) -> requests.Response:
        """Send a request."""
        headers = XML | ({REQUEST_ID: request_id} if request_id else {})
        return self._session.request(
            method, self._root + path, data=body, headers=headers, timeout=LIMIT_S
        )

    def get(self, path: str) -> ElementTree.Element:
        """GET, which must succeed."""
        response = self.ask("GET", path)
        assert response.status_code == 200, response.text
        return ElementTree.fromstring(response.text)

    def put_state(self, state: str, request_id: str = "", *, of: str = "", **more: str) -> int:
        """Ask for a state, and return the status."""
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
        body = f"<User><state>{state}</state>{inner}</User>"
        return self.ask("PUT", f"/User/{of or self.user}", body, request_id).status_code

    def sign_in(self, extension: str) -> None:
        """Sign in, which must succeed, and wait until that is so."""
        assert self.put_state("LOGIN", extension=extension) == 202
        ends = monotonic() + LIMIT_S
        while self.get(f"/User/{self.user}").findtext("state") != "NOT_READY":
            assert monotonic() < ends, "still not signed in"
            sleep(0.05)

    def act(
        self, dialog: str, action: str, target: str, request_id: str = "", more: str = ""
    ) -> int:
        """Act on a dialog, and return the status; ``more`` are other elements."""
        body = (
            f"<Dialog><targetMediaAddress>{target}</targetMediaAddress>"
            f"<requestedAction>{action}</requestedAction>{more}</Dialog>"
        )
        return self.ask("PUT", f"/Dialog/{dialog}", body, request_id).status_code

    def begin(self, action: str, from_: str, to: str, request_id: str = "", more: str = "") -> int:
        """Begin a dialog otherwise than by a call, and return the status."""
        body = (
            f"<Dialog><requestedAction>{action}</requestedAction><fromAddress>{from_}</fromAddress>"
            f"<toAddress>{to}</toAddress>{more}</Dialog>"
        )
        return self.ask("POST", f"/User/{self.user}/Dialogs", body, request_id).status_code

    def make_call(self, from_: str, to: str, request_id: str = "") -> int:
        """Make a call, and return the status."""
        body = (
            f"<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>{from_}</fromAddress>"
            f"<toAddress>{to}</toAddress></Dialog>"
        )
        return self.ask("POST", f"/User/{self.user}/Dialogs", body, request_id).status_code

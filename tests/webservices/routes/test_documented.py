"""``docs/rest.rst`` lists the resources that there are."""

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.routes.dialog import DialogRoutes
from finesse_tx.webservices.routes.system_info import SystemInfoRoutes
from finesse_tx.webservices.routes.team import TeamRoutes
from finesse_tx.webservices.routes.user import UserRoutes

DOCUMENT = Path(__file__).parents[3] / "docs" / "rest.rst"

APPS = {
    "SystemInfo": SystemInfoRoutes.app,
    "User": UserRoutes.app,
    "Dialog": DialogRoutes.app,
    "Team": TeamRoutes.app,
}


class DocumentedTests(SynchronousTestCase):
    """The table of resources."""

    def test_same(self) -> None:
        """Every route is documented, and nothing else is."""
        routes = {
            (method, re.sub(r"<\w+>", "{id}", f"/{name}{rule.rule}").rstrip("/"))
            for name, app in APPS.items()
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD"}
        }
        documented = set(re.findall(r"^(GET|PUT|POST|DELETE) +(/\S+)", DOCUMENT.read_text(), re.M))
        self.assertEqual(routes, documented)

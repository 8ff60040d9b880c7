"""The desktop layout that a new system has: the stock parts, by the names and paths that they have always had.

Spec: ``rest.md`` §12.3.
"""

from typing import Final

__all__ = ["DEFAULT_DESKTOP"]

_HEADER: Final = """\
  <header>
    <leftAlignedColumns>
      <headercolumn width="300px">
        <component id="cd-logo">
          <url>/desktop/scripts/js/logo.js</url>
        </component>
      </headercolumn>
      <headercolumn width="230px">
        <component id="agent-voice-state">
          <url>/desktop/scripts/js/agentvoicestate.component.js</url>
        </component>
      </headercolumn>
      <headercolumn width="251px">
        <component id="nonvoice-state-menu">
          <url>/desktop/scripts/js/nonvoice-state-menu.component.js</url>
        </component>
      </headercolumn>
    </leftAlignedColumns>
    <rightAlignedColumns>
      <headercolumn width="50px">
        <component id="broadcastmessagepopover">
          <url>/desktop/scripts/js/teammessage.component.js</url>
        </component>
      </headercolumn>
      <headercolumn width="50px">
        <component id="chat">
          <url>/desktop/scripts/js/chat.component.js</url>
        </component>
      </headercolumn>
      <headercolumn width="50px">
        <component id="make-new-call-component">
          <url>/desktop/scripts/js/makenewcall.component.js</url>
        </component>
      </headercolumn>
      <headercolumn width="72px">
        <component id="identity-component">
          <url>/desktop/scripts/js/identity-component.js</url>
        </component>
      </headercolumn>
    </rightAlignedColumns>
  </header>
"""


def _tab(tab_id: str, icon: str, label: str, *gadgets: str) -> str:
    inner = "".join(
        f"            <gadget>/desktop/scripts/js/{gadget}.js</gadget>\n" for gadget in gadgets
    )
    return f"""\
      <tab>
        <id>{tab_id}</id>
        <icon>{icon}</icon>
        <label>{label}</label>
        <columns>
          <column>
            <gadgets>
{inner}            </gadgets>
          </column>
        </columns>
      </tab>
"""


def _layout(role: str, *gadgets: str) -> str:
    labels = f"finesse.container.tabs.{role.lower()}"
    home = _tab("home", "home", f"{labels}.homeLabel", *gadgets)
    history = _tab("myHistory", "history", f"{labels}.myHistoryLabel", "agentHistory")
    return f"""\
  <layout>
    <role>{role}</role>
    <page>
      <gadget>/desktop/scripts/js/callcontrol.js</gadget>
    </page>
    <tabs>
{home}{history}    </tabs>
  </layout>
"""


DEFAULT_DESKTOP: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">\n'
    "  <!-- The version belongs to the format: leave it as it is. -->\n"
    "  <version>1260.01</version>\n"
    "  <configs>\n"
    '    <config key="title" value="Finesse"/>\n'
    '    <config key="enableShortCutKeys" value="true"/>\n'
    "  </configs>\n"
    + _HEADER
    + _layout("Agent", "queueStatistics")
    + _layout("Supervisor", "teamPerformance", "queueStatistics")
    + "</finesseLayout>\n"
)

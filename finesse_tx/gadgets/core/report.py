"""What is said of a gadget that was looked up: by lines for people, as JSON for tools, and whether its host is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from finesse_tx.gadgets.core.checking import Finding, Kind, Topic
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why, judge

__all__ = ["Report", "advice", "line", "trust"]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of one gadget.

    Attributes:
        gadget: Its URL, or the file's name.
        findings: What is said, in order.
    """

    gadget: str
    findings: tuple[Finding, ...]

    def count(self, kind: Kind) -> int:
        """How many are of that kind."""
        return sum(finding.kind is kind for finding in self.findings)

    @property
    def verdict(self) -> str:
        """In a word or two."""
        errors = self.count(Kind.ERROR)
        return f"{errors} error{'s' * (errors > 1)}" if errors else "valid"

    def told(self) -> dict[str, object]:
        """For tools: JSON's values."""
        return {
            "gadget": self.gadget,
            "isValid": not self.count(Kind.ERROR),
            "errors": self.count(Kind.ERROR),
            "warnings": self.count(Kind.WARNING),
            "findings": [
                {
                    "kind": finding.kind.value,
                    "topic": finding.topic.value,
                    "line": finding.line,
                    "text": printable(finding.text),
                }
                for finding in self.findings
            ],
        }


def line(gadget: str, finding: Finding) -> str:
    """A finding as compilers write theirs."""
    place = f"{gadget}:{finding.line}" if finding.line else gadget
    return f"{place}: {finding.kind.value}: {printable(finding.text)}"


def printable(text: str) -> str:
    """A text without what would control a terminal, or turn it round."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def trust(url: str, policy: Policy) -> Finding:
    """Say whether gadgets from there are rendered, and if not, what would have to be added.

    Args:
        url: Of a gadget that is not in our own folder.
        policy: Whose gadgets are rendered.
    """
    judged = judge(url, policy)
    if isinstance(judged, Refusal):
        reason = judged.reason.replace("gadgets.outbound.hosts", "gadgets.hosts")
        text = f"gadgets from there are not rendered: {reason}{advice(url, judged.why, 'gadgets.hosts')}"
        return Finding(Kind.ERROR, 0, text, Topic.HOST)
    text = f"gadgets of {judged.host} are rendered"
    return Finding(Kind.NOTE, 0, text, Topic.HOST)


_ADVICE: Final = {
    Why.ADDRESS: "its network would have to be in gadgets.outbound.private_networks",
    Why.CERTIFICATE: "its authority would have to be in gadgets.outbound.ca_file",
    Why.USERINFO: "leave the user name and the password out",
}


def advice(url: str, why: Why, hosts: str) -> str:
    """What an operator could do about a refusal, after a semicolon; empty if there is nothing.

    Args:
        url: What was asked for.
        why: Why it was refused.
        hosts: The name of the key that lists hosts.
    """
    if why in {Why.HOST, Why.PORT}:
        try:
            entry = urlsplit(url).netloc.lower()
            if why is Why.HOST:
                entry = entry.removesuffix(":443").removesuffix(":80")
            HostRule.parse(entry)
        except ValueError:
            return ""
        return f'; add "{entry}" to {hosts}'
    found = _ADVICE.get(why, "")
    return f"; {found}" if found else ""

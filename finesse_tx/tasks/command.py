"""``finesse-tx task``: submit a task to the running server, ask for it, take it back.

finesse-tx task submit --to chat --title "My order" [--name Zoe] [--set cv_1=4711] [--keep]
finesse-tx task status CONTACT
finesse-tx task cancel CONTACT
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from finesse_tx.home import Home

__all__ = ["add_commands"]

Post = Callable[[Home, str, dict[str, object]], Any]


def add_commands(
    commands: Any, add_home: Callable[[argparse.ArgumentParser], None], post: Post
) -> None:
    """Add ``task`` to the command line.

    Args:
        commands: The commands, as ``add_subparsers`` made them.
        add_home: Adds ``--home``.
        post: Gives a command to the running server; raises `StartError` when there is none, or it refuses.
    """
    task = commands.add_parser("task", help="tasks: submit one, ask for it, take it back")
    actions = task.add_subparsers(metavar="ACTION", required=True)

    submit = actions.add_parser("submit", help="submit a task")
    add_home(submit)
    submit.add_argument("--to", required=True, metavar="SELECTOR", help="its script selector")
    submit.add_argument("--title", required=True, help="what it is about")
    submit.add_argument("--name", default="operator", help="who it is from")
    submit.add_argument("--description", default="")
    submit.add_argument(
        "--set",
        action="append",
        default=[],
        type=_variable,
        metavar="NAME=VALUE",
        help="a variable: cv_1 to cv_10, or user_ and a name",
    )
    submit.add_argument("--keep", action="store_true", help="let it wait on after a restart")
    submit.set_defaults(run=lambda options: _submit(options, post))

    for action, text in (
        ("status", "say what has become of a task"),
        ("cancel", "take a task back that nobody has accepted"),
    ):
        one = actions.add_parser(action, help=text)
        add_home(one)
        one.add_argument("contact", metavar="CONTACT", help="as submit has said it")
        one.set_defaults(run=lambda options: _about(options, post), action=action)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f'"{text}" is not NAME=VALUE')
    return name, value


def _submit(options: argparse.Namespace, post: Post) -> str:
    body: dict[str, object] = {
        "action": "submit",
        "selector": options.to,
        "title": options.title,
        "name": options.name,
        "description": options.description,
        "variables": dict(options.set),
        "keep": options.keep,
    }
    return f"submitted: {post(Home(options.home.expanduser()), '/tasks', body)['contact']}"


def _about(options: argparse.Namespace, post: Post) -> str:
    body: dict[str, object] = {"action": options.action, "contact": options.contact}
    answer = post(Home(options.home.expanduser()), "/tasks", body)
    if options.action == "cancel":
        return f"{options.contact} is cancelled"
    said = [f"{options.contact}: {answer['status']} {answer['reason']}"]
    if answer["agent"]:
        said.append(f"dialog {answer['task']} of {answer['agent']}")
    return ", ".join(said)

"""``finesse-tx cti``: its arguments.

What it does is in `finesse_tx.cti.tool` and `finesse_tx.cti.watching`, which are imported when they are needed: that
takes longer than the other commands do in all.
"""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

__all__ = ["add_commands"]


def add_commands(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add ``cti`` to the commands of ``finesse-tx``."""
    cti = commands.add_parser("cti", help="decode, encode and watch GED-188 messages")
    kinds = cti.add_subparsers(metavar="WHAT", required=True)
    decode = kinds.add_parser(
        "decode",
        help="print messages as JSON, one a line",
        description="Print GED-188 messages as JSON, one a line. The exit status is 1 if any could not be read.",
    )
    _add_files(decode, "with a message a line, in hex; standard input if there is none")
    decode.add_argument(
        "--raw", action="store_true", help="read the bytes of a TCP stream, not hex"
    )
    decode.add_argument(
        "--pcap", metavar="FILE", help="read a capture (pcap or pcapng; - is standard input)"
    )
    decode.add_argument(
        "--port",
        dest="ports",
        type=int,
        action="append",
        metavar="N",
        help="a server's port in the capture; repeatable (default 12028, 42027, 43027)",
    )
    decode.add_argument(
        "--redact", action="store_true", help="leave out ClientPassword and AgentPassword"
    )
    _add_layout(decode)
    decode.set_defaults(run=_decode)
    encode = kinds.add_parser(
        "encode",
        help="make messages of what decode prints",
        description="Make GED-188 messages of JSON lines. The exit status is 1 if any could not be made.",
    )
    _add_files(encode, "with what decode prints; standard input if there is none")
    encode.add_argument("--raw", action="store_true", help="write the bytes themselves, not hex")
    _add_layout(encode)
    encode.set_defaults(run=_encode)
    connect = kinds.add_parser(
        "connect",
        help="open a session with an engine, and print what comes",
        description="Open a session, print what comes as decode does, and send the JSON lines of standard input. "
        "Ctrl-C ends it. The exit status is 0, 1 if any line or message was wrong, 3 if there is no session, "
        "4 if it broke off.",
    )
    connect.add_argument(
        "where", metavar="HOST:PORT", help="the engine; the port is 12028 if none is given"
    )
    connect.add_argument("--user", metavar="NAME", help="ClientID (default finesse-tx-PID)")
    password = connect.add_mutually_exclusive_group()
    password.add_argument(
        "--password-file", metavar="FILE", help="ClientPassword, in its first line"
    )
    password.add_argument("--ask-password", action="store_true", help="ask for ClientPassword")
    connect.add_argument("--agent", metavar="ID", help="watch this agent only (agent mode)")
    connect.add_argument("--extension", metavar="NUMBER", help="agent mode: AgentExtension")
    connect.add_argument("--instrument", metavar="NUMBER", help="agent mode: AgentInstrument")
    for option, what in (
        ("services", "ServicesRequested (default 0x40096; in agent mode 7)"),
        ("call-mask", "CallMsgMask (default 0x7fffff)"),
        ("agent-mask", "AgentStateMask (default 0x1ff)"),
        ("config-mask", "ConfigMsgMask (default 0xf; from version 18 on 0x1f)"),
    ):
        connect.add_argument(
            f"--{option}", metavar="MASK", help=f"{what}: a number, or names with commas"
        )
    connect.add_argument(
        "--show-passwords",
        action="store_true",
        help="print passwords, which are left out otherwise",
    )
    _add_layout(connect)
    connect.set_defaults(run=_connect)


def _decode(options: Namespace) -> int:
    from finesse_tx.cti import tool  # noqa: PLC0415

    return tool.decode(options)


def _encode(options: Namespace) -> int:
    from finesse_tx.cti import tool  # noqa: PLC0415

    return tool.encode(options)


def _connect(options: Namespace) -> int:
    from finesse_tx.cti import watching  # noqa: PLC0415

    return watching.connect(options)


def _add_files(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help=f"a file {what}")


def _add_layout(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--version",
        type=int,
        metavar="N",
        help="the protocol version (default: what OPEN_REQ or the line says; else 16, in ucce 24)",
    )
    parser.add_argument("--dialect", choices=["uccx", "ucce"], help="whose messages (default uccx)")
    parser.add_argument(
        "--widths",
        type=_widths,
        metavar="T,L",
        help="bytes of tag and length of floating fields (default: those of the version)",
    )


def _widths(text: str) -> tuple[int, int]:
    widths = {"1,1": (1, 1), "2,1": (2, 1), "1,2": (1, 2), "2,2": (2, 2)}
    if text not in widths:
        raise ArgumentTypeError(f"{text!r} is not T,L, both 1 or 2, such as 2,1")
    return widths[text]

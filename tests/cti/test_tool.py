"""``finesse-tx cti decode`` and ``encode``, as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import IO, Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.messages import AgentStateEvent, FailureEvent, HeartbeatReq
from tests.cti.core.test_samples import SAMPLES
from tests.support.captures import Talk, pcap, pcapng
from tests.support.cti import bridge_request
from tests.support.twistd import LIMIT_S, environment

UCCX_14 = Layout.of(Dialect.UCCX, 14)
BEAT = UCCX_14.encode(HeartbeatReq(invoke_id=7))
LOGIN = bytes.fromhex(
    next(sample["hex"] for sample in SAMPLES if sample["name"] == "uccx-set-agent-state-login")
)


def command(*arguments: str) -> list[str]:
    """A command line."""
    return [sys.executable, "-m", "finesse_tx.cli", "cti", *arguments]


def run(*arguments: str, given: bytes = b"") -> tuple[int, bytes, str]:
    """Run it to its end: status, output and what it says about errors."""
    done = subprocess.run(
        command(*arguments),
        input=given,
        capture_output=True,
        timeout=LIMIT_S,
        env=environment(),
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def lines(output: bytes) -> list[dict[str, Any]]:
    """The JSON lines that were printed."""
    return [json.loads(line) for line in output.splitlines()]


class CommandTests(SynchronousTestCase):
    """What a shell sees."""

    def test_samples(self) -> None:
        """Every sample is decoded as it says and encoded to its hex, with options for its layout, and without."""
        layouts: dict[tuple[Any, ...], list[str]] = {}
        for sample in SAMPLES:
            widths = f"{sample['tag_width']},{sample['length_width']}"
            key = (sample["dialect"], sample["protocol_version"], widths)
            layouts.setdefault(key, []).append(sample["hex"])
        given, listed = b"", b""
        for (dialect, version, widths), texts in layouts.items():
            options = ["--dialect", dialect, "--version", str(version), "--widths", widths]
            given += (latest := "\n".join(texts).encode() + b"\n")
            status, output, errors = run("decode", *options, given=latest)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual([line["offset"] for line in lines(output)], [0] * len(texts))
            listed += output
        self.assertEqual(run("encode", *options, given=output), (0, latest, ""))
        self.assertEqual(run("encode", given=listed), (0, given, ""))

    def test_samples_as_they_are(self) -> None:
        """The samples themselves can be encoded, a line each."""
        given = "\n".join(map(json.dumps, SAMPLES)).encode()
        expected = "".join(sample["hex"] + "\n" for sample in SAMPLES).encode()
        self.assertEqual(run("encode", given=given), (0, expected, ""))

    def test_hex(self) -> None:
        """A line is a message or several, with spaces, in either case, CRLF, without an end; the rest is told."""
        text = BEAT.hex(" ").upper() + "\r\n\r\n" + (BEAT * 2).hex() + "\n" + BEAT.hex()[:-2]
        status, output, _errors = run("decode", given=text.encode())
        listed = lines(output)
        self.assertEqual(status, 1)
        self.assertEqual(
            [(line["line"], line["offset"], line.get("message")) for line in listed],
            [
                (1, 0, "HEARTBEAT_REQ"),
                (3, 0, "HEARTBEAT_REQ"),
                (3, 12, "HEARTBEAT_REQ"),
                (4, 0, None),
            ],
        )
        self.assertEqual(
            listed[-1]["error"],
            "offset 0: expected the 12 bytes of HEARTBEAT_REQ; found the end after 11 bytes",
        )

    def test_broken_lines(self) -> None:
        """Each line that is broken is one error, and the lines around it are decoded."""
        broken = ["hello", "000", "00", "ffffffff00000005", "0000000100000005ff"]
        text = "\n".join(f"{BEAT.hex()}\n{line}" for line in broken)
        status, output, _errors = run("decode", given=f"{text}\n{BEAT.hex()}".encode())
        listed = lines(output)
        self.assertEqual(status, 1)
        self.assertEqual(["error" in line for line in listed], [False, True] * 5 + [False])
        self.assertEqual(
            [line["error"].partition("expected ")[2] for line in listed[1::2]],
            [
                "a hex digit in column 1; found 'h'",
                "two hex digits for each byte; found 3 digits",
                "a message header of 8 bytes; found the end after 1 byte",
                "a message header (MessageLength up to 65535, MessageType 1 to 512); found ffffffff00000005: 8 bytes, skipped",
                "InvokeID, a UINT of 4 bytes, in the fixed part of HEARTBEAT_REQ; found the message's end after 1",
            ],
        )

    def test_raw(self) -> None:
        """A stream's bytes are decoded, garbage skipped, and encoded again."""
        status, output, _errors = run("decode", "--raw", given=BEAT + b"\xff" * 9 + BEAT)
        listed = lines(output)
        self.assertEqual((status, [line["offset"] for line in listed]), (1, [0, 12, 21]))
        good = b"\n".join(line for line in output.splitlines() if b"error" not in line)
        self.assertEqual(run("encode", "--raw", given=good), (0, BEAT * 2, ""))

    def test_files(self) -> None:
        """Files are read in order, each line saying which it is from when there are several."""
        for name, data in (("a.hex", BEAT.hex()), ("b.hex", "zz"), ("ü.bin", "")):
            with open(name, "w") as file:
                file.write(data)
        status, output, _errors = run("decode", "a.hex", "b.hex", "ü.bin")
        self.assertEqual([line["file"] for line in lines(output)], ["a.hex", "b.hex"])
        self.assertEqual(status, 1)
        self.assertNotIn("file", lines(run("decode", "a.hex")[1])[0])
        status, output, errors = run("decode", "a.hex", "absent.hex")
        self.assertEqual(len(lines(output)), 1)
        self.assertEqual(
            (status, errors), (1, "finesse-tx: absent.hex: No such file or directory\n")
        )
        status, _output, errors = run("encode", ".")
        self.assertEqual((status, errors), (1, "finesse-tx: .: Is a directory\n"))

    def test_not_ascii(self) -> None:
        """Texts that are not ASCII go through, whatever the locale."""
        wire = UCCX_14.encode(FailureEvent(status=1, text="ätsch ☎"))
        _status, output, _errors = run("decode", given=wire.hex().encode())
        self.assertEqual(lines(output)[0]["floating"][0]["value"], "ätsch ☎")
        self.assertEqual(run("encode", given=output)[1].strip(), wire.hex().encode())

    def test_redaction(self) -> None:
        """Passwords are printed, as encoding needs them; with an option they are not."""
        text = LOGIN.hex().encode()
        (password,) = [
            field["value"]
            for field in lines(run("decode", given=text)[1])[0]["floating"]
            if field["name"] == "AGENT_PASSWORD"
        ]
        self.assertTrue(password)
        status, output, _errors = run("decode", "--redact", given=text)
        self.assertEqual(status, 0)
        self.assertNotIn(password.encode(), output)

    def test_encode_faults(self) -> None:
        """What cannot be encoded is told with line and key; the rest is encoded."""
        good = b'{"message":"HEARTBEAT_REQ","fixed":[{"field":"InvokeID","value":7}]}'
        deep = b"[" * 100_000
        given = b"\n".join([good, b"{}", b"nonsense", b'"text"', b'"\xff"', deep, b"", good])
        status, output, errors = run("encode", given=given)
        self.assertEqual((status, output.decode().split()), (1, [BEAT.hex()] * 2))
        told = errors.splitlines()
        self.assertEqual(told[0], "finesse-tx: line 2: message: missing: which message is it?")
        self.assertEqual(told[2], 'finesse-tx: line 4: expected an object, found "text"')
        self.assertEqual(
            [line.split(": ")[1] for line in told], [f"line {number}" for number in range(2, 7)]
        )

    def test_capture(self) -> None:
        """A capture is decoded, on the ports that are named, and encodes to what was said, each in its version."""
        uccx_18 = Layout.of(Dialect.UCCX, 18)
        said = [
            uccx_18.encode(bridge_request(18)),
            uccx_18.encode(FailureEvent(status=1, text="no")),
        ]
        talk = Talk(server=("10.0.0.1", 4_711)).open().say(said[0], client=True)
        talk.say(said[1], client=False).close()
        for data in (pcap(talk.sent), pcapng(talk.sent)):
            status, output, _errors = run("decode", "--pcap", "-", "--port", "4711", given=data)
            self.assertEqual((status, len(lines(output))), (0, 2))
            self.assertEqual(run("encode", "--raw", given=output), (0, b"".join(said), ""))
        self.assertEqual(run("decode", "--pcap", "-", given=data), (0, b"", ""))
        with open("talk.pcap", "wb") as file:
            file.write(pcap(talk.sent)[:-1])
        status, output, _errors = run(
            "decode", "--pcap", "talk.pcap", "--port", "1", "--port", "4711"
        )
        self.assertEqual(status, 1)
        self.assertEqual(
            lines(output)[-1]["error"].partition(": ")[2],
            "expected a packet of 60 bytes; found the end after 59",
        )
        self.assertEqual([line.get("message_type") for line in lines(output)], [3, 2, None])

    def test_wrong_capture_options(self) -> None:
        """A capture is read alone, and one that is not there is told."""
        for options, text in (
            (["--raw"], "--pcap FILE: there is nothing beside it, neither --raw nor another FILE"),
            (["a.hex"], "--pcap FILE: there is nothing beside it, neither --raw nor another FILE"),
            ([], "absent.pcap: No such file or directory"),
        ):
            status, output, errors = run("decode", "--pcap", "absent.pcap", *options)
            self.assertEqual((status, output, errors), (1, b"", f"finesse-tx: {text}\n"))
        status, _output, errors = run("decode", "--port", "4711")
        self.assertEqual((status, errors), (1, "finesse-tx: --port is for --pcap\n"))

    def test_wrong_options(self) -> None:
        """A layout that cannot be is refused at once."""
        for options, status, text in (
            (["--version", "8"], 1, "--version 8: the versions are uccx 10 to 18 and ucce 9 to 25"),
            (["--version", "19", "--dialect", "uccx"], 1, "the versions are uccx 10 to 18"),
            (["--widths", "3,1"], 2, "'3,1' is not T,L, both 1 or 2, such as 2,1"),
            (["--dialect", "icm"], 2, "invalid choice: 'icm'"),
        ):
            found, output, errors = run("decode", *options)
            self.assertEqual((found, output), (status, b""))
            self.assertIn(text, errors)


class PipeTests(SynchronousTestCase):
    """In the middle of a pipe."""

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start it."""
        process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            **options,
        )

        def clean() -> None:
            if process.poll() is None:
                process.kill()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None and not stream.closed:
                    stream.close()
            process.wait(LIMIT_S)

        self.addCleanup(clean)
        return process

    def stream(self, stream: IO[bytes] | None) -> IO[bytes]:
        """A stream that is there."""
        assert stream is not None
        return stream

    def test_live(self) -> None:
        """A message is printed as soon as it is whole, though the stream goes on."""
        for arguments, data in (
            (["decode", "--raw"], BEAT),
            (["decode"], BEAT.hex().encode() + b"\n"),
        ):
            process = self.start(*arguments)
            given, output = self.stream(process.stdin), self.stream(process.stdout)
            given.write(data + data[:5])
            given.flush()
            self.assertEqual(json.loads(output.readline())["offset"], 0)
            given.write(data[5:])
            given.flush()
            self.assertEqual(json.loads(output.readline())["message"], "HEARTBEAT_REQ")
            given.close()
            self.assertEqual(process.wait(LIMIT_S), 0)

    def test_head(self) -> None:
        """A reader that goes away is no fault, and nothing is said about it."""
        for arguments, data in (
            (["decode"], b"00000004000000050000000700\n"),
            (["encode"], b'{"message":"HEARTBEAT_REQ"}\n'),
        ):
            process = self.start(*arguments)
            self.stream(process.stdout).close()
            given = self.stream(process.stdin)
            try:
                for _ in range(200):
                    given.write(data * 500)
                given.close()
            except BrokenPipeError:
                pass
            self.assertIn(process.wait(LIMIT_S), (0, 1))
            self.assertEqual(self.stream(process.stderr).read(), b"")

    def test_memory(self) -> None:
        """However much goes through, the memory stays what it is after the first of it."""
        wire = UCCX_14.encode(AgentStateEvent(agent_state=3, agent_id_long="agent1")) * 100
        with open(os.devnull, "wb") as nowhere:
            process = subprocess.Popen(
                command("decode", "--raw"), stdin=subprocess.PIPE, stdout=nowhere, env=environment()
            )
            given = self.stream(process.stdin)
            sizes = []
            for _ in range(2):
                for _ in range(40):
                    given.write(wire)
                given.flush()
                with open(f"/proc/{process.pid}/statm") as file:
                    sizes.append(int(file.read().split()[1]) * 4096)
            given.close()
            self.assertEqual(process.wait(LIMIT_S), 0)
        self.assertLess(sizes[1] - sizes[0], 4_000_000)

"""What goes over the line: the address that was looked up, no redirect, an end to everything, certificates."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from data.webhooks import transport
from data.webhooks.transport import Line
from tests.threads import alone

LOOPBACK = ("127.0.0.0/8",)
NAME = "maps.example"


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback; the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answer(self)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def counting(asked: list[str]) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers 204 and notes the path and the host that were asked for."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(f"{handler.headers['host']}{handler.path}")
        say(204)(handler)

    return answer


def say(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def posted(url: str, allowed: tuple[str, ...] = LOOPBACK, **more: Any) -> tuple[int | None, str | None]:
    def post() -> tuple[int | None, str | None]:
        with Line(url, allowed, **more) as line:
            answered = line.post(b"{}", {"webhook-id": "1"})
        return answered.status, answered.problem

    return alone(post)


@pytest.fixture
def led(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets every name lead to an address, as a name server would."""

    def lead(address: str) -> None:
        real = socket.getaddrinfo

        def found(host: Any, *rest: Any, **more: Any) -> Any:
            return real(address if host == NAME else host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return lead


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    asked: list[str] = []
    with (
        answering(counting(asked)) as inner,
        answering(say(307, location=f"http://127.0.0.1:{inner}/secret")) as port,
    ):
        assert posted(f"http://127.0.0.1:{port}/") == (307, None)
    assert asked == []


def test_a_name_that_leads_inside_gets_nothing(led: Callable[[str], None]) -> None:
    asked: list[str] = []
    with answering(counting(asked)) as port:
        led("127.0.0.1")
        assert posted(f"http://{NAME}:{port}/", ()) == (None, "webhook_address_closed")
        assert posted(f"http://{NAME}:{port}/") == (204, None)
    assert asked == [f"{NAME}:{port}/"]


def test_what_was_looked_up_stays_the_address_of_the_run(led: Callable[[str], None]) -> None:
    hosts: list[str] = []

    def post_twice(port: int) -> None:
        led("127.0.0.1")
        with Line(f"http://{NAME}:{port}/", LOOPBACK) as line:
            assert line.post(b"{}", {}).status == 204
            led("127.0.0.9")  # nothing listens there
            assert line.post(b"{}", {}).status == 204

    with answering(counting(hosts)) as port:
        alone(partial(post_twice, port))
    assert hosts == [f"{NAME}:{port}/"] * 2


def test_an_unknown_name_and_a_closed_port() -> None:
    assert posted("https://no-such-host.invalid/", ()) == (None, "webhook_name_unknown")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert posted(f"http://127.0.0.1:{port}/") == (None, "webhook_not_reached")


def test_a_receiver_that_drips_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ATTEMPT_S", 0.5)
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.05):
            try:
                handler.wfile.write(b"x: y\r\n")
            except OSError:
                break

    with answering(drip) as port:
        assert posted(f"http://127.0.0.1:{port}/") == (None, "webhook_too_slow")
        over.set()


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    with answering(say(200, b"x" * 5_000_000)) as port:
        assert posted(f"http://127.0.0.1:{port}/")[0] == 200


def test_how_long_a_receiver_wants_to_be_left_alone() -> None:
    def wanted_s(port: int) -> float | None:
        with Line(f"http://127.0.0.1:{port}/", LOOPBACK) as line:
            return line.post(b"{}", {}).retry_after_s

    with answering(say(429, retry_after="120")) as port:
        assert alone(partial(wanted_s, port)) == 120


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the name, and for no address, by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.7"))])
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path


def test_the_certificate_is_that_of_the_name_though_an_address_is_called(
    certificate: Path, led: Callable[[str], None]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=str(certificate))
    led("127.0.0.1")
    with answering(say(204), context) as port:
        assert posted(f"https://{NAME}:{port}/", trusted=trusted) == (204, None)
        assert posted(f"https://127.0.0.1:{port}/", trusted=trusted) == (None, "webhook_not_trusted")
        assert posted(f"https://{NAME}:{port}/") == (None, "webhook_not_trusted")

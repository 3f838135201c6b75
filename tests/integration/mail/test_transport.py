"""Letters over a real connection to a mail server: taken, put off, refused, and the server that dies."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from data.errors import BadInput, DimingError, Unavailable
from data.ids import new_id
from data.mail.model import Letter, Smtp
from data.mail.transport import hand_over
from tests.post_office import PostOffice, post_office


def server(office: PostOffice, **more: object) -> Smtp:
    return Smtp("127.0.0.1", office.port, "none", "diming@office.example", "地名", timeout_s=5, **more)  # type: ignore[arg-type]


def letter(subject: str = "示例路3号灯杆", text: str = "正文\n") -> Letter:
    return Letter(new_id(), "clerk@office.example", subject, text, datetime(2026, 3, 2, tzinfo=UTC))


def refused(sent: Letter, smtp: Smtp) -> DimingError:
    with pytest.raises(DimingError) as refusal:
        hand_over(sent, smtp)
    return refusal.value


def test_a_letter_arrives_as_it_was_written() -> None:
    with post_office() as office:
        sent = letter()
        hand_over(sent, server(office))
    message = office.taken[0]
    assert office.recipients == ["clerk@office.example"]
    assert (message["Subject"], message.get_content().splitlines()) == ("示例路3号灯杆", ["正文"])
    assert message["From"].addresses[0].display_name == "地名"
    assert message["Message-ID"] == f"<{sent.id}@office.example>"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("title", ["一\r\nBcc: all@office.example", "一\nTo: x@y.example", "一\r\n\r\n正文"])
def test_a_title_cannot_write_headers(title: str) -> None:
    with post_office() as office:
        hand_over(letter(subject=title), server(office))
    message = office.taken[0]
    assert office.recipients == ["clerk@office.example"]
    assert (message["Bcc"], message["To"]) == (None, "clerk@office.example")
    assert message["Subject"] == " ".join(title.split())
    assert message.get_content().splitlines() == ["正文"]


@pytest.mark.parametrize(
    ("rcpt", "data", "kind", "code"),
    [
        ("451 later", "250 OK", Unavailable, "mail_delayed"),
        ("550 nobody", "250 OK", BadInput, "mail_refused"),
        ("250 OK", "452 full", Unavailable, "mail_delayed"),
        ("250 OK", "554 no", BadInput, "mail_refused"),
    ],
)
def test_later_and_never_are_told_apart(rcpt: str, data: str, kind: type, code: str) -> None:
    with post_office() as office:
        office.rcpt_answer, office.data_answer = rcpt, data
        error = refused(letter(), server(office))
    assert (type(error), error.code, office.taken) == (kind, code, [])


def test_a_server_that_is_not_there_is_asked_again_later() -> None:
    with post_office() as office:
        pass
    assert refused(letter(), server(office)).code == "mail_delayed"


def test_a_server_that_dies_after_the_data_may_get_the_same_mail_again() -> None:
    with post_office() as office:
        sent = letter()
        office.dies_after_data = 1
        assert refused(sent, server(office)).code == "mail_delayed"
        hand_over(sent, server(office))
    assert [message["Message-ID"] for message in office.taken] == [f"<{sent.id}@office.example>"] * 2


def test_a_password_is_shown_to_the_server_alone() -> None:
    with post_office(password="open sesame") as office:
        smtp = server(office, user="diming", password="open sesame")
        hand_over(letter(), smtp)
        error = refused(letter(), server(office, user="diming", password="wrong words"))
    assert len(office.taken) == 1
    assert error.code == "mail_delayed"
    assert "words" not in f"{error.detail}{error.extra}{error.__cause__}"
    assert "sesame" not in repr(smtp)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_starttls_comes_before_the_password(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with post_office(tls(certificate), password="open sesame") as office:
        smtp = Smtp("127.0.0.1", office.port, "starttls", "diming@office.example", "", "diming", "open sesame", 5)
        hand_over(letter(), smtp)
    assert len(office.taken) == 1


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(certificate: Path) -> None:
    with post_office(tls(certificate), password="open sesame") as office:
        smtp = Smtp("127.0.0.1", office.port, "starttls", "diming@office.example", "", "diming", "open sesame", 5)
        assert refused(letter(), smtp).code == "mail_delayed"
    assert office.taken == []


def test_a_server_without_starttls_gets_no_password() -> None:
    with post_office() as office:
        smtp = Smtp("127.0.0.1", office.port, "starttls", "diming@office.example", "", "diming", "open sesame", 5)
        assert refused(letter(), smtp).code == "mail_delayed"
    assert office.taken == []

"""Signatures as Standard Webhooks has them, and the verifier of the guide."""

from __future__ import annotations

import base64
import time

import pytest

from data.webhooks.signing import headers, new_secret, shown, signature
from tests.samples.webhook_receiver import is_genuine


def test_the_example_of_the_scheme() -> None:
    """The key, message and signature that the scheme's own libraries are tested with."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("changed", ["", "body", "id", "secret", "moment"])
def test_the_verifier_of_the_guide_tells_genuine_from_changed(changed: str) -> None:
    secret, former, now = new_secret(), new_secret(), int(time.time())
    moment = now - (301 if changed == "moment" else 0)
    said = headers([secret, former], "42", moment, "{甲}".encode())
    if changed == "id":
        said["webhook-id"] = "43"
    body = b"{}" if changed == "body" else "{甲}".encode()
    for key in (secret, former):
        known = shown(new_secret() if changed == "secret" else key)
        assert is_genuine()(known, said, body) == (changed == "")

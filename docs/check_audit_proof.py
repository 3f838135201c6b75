"""Check offline that an entry is in a Diming audit log: python3 check_audit_proof.py PROOF.json 'PUBLIC KEY'

Needs Python and nothing else. The public key must come from somewhere that you trust, not with the proof.
Ed25519 as in RFC 8032 section 5.1, the Merkle tree as in RFC 9162 section 2.1.3. Exit status 1: not proven.
"""

# ruff: noqa: D103, PTH123, T201 - fifty lines that anybody can read and run as they are

import base64
import hashlib
import json
import sys

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(n, point):
    return add(times(n // 2, add(point, point)), point if n % 2 else (0, 1)) if n else (0, 1)


def point_of(data):
    n = int.from_bytes(data, "little")
    y, odd = n % 2**255, n >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = next(r for r in (pow(square, (P + 3) // 8, P) * f % P for f in (1, pow(2, P // 4, P))) if r * r % P == square)
    return (P - x if x % 2 != odd else x), y


def is_signed(key, text, signature):
    base = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    s = int.from_bytes(signature[32:], "little")
    return s < L and times(s, base) == add(point_of(signature[:32]), times(hashed, point_of(key)))


def root_of(index, size, digest, path):
    if size == 1:
        return digest if not path else b""
    middle = 1 << (size - 1).bit_length() - 1
    if index < middle:
        below = root_of(index, middle, digest, path[:-1])
        return hashlib.sha256(b"\1" + below + path[-1]).digest()
    below = root_of(index - middle, size - middle, digest, path[:-1])
    return hashlib.sha256(b"\1" + path[-1] + below).digest()


def is_proven(proof, key):
    body, _, signed = proof["head"].partition("\n\n")
    origin, size, root = body.split("\n")[:3]
    name, _, public = key.split("+", 2)
    entry = proof["covered"]
    digest = hashlib.sha256(bytes.fromhex(proof["previous"]) + entry.encode()).digest()
    leaf, path = hashlib.sha256(b"\0" + digest).digest(), [bytes.fromhex(one) for one in proof["path"]]
    if name != origin or root_of(json.loads(entry)["seq"] - 1, int(size), leaf, path) != base64.b64decode(root):
        return False
    signature = base64.b64decode(signed.split(" ")[2])[4:]
    return is_signed(base64.b64decode(public)[1:], (body + "\n").encode(), signature)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        PROOF = json.load(file)
    PROVEN = is_proven(PROOF, sys.argv[2])
    print(PROOF["covered"] + "\n" + PROOF["head"] if PROVEN else "NOT PROVEN: do not believe this entry.")
    sys.exit(not PROVEN)

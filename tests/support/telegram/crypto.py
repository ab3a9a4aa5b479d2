"""The cryptography of MTProto 2.0's server side: AES-IGE, message keys, RSA_PAD, and 2FA's SRP."""

import hashlib
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from . import tl

# The group of Telegram's key exchange; clients check that it is this one or a safe prime of 2048 bits.
PRIME = int(
    "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139"
    "543AED44CCE7C3720FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F642477FE96BB2A941D5BCD1D4AC8CC49880708"
    "FA9B378E3C4F3A9060BEE67CF9A4A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754FD17ED950D5965B4B9DD46"
    "582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F0D8115F6"
    "35B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B", 16)
G = 3


def sha1(data):
    return hashlib.sha1(data).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


def xor(a, b):
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(len(a), "big")


def pad256(number):
    return number.to_bytes(256, "big")


def _ige(data, key, iv, encrypting):
    cipher = Cipher(algorithms.AES(key), modes.ECB())
    block_of = (cipher.encryptor() if encrypting else cipher.decryptor()).update
    before_cipher, before_plain = int.from_bytes(iv[:16], "big"), int.from_bytes(iv[16:], "big")
    out = []
    for at in range(0, len(data), 16):
        block = int.from_bytes(data[at:at + 16], "big")
        first, second = (before_cipher, before_plain) if encrypting else (before_plain, before_cipher)
        result = int.from_bytes(block_of((block ^ first).to_bytes(16, "big")), "big") ^ second
        before_cipher, before_plain = (result, block) if encrypting else (block, result)
        out.append(result.to_bytes(16, "big"))
    return b"".join(out)


def ige_encrypt(data, key, iv):
    return _ige(data, key, iv, True)


def ige_decrypt(data, key, iv):
    return _ige(data, key, iv, False)


def ctr(key, iv):
    """A keystream that goes on from call to call: update(data)."""
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()


class ServerKey:
    """The RSA key that a changed copy of the client library trusts."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self.key.private_numbers()
        self.n, self.d = numbers.public_numbers.n, numbers.d
        n, e = self.n.to_bytes(256, "big"), (65537).to_bytes(3, "big")
        self.fingerprint = int.from_bytes(sha1(tl.packed(n) + tl.packed(e))[-8:], "little", signed=True)

    @property
    def pem(self):
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)

    def unpad(self, encrypted):
        """RSA_PAD, or the form before it, backwards: the data (with its random tail), or ValueError."""
        block = pow(int.from_bytes(encrypted, "big"), self.d, self.n).to_bytes(256, "big")
        old_hash, old = block[1:21], block[21:]
        if block[0] == 0 and any(sha1(old[:size]) == old_hash for size in range(4, len(old), 4)):
            return old
        temp_key = xor(block[:32], sha256(block[32:]))
        plain = ige_decrypt(block[32:], temp_key, bytes(32))
        data = plain[:192][::-1]
        if sha256(temp_key + data) != plain[192:]:
            raise ValueError("RSA_PAD: the hash does not match")
        return data


class AuthKey:
    def __init__(self, secret):
        self.secret = pad256(secret)
        self.id = sha1(self.secret)[-8:]

    def _keys(self, msg_key, x):
        a = sha256(msg_key + self.secret[x:x + 36])
        b = sha256(self.secret[40 + x:76 + x] + msg_key)
        return a[:8] + b[8:24] + a[24:32], b[:8] + a[8:24] + b[24:32]

    def encrypt(self, plain):
        """What the server sends."""
        plain += os.urandom(12 + -(len(plain) + 12) % 16)
        msg_key = sha256(self.secret[96:128] + plain)[8:24]
        return self.id + msg_key + ige_encrypt(plain, *self._keys(msg_key, 8))

    def decrypt(self, packet):
        """What the client sent, with its padding."""
        msg_key, data = packet[8:24], packet[24:]
        plain = ige_decrypt(data[:len(data) // 16 * 16], *self._keys(msg_key, 0))
        if sha256(self.secret[88:120] + plain)[8:24] != msg_key:
            raise ValueError("msg_key does not match")
        return plain


class Password:
    """Two-step verification: the server's half of SRP as Telegram has it."""

    def __init__(self, password, hint=""):
        self.hint = hint
        self.salt1, self.salt2 = os.urandom(16), os.urandom(16)
        salted = lambda data, salt: sha256(salt + data + salt)  # noqa: E731
        first = salted(salted(password.encode(), self.salt1), self.salt2)
        slow = hashlib.pbkdf2_hmac("sha512", first, self.salt1, 100_000)
        self.v = pow(G, int.from_bytes(salted(slow, self.salt2), "big"), PRIME)
        self.challenges = {}

    @property
    def algorithm(self):
        return {"_": "passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow", "salt1": self.salt1,
                "salt2": self.salt2, "g": G, "p": pad256(PRIME)}

    def challenge(self):
        """(id, B) of one try."""
        b = int.from_bytes(os.urandom(256), "big") % PRIME
        k = int.from_bytes(sha256(pad256(PRIME) + pad256(G)), "big")
        public = (k * self.v + pow(G, b, PRIME)) % PRIME
        number = int.from_bytes(os.urandom(7), "big")
        self.challenges[number] = (b, public)
        return number, pad256(public)

    def right(self, number, client, m1):
        if number not in self.challenges:
            return False
        b, public = self.challenges.pop(number)
        a = int.from_bytes(client, "big")
        u = int.from_bytes(sha256(pad256(a) + pad256(public)), "big")
        key = sha256(pad256(pow(a * pow(self.v, u, PRIME), b, PRIME)))
        return m1 == sha256(xor(sha256(pad256(PRIME)), sha256(pad256(G))) + sha256(self.salt1) + sha256(self.salt2) +
                            pad256(a) + pad256(public) + key)

"""The exchange of a permanent key, the server's half: req_pq_multi, req_DH_params, set_client_DH_params."""

import os
import time

from . import crypto, tl

P, Q = 1_229_739_323, 1_402_015_859  # any two primes: the client has to factor their product


class Handshake:
    """One exchange on one connection. `answer` takes an unencrypted query and gives the value to send back."""

    def __init__(self, protocol, server_key, keep):
        self.protocol, self.server_key, self.keep = protocol, server_key, keep

    def answer(self, body):
        query = self.protocol.read(tl.Reader(body))
        return {"mt_req_pq_multi": self._pq, "mt_req_DH_params": self._parameters,
                "mt_set_client_DH_params": self._finish}[query["_"]](query)

    def _pq(self, query):
        self.nonce, self.server_nonce = query["nonce"], os.urandom(16)
        return {"_": "mt_resPQ", "nonce": self.nonce, "server_nonce": self.server_nonce,
                "pq": (P * Q).to_bytes(8, "big"), "server_public_key_fingerprints": [self.server_key.fingerprint]}

    def _parameters(self, query):
        inner = self.protocol.read(tl.Reader(self.server_key.unpad(query["encrypted_data"])))
        self.new_nonce = inner["new_nonce"]
        self.a = int.from_bytes(os.urandom(256), "big") % crypto.PRIME
        data = self.protocol.write({
            "_": "mt_server_DH_inner_data", "nonce": self.nonce, "server_nonce": self.server_nonce, "g": crypto.G,
            "dh_prime": crypto.pad256(crypto.PRIME), "g_a": crypto.pad256(pow(crypto.G, self.a, crypto.PRIME)),
            "server_time": int(time.time())})
        plain = crypto.sha1(data) + data
        plain += os.urandom(-len(plain) % 16)
        return {"_": "mt_server_DH_params_ok", "nonce": self.nonce, "server_nonce": self.server_nonce,
                "encrypted_answer": crypto.ige_encrypt(plain, *self._temporary())}

    def _temporary(self):
        new, server = self.new_nonce, self.server_nonce
        first, second, third = crypto.sha1(new + server), crypto.sha1(server + new), crypto.sha1(new + new)
        return first + second[:12], second[12:] + third + new[:4]

    def _finish(self, query):
        plain = crypto.ige_decrypt(query["encrypted_data"], *self._temporary())
        inner = self.protocol.read(tl.Reader(plain[20:]))
        key = crypto.AuthKey(pow(int.from_bytes(inner["g_b"], "big"), self.a, crypto.PRIME))
        salt = crypto.xor(self.new_nonce[:8], self.server_nonce[:8])
        self.keep(key, salt)
        proof = crypto.sha1(self.new_nonce + b"\x01" + crypto.sha1(key.secret)[:8])[-16:]
        return {"_": "mt_dh_gen_ok", "nonce": self.nonce, "server_nonce": self.server_nonce, "new_nonce_hash1": proof}

#!/usr/bin/env python3
"""Files of messages, fetched by the real TDLib from the Telegram of tests/support/telegram.

TG_BINARY names the program.
"""

import asyncio
import hashlib
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram import files  # noqa: E402
from telegram.case import Case  # noqa: E402

LONG_AGO = 1_700_000_000
MEDIA = "/api/telegram-gateway/media"


class MediaCase(Case):
    rule = {}

    def setUp(self):
        super().setUp()
        self.other = self.server.world.channel("Harbour Weather", self.ada)
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)
        self.gateway.add(self.other)

    def configuration(self):
        return {"sections": {"media": self.rules()}}

    def rules(self):
        return self.rule

    def post(self, medium, channel=None, **more):
        return self.do(lambda world: world.post(channel or self.news, media=medium, **more))

    def photo(self, size=40_000):
        return self.do(lambda world: world.photo(size))

    def document(self, size, **more):
        return self.do(lambda world: files.document(world, size, **more))

    def bytes_of(self, medium):
        return self.server.world.files[files.number_of(medium)]

    def known(self, number, channel=None):
        return self.gateway.until(lambda: self.gateway.media(channel or self.news, number), 30, f"message {number}")

    def here(self, number, channel=None, patience=30):
        """Its address, once it is here."""
        return self.gateway.until(lambda: self.gateway.media(channel or self.news, number).get("url"), patience,
                                  f"the file of message {number}")

    def served(self, number, medium, channel=None):
        code, headers, body = self.gateway.request("GET", self.here(number, channel))
        self.assertEqual(code, 200)
        self.assertTrue(body == self.bytes_of(medium))
        return headers

    def parts_of(self, medium):
        return [offset for number, offset in self.server.parts if number == files.number_of(medium)]

    def address(self, number, channel=None):
        return f"{MEDIA}/{(channel or self.news).chat_id}:{number}"

    def on_disk(self):
        """name → size of the files in the media folder."""
        folder = pathlib.Path(self.gateway.data_dir) / "media"
        return {one.name: one.stat().st_size for one in folder.rglob("*") if one.is_file()}

    def of_tdlib(self):
        """Bytes that TDLib keeps of files."""
        folder = pathlib.Path(self.gateway.data_dir) / "accounts/main/files"
        return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file() and one.stat().st_size > 1_000)

    def metric(self, name):
        text = self.gateway.get("/metrics", raw=True)[1].decode()
        return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"telegram_gateway_{name} "))


class RuleTest(MediaCase):
    rule = {"kinds": ["photo", "document"], "max_file_bytes": 5_000_000}

    def test_a_photo_comes_by_itself_and_is_kept_once(self):
        photo = self.photo()
        number = self.post(photo)
        headers = self.served(number, photo)
        self.assertEqual(headers["Content-Type"], "image/jpeg")
        self.assertEqual(self.on_disk(), {hashlib.sha256(self.bytes_of(photo)).hexdigest(): 40_000})
        self.gateway.until(lambda: self.of_tdlib() == 0, 10, "TDLib's own copy to be gone")
        self.assertEqual((self.metric("media_fetched_total"), self.metric("media_bytes")), (1, 40_000))

    def test_a_connection_that_drops_in_the_middle_and_a_range(self):
        report = self.document(3_000_000)
        dropped = []

        def drop_once(_, offset):
            if offset >= 1_000_000 and not dropped:
                dropped.append(offset)
                for connection in list(self.server.connections):
                    connection.transport.abort()
        self.server.on_part = drop_once
        number = self.post(report)
        self.served(number, report)
        self.assertTrue(dropped)
        code, headers, body = self.gateway.request("GET", self.here(number), headers={"Range": "bytes=1000000-1000999"})
        self.assertEqual((code, headers["Content-Range"]), (206, "bytes 1000000-1000999/3000000"))
        self.assertEqual(body, self.bytes_of(report)[1_000_000:1_001_000])
        self.assertEqual(self.gateway.media(self.news, number)["fileName"], "report.pdf")

    def test_a_reference_that_expired_is_asked_for_anew(self):
        photo, expired = self.photo(), []

        def expire_once(*_):
            if not expired:
                expired.append(True)
                files.expire(self.server.world, photo)
                raise files.RpcError(400, "FILE_REFERENCE_EXPIRED")
        self.server.on_part = expire_once
        number = self.post(photo)
        self.served(number, photo)
        self.assertTrue(expired)
        self.assertGreater(self.server.calls["channels.getMessages"], 0)

    def test_the_same_file_in_two_channels_is_fetched_and_stored_once(self):
        photo = self.photo()
        first = self.post(photo)
        self.served(first, photo)
        second = self.post(photo, self.other)
        self.served(second, photo, self.other)
        self.assertEqual(self.parts_of(photo).count(0), 1)
        self.assertEqual(len(self.on_disk()), 1)

    def test_an_edit_keeps_the_file(self):
        photo = self.photo()
        number = self.post(photo, text="before")
        self.served(number, photo)
        self.do(lambda world: world.edit(self.news, number, "after"))
        self.gateway.until(lambda: self.gateway.messages(self.news)[number][0] == "after", 20, "the edit")
        self.served(number, photo)
        self.assertEqual(self.parts_of(photo).count(0), 1)

    def test_killed_in_the_middle_it_goes_on_where_it_was(self):
        report = self.document(3_000_000)
        held = asyncio.Event()
        self.server.on_part = lambda _, offset: held.wait() if offset >= 1_500_000 else None
        number = self.post(report)
        self.gateway.until(lambda: len(self.parts_of(report)) >= 8, 30, "half of the file")
        self.assertNotIn("url", self.known(number))
        self.assertEqual(self.on_disk(), {})
        self.gateway.until(lambda: self.of_tdlib() > 0, 10, "bytes on disk")
        self.gateway.kill()
        self.do(lambda _: held.set())
        self.server.on_part = None
        self.gateway.start()
        self.served(number, report)
        self.assertEqual(self.parts_of(report).count(0), 1)
        self.assertEqual(len(self.on_disk()), 1)

    def test_a_flood_wait_of_files_delays_no_message(self):
        photo, waited = self.photo(), []

        def flood_once(*_):
            if not waited:
                waited.append(True)
                raise files.RpcError(420, "FLOOD_WAIT_3")
        self.server.on_part = flood_once
        number = self.post(photo)
        self.gateway.until(lambda: waited, 20, "the flood wait")
        ids = self.do(lambda world: [world.post(self.news, f"post {n}") for n in range(20)])
        self.gateway.until(lambda: set(ids) <= set(self.gateway.messages(self.news)), 20, "the messages")
        self.served(number, photo)


class NarrowRuleTest(MediaCase):
    def rules(self):
        return {"kinds": ["photo", "voice"], "max_file_bytes": 50_000, "channels": [str(self.news.chat_id)]}

    def test_kind_size_and_channel(self):
        voice = self.do(lambda world: files.voice(world, 9_000))
        left_out = [self.document(9_000), self.photo(60_000), self.photo()]
        for medium, channel in zip(left_out, (self.news, self.news, self.other)):
            self.post(medium, channel)
        wanted = [self.photo(50_000), voice]
        for medium in wanted:
            self.served(self.post(medium), medium)
        self.assertEqual([self.parts_of(medium) for medium in left_out], [[], [], []])
        self.assertEqual(self.metric("media_waiting"), 0)


class BoundTest(MediaCase):
    rule = {"kinds": ["photo"], "max_bytes": 100_000, "parallel": 1}

    def test_the_oldest_goes_and_can_be_had_again(self):
        photos = [self.photo() for _ in range(3)]
        numbers = []
        for n, photo in enumerate(photos):
            numbers.append(self.post(photo, when=LONG_AGO + n))
            self.here(numbers[-1])
        first = self.gateway.until(lambda: (told := self.known(numbers[0])).get("absent") and told, 20, "the removal")
        self.assertEqual((first["absent"], "url" in first), ("removed", False))
        self.served(numbers[1], photos[1])
        self.assertLessEqual(sum(self.on_disk().values()), 100_000)
        self.assertEqual(self.gateway.get(self.address(numbers[0]))[0], 503)

        # One that is older than all that are here has no place.
        older = self.photo()
        left_out = self.post(older, when=LONG_AGO - 1)
        newer = self.photo()
        self.served(self.post(newer, when=LONG_AGO + 9), newer)
        self.assertNotIn("url", self.known(left_out))
        self.assertEqual(self.parts_of(older), [])

        # Asked for, the first is the youngest.
        code, answer = self.gateway.post(self.address(numbers[0]) + "/fetch")
        self.assertEqual((code, answer["data"]["state"]), (202, "waiting"))
        self.served(numbers[0], photos[0])
        self.assertNotIn("absent", self.known(numbers[0]))
        self.assertLessEqual(sum(self.on_disk().values()), 100_000)
        self.assertGreaterEqual(self.metric("media_removed_total"), 3)


class AskedTest(MediaCase):
    def test_nothing_comes_by_itself_and_all_when_asked(self):
        photo, report = self.photo(), self.document(300_000)
        pictured, written = self.post(photo), self.post(report)
        self.known(written)
        code, headers, body = self.gateway.request(
            "GET", f"/api/telegram-gateway/photos/{self.news.chat_id}/{pictured}")
        self.assertEqual((code, headers["Content-Type"]), (200, "image/jpeg"))
        self.assertTrue(body == self.bytes_of(photo))
        self.assertEqual(self.parts_of(report), [])
        self.assertEqual(self.gateway.post(self.address(written) + "/link")[0], 404)
        code, answer = self.gateway.post(self.address(written) + "/fetch")
        self.assertEqual((code, answer["data"]), (202, {"state": "waiting"}))
        self.served(written, report)
        code, answer = self.gateway.post(self.address(written) + "/fetch")
        self.assertEqual((code, answer["data"]["state"]), (200, "here"))

    def test_what_telegram_does_not_give_is_said(self):
        photo = self.photo()
        self.do(lambda world: world.files.pop(files.number_of(photo)))
        number = self.post(photo)
        self.known(number)
        code, answer = self.gateway.get(f"/api/telegram-gateway/photos/{self.news.chat_id}/{number}")
        self.assertEqual((code, answer["error"]), (404, "not_found"))
        self.assertIn("Telegram does not give the file", answer["message"])

    def test_what_has_no_file(self):
        self.assertEqual(self.gateway.post(self.address(999_999) + "/fetch")[0], 404)
        self.assertEqual(self.gateway.post(self.address(1) + "/fetch")[0], 404)

    def test_a_signed_link(self):
        photo = self.photo()
        number = self.post(photo)
        self.known(number)
        self.gateway.post(self.address(number) + "/fetch")
        self.here(number)
        code, answer = self.gateway.post(self.address(number) + "/link", {"expiresIn": 60})
        self.assertEqual(code, 200, answer)
        link = answer["data"]["url"]
        code, headers, body = self.gateway.request("GET", link, headers={"Range": "bytes=8-15"})
        self.assertEqual((code, body), (206, self.bytes_of(photo)[8:16]))
        self.assertEqual(self.gateway.get(link[:-1] + ("A" if link[-1] != "A" else "B"))[0], 403)
        self.assertEqual(self.gateway.get(link.replace("expires=", "expires=9"))[0], 403)
        key = pathlib.Path(self.gateway.data_dir) / "media_link.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.gateway.stop()
        self.gateway.start()
        self.assertEqual(self.gateway.request("GET", link)[0], 200)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The Telegram of tests/support/telegram, checked by the real TDLib and by an independent client (Telethon).

What a scenario of the gateway's own tests relies on must hold here first.
"""

import asyncio
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.crypto import Password  # noqa: E402
from telegram.library import altered  # noqa: E402
from telegram.server import Server  # noqa: E402
from telegram.tdlib import NPM, TDLib  # noqa: E402

PHONE = "9996611234"


def texts(channel):
    return {number: one["message"] for number, one in channel.messages.items() if one["_"] == "message"}


@unittest.skipUnless(NPM.exists(), f"TDLib is not there: {NPM} (script/setup --test fetches it)")
class TDLibTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)
        self.ada = self.server.world.person("Ada", phone=PHONE)
        self.news = self.server.world.channel("Harbour News", self.ada, username="harbournews")
        self.library = altered(NPM, self.server.key.pem, pathlib.Path(self.folder.name) / "libtdjson.so")
        self.td = TDLib(self.library, self.server, pathlib.Path(self.folder.name) / "td")
        self.addCleanup(self.td.close)

    def post(self, count):
        return self.server.do(lambda world: [world.post(self.news, f"post {n}") for n in range(count)])

    def enter(self):
        self.td.reach("authorizationStateWaitPhoneNumber")
        self.td.ask("setAuthenticationPhoneNumber", phone_number=PHONE)
        self.td.reach("authorizationStateWaitCode")
        self.td.ask("checkAuthenticationCode", code=self.ada.code)
        self.td.reach("authorizationStateReady")
        self.td.ask("loadChats", limit=100)

    def search(self):
        """Every message by pages of searchChatMessages: id → text."""
        found, below = {}, 0
        while True:
            page = self.td.ask("searchChatMessages", chat_id=self.news.chat_id, query="", from_message_id=below,
                               offset=0, limit=100)["messages"]
            if not page:
                return found
            for message in page:
                found[message["id"] >> 20] = message["content"]["text"]["text"]
            below = page[-1]["id"]

    def stored(self):
        return texts(self.news)

    def test_wrong_inputs_leave_the_sign_in_where_it_is(self):
        self.td.reach("authorizationStateWaitPhoneNumber")
        refused = self.td.ask("setAuthenticationPhoneNumber", phone_number="12025550100")
        self.assertEqual(refused["message"], "PHONE_NUMBER_INVALID")
        self.td.ask("setAuthenticationPhoneNumber", phone_number=PHONE)
        self.td.reach("authorizationStateWaitCode")
        self.assertEqual(self.td.ask("checkAuthenticationCode", code="0")["message"], "PHONE_CODE_INVALID")
        self.assertEqual(self.td.state, "authorizationStateWaitCode")

    def test_two_step_verification(self):
        self.ada.password = Password("right", "the usual")
        self.td.reach("authorizationStateWaitPhoneNumber")
        self.td.ask("setAuthenticationPhoneNumber", phone_number=PHONE)
        self.td.reach("authorizationStateWaitCode")
        self.td.ask("checkAuthenticationCode", code=self.ada.code)
        self.td.reach("authorizationStateWaitPassword")
        self.assertEqual(self.td.ask("checkAuthenticationPassword", password="wrong")["message"], "PASSWORD_HASH_INVALID")
        self.td.ask("checkAuthenticationPassword", password="right")
        self.td.reach("authorizationStateReady")

    def test_qr_code_with_a_renewal(self):
        self.server.qr_lifetime_s = 2
        self.td.reach("authorizationStateWaitPhoneNumber")
        self.td.ask("requestQrCodeAuthentication", other_user_ids=[])
        self.td.reach("authorizationStateWaitOtherDeviceConfirmation")
        shown = self.server.calls["auth.exportLoginToken"]
        self.td._wait(lambda: self.server.calls["auth.exportLoginToken"] > shown, "a renewed code")
        self.assertEqual(self.server.approve_login(self.ada), 1)
        self.td.reach("authorizationStateReady")

    def test_bot(self):
        self.server.world.person("Helper", bot_token="7:abc")
        self.td.reach("authorizationStateWaitPhoneNumber")
        self.assertEqual(self.td.ask("checkAuthenticationBotToken", token="7:no")["@type"], "error")
        self.td.ask("checkAuthenticationBotToken", token="7:abc")
        self.td.reach("authorizationStateReady")

    def test_what_happens_live_is_told_in_order(self):
        self.enter()
        self.td.ask("openChat", chat_id=self.news.chat_id)
        ids = self.post(20)
        told = [self.td.until("updateNewMessage")["message"]["id"] >> 20 for _ in ids]
        self.assertEqual(told, ids)
        self.server.do(lambda world: world.edit(self.news, ids[0], "changed"))
        self.assertEqual(self.td.until("updateMessageContent")["new_content"]["text"]["text"], "changed")
        self.server.do(lambda world: world.delete(self.news, ids[1]))
        gone = self.td.until("updateDeleteMessages")
        self.assertTrue(gone["is_permanent"])
        self.assertEqual([number >> 20 for number in gone["message_ids"]], [ids[1]])

    def test_a_walk_shows_what_no_update_told(self):
        ids = self.post(230)
        self.enter()
        self.assertEqual(self.search(), self.stored())
        self.server.do(lambda world: (world.edit(self.news, ids[50], "changed unseen", told=False),
                                      world.delete(self.news, ids[60], told=False)))
        self.assertEqual(self.search(), self.stored())
        self.assertEqual(self.server.problems, [])

    def test_a_difference_that_is_too_long_skips(self):
        self.enter()
        self.post(5)
        self.td.until("updateNewMessage")
        self.news.too_long_beyond = 10
        self.server.do(lambda world: [world.post(self.news, f"missed {n}", told=False) for n in range(50)])
        self.td.ask("openChat", chat_id=self.news.chat_id)
        while self.td.until("updateChatLastMessage").get("last_message") is not None:
            pass
        self.assertEqual(self.search(), self.stored())

    def test_a_flood_wait_is_waited_for(self):
        self.post(3)
        self.enter()
        self.server.fail("messages.search", (420, "FLOOD_WAIT_400"))
        answer = self.td.ask("searchChatMessages", chat_id=self.news.chat_id, query="", from_message_id=0, offset=0,
                             limit=100)
        self.assertEqual((answer["code"], answer["message"]), (429, "Too Many Requests: retry after 400"))

    def test_a_revoked_session_ends(self):
        self.enter()
        self.server.revoke(self.ada)
        self.td.ask("searchChatMessages", chat_id=self.news.chat_id, query="", from_message_id=0, offset=0, limit=100)
        self.td.reach("authorizationStateClosed")


class OtherClientTest(unittest.TestCase):
    def test_an_independent_client_sees_the_same(self):
        try:
            import telethon
            from telegram.other_client import TelethonSchema
        except ImportError as error:
            self.skipTest(f"Telethon is not there: {error} (script/bootstrap --test installs it)")
        if not NPM.exists():
            self.skipTest("the schema is not there (script/setup --test fetches it)")
        from telethon.crypto import rsa
        from telethon.network.connection.tcpintermediate import IntermediatePacketCodec
        from telethon.network.connection.tcpobfuscated import ConnectionTcpObfuscated
        from telethon.sessions import MemorySession

        class Obfuscated(ConnectionTcpObfuscated):
            packet_codec = IntermediatePacketCodec

        async def run(server, ada, news):
            session = MemorySession()
            session.set_dc(1, "127.0.0.1", 443)
            client = telethon.TelegramClient(session, 1, "0" * 32, connection=Obfuscated,
                                             proxy=(2, "127.0.0.1", server.port))
            await client.connect()
            await client.send_code_request(PHONE)
            with self.assertRaises(telethon.errors.SessionPasswordNeededError):
                await client.sign_in(PHONE, ada.code)
            with self.assertRaises(telethon.errors.PasswordHashInvalidError):
                await client.sign_in(password="wrong")
            await client.sign_in(password="right")
            channel = await client.get_entity("harbournews")
            seen = {message.id: message.message async for message in client.iter_messages(channel) if message.message}
            told = asyncio.Queue()
            for kind in (telethon.events.NewMessage, telethon.events.MessageEdited, telethon.events.MessageDeleted):
                client.add_event_handler(told.put, kind())

            def change(world):
                number = world.post(news, "live")
                world.edit(news, number, "live, changed")
                world.delete(news, number)
            await asyncio.get_running_loop().run_in_executor(None, lambda: server.do(change))
            kinds = [type(await asyncio.wait_for(told.get(), 30)).__qualname__ for _ in range(3)]
            await client.disconnect()
            return seen, kinds

        with Server(TelethonSchema()) as server:
            rsa.add_key(server.key.pem.decode(), old=False)
            world = server.world
            ada = world.person("Ada", phone=PHONE, password=Password("right"))
            news = world.channel("Harbour News", ada, username="harbournews")
            ids = server.do(lambda w: [w.post(news, f"post {n}") for n in range(150)])
            server.do(lambda w: (w.edit(news, ids[-1], "changed"), w.delete(news, ids[-2])))
            before = texts(news)
            seen, kinds = asyncio.run(run(server, ada, news))
            self.assertEqual(seen, before)
            self.assertEqual(kinds, ["NewMessage.Event", "MessageEdited.Event", "MessageDeleted.Event"])
            self.assertEqual(server.problems, [])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What an account may not see: no false tombstone, and nothing is called complete that nobody can look at.

TG_BINARY names the program.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import run  # noqa: E402
from telegram.desktop import write_export  # noqa: E402
from telegram.scene import Scene  # noqa: E402
from telegram.visibility import hide_history, readmit, remove  # noqa: E402


class VisibilityTest(Scene):
    def setUp(self):
        super().setUp()
        self.group = self.world.channel("Harbour Desk", self.ada, self.ben, megagroup=True)

    def enter(self, *people):
        for person in people:
            self.gateway.sign_in(person, person.name.lower())
        if not any(one["registered"] for one in self.gateway.get("/api/channels")[1]["data"]):
            self.gateway.add(self.group)

    def deleted(self):
        return {number for number, one in self.messages(self.group).items() if "deletedAt" in one}

    def versions(self):
        return {one["versions"] for one in self.messages(self.group).values()}

    def walks_by(self, person):
        """Pages that this one asked for; the server counts for all."""
        return self.asked.get(person.name, 0)

    def count_walks(self):
        self.asked = {}
        search = self.server.methods.messages_search

        def counted(caller, query):
            self.asked[caller.user.name] = self.asked.get(caller.user.name, 0) + 1
            return search(caller, query)
        self.server.methods.messages_search = counted

    def test_history_that_is_hidden_is_neither_gone_nor_complete(self):
        ids = self.post(self.group, 150, "old")
        first = ids[100]
        self.do(lambda world: hide_history(world, self.group, self.ada, first))
        self.assertEqual(self.gateway.stop(), 0)
        export = write_export(self.group, pathlib.Path(self.folder.name) / "result.json", ids)
        run("import", export, data_dir=self.gateway.data_dir, check=0)
        self.gateway.start()
        self.count_walks()
        self.enter(self.ada)
        self.until_state(self.group, "complete")
        self.do(lambda world: world.delete(self.group, ids[20], ids[120], told=False))
        self.walk(lambda: self.deleted() == {ids[120]}, "a tombstone of what is seen to be gone")
        self.walked(3)
        self.assertEqual(self.deleted(), {ids[120]})
        coverage = self.gateway.coverage(self.group)
        self.assertGreaterEqual(coverage["from"], first)
        self.assertEqual([one for one in coverage["ranges"] if one["from"] < first], [])

        # Who sees it all proves it all.
        self.enter(self.ben)
        self.walk(lambda: self.deleted() == {ids[20], ids[120]}, "the tombstone of what the other cannot see")
        self.walk(lambda: self.walks_by(self.ben) > 4 and self.walks_by(self.ada) > 8, "walks by both")
        self.assertEqual(self.deleted(), {ids[20], ids[120]})
        self.assertEqual(self.versions(), {1})
        self.assertEqual(self.events("restored"), [])
        self.verified()

    def test_history_that_becomes_hidden_is_kept(self):
        ids = self.post(self.group, 40)
        self.enter(self.ada)
        self.until_stored(self.group, ids)
        self.until_state(self.group, "complete")
        more = self.post(self.group, 10, "live")
        self.until_stored(self.group, more)
        self.do(lambda world: hide_history(world, self.group, self.ada, more[5]))
        after = self.post(self.group, 5, "after")
        self.until_stored(self.group, after)
        self.walked(3)
        self.assertEqual(self.deleted(), set())
        self.assertEqual(self.gateway.stop(), 0)
        self.gateway.start()
        after = self.post(self.group, 5, "once more")
        self.until_stored(self.group, after)
        self.walked(2)
        self.assertEqual(self.deleted(), set())
        self.until_state(self.group, "complete")
        self.verified()

    def lose(self, how):
        ids = self.post(self.group, 30)
        self.enter(self.ada)
        self.until_stored(self.group, ids)
        self.until_state(self.group, "complete")
        self.do(lambda world: how(world, self.group, self.ada))
        state = self.until_state(self.group, "private")
        self.assertEqual(self.gateway.coverage(self.group)["noAccess"]["since"], state["since"])
        overview = self.overview()
        self.assertEqual((overview["verdict"]["code"], overview["verdict"]["since"]), ("private", state["since"]))
        self.assertEqual([(one["code"], one["title"]) for one in overview["attention"]], [("private", "Harbour Desk")])
        missed = self.post(self.group, 120, "missed")
        self.do(lambda world: (world.edit(self.group, ids[3], "changed unseen"),
                               world.delete(self.group, ids[4])))
        self.walked(0)
        self.assertEqual(self.deleted(), set())
        # Said again by a gateway that starts while it is so.
        self.assertEqual(self.gateway.stop(), 0)
        shown = run("coverage", data_dir=self.gateway.data_dir, check=0).stdout
        self.assertIn("private since", shown)
        self.gateway.start()
        self.gateway.stage("ready", "ada")
        self.gateway.until(lambda: self.gateway.account("ada")["connection"] == "ready", 30, "a connection to be told by")
        self.assertEqual(self.until_state(self.group, "private")["since"], state["since"])
        self.assertEqual(self.messages(self.group).keys() & set(missed), set())

        self.do(lambda world: readmit(world, self.group, self.ada))
        self.until_stored(self.group, missed)
        self.until_state(self.group, "complete")
        self.assertEqual(self.overview()["verdict"]["code"], "complete")
        self.walk(lambda: self.deleted() == {ids[4]}, "what was deleted meanwhile")
        stored = self.messages(self.group)
        self.assertEqual((stored[ids[3]]["text"], stored[ids[3]]["versions"]), ("changed unseen", 2))
        self.assertEqual({one["origin"] for number, one in stored.items() if number in missed}, {"catchup"})
        self.verified()

    def test_a_ban_is_said_and_its_end_too(self):
        self.lose(lambda world, group, person: world.ban(group, person))

    def test_a_removal_is_said_and_its_end_too(self):
        self.lose(remove)

    def test_a_loss_that_no_update_tells_is_found_by_asking(self):
        ids = self.post(self.group, 10)
        self.enter(self.ada)
        self.until_stored(self.group, ids)
        self.until_state(self.group, "complete")
        self.do(lambda world: (self.group.banned.add(self.ada), self.group.members.discard(self.ada)))
        self.walk(lambda: self.state(self.group)["code"] == "private", "the refusal to be shown")
        self.assertEqual(self.deleted(), set())

    def test_while_another_account_sees_it_nothing_is_private(self):
        ids = self.post(self.group, 30)
        self.enter(self.ada, self.ben)
        self.until_stored(self.group, ids)
        self.until_state(self.group, "complete")
        self.count_walks()
        self.do(lambda world: world.ban(self.group, self.ada))
        more = self.post(self.group, 30, "more")
        self.until_stored(self.group, more)
        self.walk(lambda: self.walks_by(self.ben) > 1, "walks by the other")
        self.assertEqual(self.until_state(self.group, "complete")["code"], "complete")
        self.assertEqual(self.deleted(), set())
        self.do(lambda world: world.ban(self.group, self.ben))
        self.until_state(self.group, "private")
        missed = self.post(self.group, 30, "missed")
        self.do(lambda world: readmit(world, self.group, self.ada))
        self.until_stored(self.group, missed)
        self.until_state(self.group, "complete")
        self.assertEqual((self.deleted(), self.versions()), (set(), {1}))
        self.verified()


if __name__ == "__main__":
    unittest.main()

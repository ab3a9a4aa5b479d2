#!/usr/bin/env python3
"""Exports of a channel that is captured too, taken in before, between and after: one archive, no double, no false edit.

TG_BINARY names the program.
"""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import run  # noqa: E402
from telegram import kinds  # noqa: E402
from telegram.desktop import write_export  # noqa: E402
from telegram.scene import EARLIER, Scene  # noqa: E402


class ImportTest(Scene):
    def setUp(self):
        super().setUp()
        self.news = self.world.channel("Harbour News", self.ada, username="harbournews")

    def export(self, name, numbers=None):
        return write_export(self.news, pathlib.Path(self.folder.name) / name, numbers)

    def import_(self, export):
        done = run("--json", "import", export, data_dir=self.gateway.data_dir, check=0)
        return json.loads(done.stdout)["imports"][0]

    def away(self, export):
        self.assertEqual(self.gateway.stop(), 0)
        report = self.import_(export)
        self.gateway.start()
        return report

    def versions(self, *ids):
        stored = self.messages(self.news)
        return [(stored[one]["text"], stored[one]["versions"]) for one in ids]

    def post_all_sorts(self):
        """Texts with formatting, photos, an album, an edit that is older than everything here."""
        then = int(time.time()) - EARLIER
        text = "bold and linked ⚓"

        def make(world):
            formatted = kinds.entities(text, ("Bold", "bold", {}), ("TextUrl", "linked", {"url": "https://a.example/"}))
            ids = [world.post(self.news, f"post {n}", when=then + n) for n in range(40)]
            ids += [world.post(self.news, text, when=then + 50, entities=formatted),
                    world.post(self.news, "a photo", when=then + 51, media=world.photo()),
                    *world.album(self.news, ["one", "two"])]
            world.edit(self.news, ids[0], "post 0, corrected", when=then + 100)
            return ids
        return self.do(make)

    def test_before_between_and_after(self):
        ids = self.post_all_sorts()
        early = self.export("early.json")
        self.do(lambda world: world.delete(self.news, ids[3]))

        # Before: an archive promises nothing.
        self.assertEqual(self.gateway.stop(), 0)
        self.assertEqual(self.import_(early)["new"], len(ids) + 1)
        self.gateway.start()
        self.assertEqual(self.until_state(self.news, "imported")["code"], "imported")
        self.assertEqual(self.gateway.coverage(self.news)["expected"], 0)
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)
        self.until_state(self.news, "complete")
        self.gateway.until(lambda: "deletedAt" in self.messages(self.news)[ids[3]], 30, "what the export still had")
        stored = self.messages(self.news)
        self.assertEqual({one["versions"] for one in stored.values()}, {1})
        self.assertEqual({one["origin"] for one in stored.values()}, {"import"})
        self.assertEqual(self.events("edited"), [])
        self.assertEqual([number for number, one in stored.items() if "deletedAt" in one], [ids[3]])
        # The server's own word fills in what an export lacks.
        photo = stored[ids[41]]
        self.assertTrue(photo["media"]["uniqueId"])
        self.assertEqual((photo["source"], stored[ids[42]]["albumId"]), ("tdlib", stored[ids[43]]["albumId"]))

        live = self.do(lambda world: [world.post(self.news, f"live {n}") for n in range(10)])
        self.until_stored(self.news, live)
        refused = run("import", early, data_dir=self.gateway.data_dir)
        self.assertNotEqual(refused.returncode, 0)

        # Between: what happened while the gateway was away comes by an export first, then by the server.
        self.assertEqual(self.gateway.stop(), 0)
        self.do(lambda world: (world.edit(self.news, ids[5], "post 5, corrected", told=False),
                               world.edit(self.news, live[0], "live 0, corrected", told=False)))
        missed = self.post(self.news, 5, "missed", told=False)
        between = self.export("between.json")
        after_it = self.post(self.news, 5, "missed later", told=False)
        report = self.import_(between)
        self.assertEqual((report["new"], report["versions"]), (5, 2))
        self.gateway.start()
        self.until_stored(self.news, missed + after_it)
        self.until_state(self.news, "complete")
        self.walked(2)
        self.assertEqual(self.versions(ids[5], live[0], live[1]),
                         [("post 5, corrected", 2), ("live 0, corrected", 2), ("live 1", 1)])
        stored = self.messages(self.news)
        self.assertEqual([stored[one]["origin"] for one in (ids[0], live[0], missed[0], after_it[0])],
                         ["import", "live", "import", "catchup"])

        # After: old exports change nothing, and bring nothing back.
        before = {number: (one["text"], one["versions"], "deletedAt" in one) for number, one in stored.items()}
        for export in (early, between):
            report = self.away(export)
            self.assertEqual((report["new"], report["versions"], report["refused"]), (0, 0, 0), report)
        self.until_state(self.news, "complete")
        self.walked(2)
        after = {number: (one["text"], one["versions"], "deletedAt" in one)
                 for number, one in self.messages(self.news).items()}
        self.assertEqual(after, before)
        self.verified()

    def test_an_export_that_is_ahead_opens_a_hole_until_it_is_proven(self):
        self.post(self.news, 10)
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)
        self.until_state(self.news, "complete")
        self.assertEqual(self.gateway.stop(), 0)
        missed = self.post(self.news, 20, "missed", told=False)
        self.import_(self.export("ahead.json", missed[10:]))
        coverage = json.loads(run("--json", "coverage", self.news.chat_id, data_dir=self.gateway.data_dir, check=0).stdout)
        self.assertEqual(coverage["missing"], 20)
        self.gateway.start()
        stored = self.until_stored(self.news, missed)
        self.until_state(self.news, "complete")
        self.assertEqual({one["versions"] for one in stored.values()}, {1})
        self.verified()

    def test_a_later_edit_within_the_second_of_an_import(self):
        """An edit date has seconds only: what the export showed first is another version of the same second."""
        ids = self.post(self.news, 3)
        second = int(time.time()) - 600
        self.do(lambda world: world.edit(self.news, ids[0], "first", when=second))
        export = self.export("first.json")
        self.do(lambda world: world.edit(self.news, ids[0], "second", when=second))
        self.assertEqual(self.gateway.stop(), 0)
        self.import_(export)
        self.gateway.start()
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)
        self.gateway.until(lambda: self.versions(ids[0])[0][0] == "second", 30, "the server's word")
        self.verified()


if __name__ == "__main__":
    unittest.main()

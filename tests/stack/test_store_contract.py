#!/usr/bin/env python3
"""The store contract (tests/unit/store_contract) on PostgreSQL through PgBouncer, and with one connection for all.

TG_TEST_STORE_CONTRACT: the program; without it, the one of build/release. TG_PLAN_ROWS, TG_CONTRACT_CASES: more rows for
the plans, more cases of each property.
"""

import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from stack import DATABASE, ROLE, shared_stack  # noqa: E402

PROGRAM = os.environ.get("TG_TEST_STORE_CONTRACT", ROOT / "build" / "release" / "tests" / "unit" / "test_store_contract")


def setUpModule():
    global stack
    stack = shared_stack("postgresql", "pgbouncer")


def run(gtest_filter, cases):
    environment = {
        **os.environ,
        "TG_TEST_POSTGRES": f"host=127.0.0.1 port={stack.port('pgbouncer')} user={ROLE} dbname={DATABASE} "
                            f"password={stack.secret('postgres').strip()}",
        "TG_TEST_POSTGRES_DIRECT": str(stack.port("postgresql")),
        "RC_PARAMS": f"max_success={os.environ.get('TG_CONTRACT_CASES', cases)}",
    }
    return subprocess.run([PROGRAM, f"--gtest_filter={gtest_filter}", "--gtest_brief=1"], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200)


class StoreContract(unittest.TestCase):
    def assert_passes(self, done):
        self.assertEqual(done.returncode, 0, done.stdout[-8000:])
        self.assertIn("[  PASSED  ]", done.stdout)
        self.assertNotIn("PASSED  ] 0 tests", done.stdout)
        self.assertNotIn("SKIPPED", done.stdout)

    def test_in_transaction_pooling(self):
        self.assert_passes(run("Postgres/*:Outage.*:Plans.*", cases=4))

    def test_with_one_connection_for_all(self):
        stack.pool_size(1)
        self.addCleanup(stack.pool_size, None)
        self.assert_passes(run("Postgres/*-*Whatever*:*Walked*:*Budget*", cases=2))


if __name__ == "__main__":
    unittest.main()

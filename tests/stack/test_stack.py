#!/usr/bin/env python3
"""script/stack itself: what it starts answers to a real client, stays on this machine, and leaves nothing behind."""

import os
import pathlib
import subprocess
import sys
import time
import tomllib
import unittest

import pika
import psycopg2
import redis

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from stack import ROLE, SCRIPT, Stack, shared_stack, until  # noqa: E402

COMPONENTS = ["postgresql", "pgbouncer", "redis-1", "redis-2", "sentinel-1", "sentinel-2", "sentinel-3", "rabbitmq"]


def setUpModule():
    global stack
    stack = shared_stack()


def rows(connection, statement):
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall()
    finally:
        connection.close()


def settings(connection):
    return dict(row[:2] for row in rows(connection, "SELECT name, current_setting(name) FROM pg_settings"))


def processes_of(folder):
    """Those that stand in the folder, which is where each server is started."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                where = os.readlink(entry / "cwd")
            except OSError:
                continue
            if where.startswith(f"{folder}/"):
                found.append(int(entry.name))
    return found


def listening(pids):
    """Addresses that these processes listen on, as (address, port)."""
    lines = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    mine = [line for line in lines if any(f"pid={pid}," in line for pid in pids)]
    return {tuple(line.split()[3].rsplit(":", 1)) for line in mine}


class Servers(unittest.TestCase):
    """The shared stack, which these tests leave as it was."""

    def test_all_are_up(self):
        self.assertEqual(stack.states(), dict.fromkeys(COMPONENTS, "up"))

    def test_starting_again_changes_nothing(self):
        before = {name: stack.pid(name) for name in COMPONENTS}

        stack.up()

        self.assertEqual({name: stack.pid(name) for name in COMPONENTS}, before)

    def test_only_loopback_is_listened_on(self):
        addresses = listening(processes_of(stack.folder))

        self.assertEqual({address for address, _ in addresses} - {"127.0.0.1", "[::1]"}, set())
        expected = {stack.port(name) for name in COMPONENTS} | {
            stack.port(f"rabbitmq-{part}") for part in ("management", "metrics", "cluster", "epmd")}
        self.assertEqual({int(port) for _, port in addresses}, expected)

    def test_nothing_runs_as_root(self):
        owners = {pathlib.Path(f"/proc/{pid}").stat().st_uid for pid in processes_of(stack.folder)}

        self.assertNotIn(0, owners)

    def test_secrets_are_for_their_owner_and_on_no_command_line(self):
        files = list((stack.folder / "secrets").iterdir())
        secrets = [file.read_bytes() for file in files]

        self.assertEqual({file.stat().st_mode & 0o777 for file in files}, {0o600})
        self.assertTrue(all(len(secret) == 48 for secret in secrets))
        for pid in processes_of(stack.folder):
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            self.assertFalse(any(secret in command for secret in secrets), command)
        for name in COMPONENTS:
            log = stack.log(name).encode()
            self.assertFalse(any(secret in log for secret in secrets), name)

    def test_the_gateways_configuration_names_what_runs(self):
        config = tomllib.loads(stack.config_toml)

        self.assertEqual(config["profile"], "hybrid")
        self.assertEqual(config["postgres"]["port"], stack.port("pgbouncer"))
        self.assertEqual(config["postgres"]["direct_port"], stack.port("postgresql"))
        self.assertIn(f"127.0.0.1:{stack.port('sentinel-3')}", config["redis"]["sentinels"])
        self.assertEqual(config["rabbitmq"]["port"], stack.port("rabbitmq"))
        for section in ("postgres", "redis", "rabbitmq"):
            self.assertTrue(os.path.isfile(config[section]["password_file"]))

    def test_postgresql_is_as_deploy_says(self):
        found = settings(stack.admin())

        self.assertEqual(found["max_connections"], "100")
        self.assertEqual(found["work_mem"], "4MB")
        self.assertEqual(found["maintenance_work_mem"], "128MB")
        self.assertEqual(found["archive_mode"], "on")
        self.assertEqual(found["password_encryption"], "scram-sha-256")
        self.assertIn("pg_stat_statements", found["shared_preload_libraries"])

    def test_the_gateways_role_owns_its_database_and_nothing_more(self):
        role = rows(stack.admin(), "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
                                   f" FROM pg_roles WHERE rolname = '{ROLE}'")
        owner = rows(stack.admin(), "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'telegram_gateway'")

        self.assertEqual(role, [(False,) * 5])
        self.assertEqual(owner, [(ROLE,)])
        self.assertEqual(rows(stack.admin(), "SELECT count(*) FROM pg_stat_statements WHERE query ~* 'scram|password '''"),
                         [(0,)])

    def test_a_wrong_password_opens_no_door(self):
        with self.assertRaises(psycopg2.OperationalError):
            psycopg2.connect(host="127.0.0.1", port=stack.port("postgresql"), user=ROLE, password="x", dbname=ROLE)
        with self.assertRaises(psycopg2.OperationalError):
            psycopg2.connect(host="127.0.0.1", port=stack.port("pgbouncer"), user=ROLE, password="x", dbname=ROLE)
        with self.assertRaises(redis.AuthenticationError):
            redis.Redis(port=stack.port("redis-1")).ping()
        with self.assertRaises(pika.exceptions.AMQPConnectionError):
            pika.BlockingConnection(pika.ConnectionParameters(
                "127.0.0.1", stack.port("rabbitmq"), "telegram", pika.PlainCredentials("guest", "guest")))

    def test_pgbouncer_lends_for_a_transaction(self):
        found = dict(row[:2] for row in rows(stack.pgbouncer_admin(), "SHOW CONFIG"))

        wanted = {"pool_mode": "transaction", "default_pool_size": "20", "max_client_conn": "100",
                  "server_idle_timeout": "600", "server_lifetime": "3600", "query_wait_timeout": "120",
                  "min_pool_size": "5", "reserve_pool_size": "5", "reserve_pool_timeout": "3",
                  "max_db_connections": "20", "server_login_retry": "15", "listen_addr": "127.0.0.1"}
        self.assertEqual({key: found[key] for key in wanted}, wanted)
        self.assertEqual(rows(stack.pooled(), "SELECT current_user, inet_server_port()"),
                         [(ROLE, stack.port("postgresql"))])

    def test_redis_is_a_cache_with_a_copy_that_takes_no_writes(self):
        master = stack.redis()
        ports = {stack.port("redis-1"), stack.port("redis-2")}
        replica = stack.redis((ports - {stack.master_port()}).pop())

        self.assertEqual(master.config_get("save")["save"], "")
        self.assertEqual(master.config_get("appendonly")["appendonly"], "no")
        self.assertEqual(master.config_get("maxmemory-policy")["maxmemory-policy"], "allkeys-lru")
        with self.assertRaises(redis.exceptions.ReadOnlyError):
            replica.set("stack-test", "1")

    def test_rabbitmq_takes_and_gives_a_message(self):
        connection = stack.amqp()
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("telegram.stack-test", durable=True)

        channel.basic_publish("", "telegram.stack-test", b"hello", pika.BasicProperties(delivery_mode=2))

        self.assertEqual(channel.basic_get("telegram.stack-test", auto_ack=True)[2], b"hello")
        channel.queue_delete("telegram.stack-test")
        connection.close()

    def test_the_gateways_user_may_not_touch_other_queues(self):
        connection = stack.amqp()

        with self.assertRaises(pika.exceptions.ChannelClosedByBroker) as refused:
            connection.channel().queue_declare("somebody-elses")

        self.assertEqual(refused.exception.reply_code, 403)
        connection.close()

    def test_rabbitmq_has_only_our_users(self):
        users = {user["name"]: user["tags"] for user in stack.management("users")}

        self.assertEqual(users, {"telegram": [], "admin": ["administrator"]})

    def test_rabbitmqs_metrics_are_served(self):
        url = f"http://127.0.0.1:{stack.port('rabbitmq-metrics')}/metrics"
        done = subprocess.run(["curl", "-s", url], capture_output=True, text=True, timeout=30, check=True)

        self.assertIn("rabbitmq_connections", done.stdout)


class Failures(unittest.TestCase):
    def test_sentinel_makes_the_copy_master_when_the_master_is_killed(self):
        old = stack.master_port()
        name = "redis-1" if old == stack.port("redis-1") else "redis-2"
        stack.redis().set("stack-test", "1")

        began = time.monotonic()
        stack.kill(name)
        self.addCleanup(stack.up, name)
        until(lambda: stack.master_port() != old and stack.redis().set("stack-test", "2"), 60, "another master")
        took = time.monotonic() - began

        print(f"\nfailover: a master that takes writes after {took:.1f} s", file=sys.stderr)
        stack.up(name)
        until(lambda: stack.redis(old).info("replication")["role"] == "slave", 60, "the old master as a copy")

    def test_a_paused_server_is_silent_and_goes_on(self):
        with stack.paused("postgresql"):
            self.assertEqual(stack.states()["postgresql"], "silent")

        self.assertEqual(stack.states()["postgresql"], "up")

    def test_postgresql_survives_being_killed(self):
        rows(stack.direct(), "CREATE TABLE stack_test (n int); INSERT INTO stack_test VALUES (1) RETURNING n")

        stack.kill("postgresql")
        self.addCleanup(stack.up, "postgresql")
        self.assertEqual(stack.states()["postgresql"], "down")
        stack.up("postgresql")

        self.assertEqual(rows(stack.direct(), "DROP TABLE stack_test; SELECT 1"), [(1,)])

    def test_the_pool_can_be_one_connection(self):
        stack.pool_size(1)
        self.addCleanup(stack.pool_size, None)

        one, other = stack.pooled(), stack.pooled()
        servers = {rows(one, "SELECT pg_backend_pid()")[0], rows(other, "SELECT pg_backend_pid()")[0]}

        self.assertEqual(len(servers), 1)


class SideBySide(unittest.TestCase):
    """A stack beside the shared one: what the life of a whole stack shows."""

    def test_it_starts_from_nothing_keeps_what_was_stored_and_leaves_nothing(self):
        second = Stack()
        self.addCleanup(second.remove)

        second.up()
        own = {second.port(name) for name in COMPONENTS}

        self.assertEqual(second.states(), dict.fromkeys(COMPONENTS, "up"))
        self.assertEqual(stack.states(), dict.fromkeys(COMPONENTS, "up"))
        self.assertFalse(own & {stack.port(name) for name in COMPONENTS})

        self.check_storing(second)
        pids = processes_of(second.folder)

        second.down()

        self.assertEqual(second.states(), dict.fromkeys(COMPONENTS, "down"))
        self.assertEqual(list((second.folder / "run").iterdir()), [])
        self.assertEqual([pid for pid in pids if pid in processes_of(second.folder)], [])
        self.assertEqual(stack.states(), dict.fromkeys(COMPONENTS, "up"))

    def check_storing(self, second):
        rows(second.direct(), "CREATE TABLE stack_test (n int); INSERT INTO stack_test VALUES (7) RETURNING n")
        second.save_postgresql()
        rows(second.direct(), "INSERT INTO stack_test VALUES (8) RETURNING n")

        second.restart("postgresql")
        self.assertEqual(rows(second.direct(), "SELECT n FROM stack_test ORDER BY n"), [(7,), (8,)])

        second.restore_postgresql()
        self.assertEqual(rows(second.direct(), "SELECT n FROM stack_test"), [(7,)])


class CommandLine(unittest.TestCase):
    def run_stack(self, *arguments, folder=None):
        environment = {**os.environ, "TG_STACK_DIR": str(folder or stack.folder)}
        return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True, timeout=60)

    def test_a_wrong_name_is_told_with_the_right_ones(self):
        for command in (["up", "postgres"], ["down", "postgres"], ["status", "postgres"], ["logs", "postgres"]):
            done = self.run_stack(*command)

            self.assertEqual(done.returncode, 1, command)
            self.assertIn('There is no component "postgres"', done.stderr)
            self.assertIn("rabbitmq", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_wrong_command_shows_the_usage(self):
        done = self.run_stack("start")

        self.assertEqual(done.returncode, 2)
        self.assertIn("script/stack up", done.stderr)

    def test_a_folder_without_a_stack_is_told(self):
        done = self.run_stack("status", folder=f"{stack.folder}/log/none")

        self.assertEqual(done.returncode, 1)
        self.assertIn("script/stack up", done.stderr)

    def test_status_exits_with_0_only_when_all_is_up(self):
        self.assertEqual(self.run_stack("status").returncode, 0)
        stack.down("sentinel-3")
        self.addCleanup(stack.up, "sentinel-3")

        self.assertEqual(self.run_stack("status").returncode, 1)
        self.assertEqual(self.run_stack("status", "postgresql").returncode, 0)

    def test_logs_show_the_end_of_each(self):
        done = self.run_stack("logs", "postgresql")

        self.assertEqual(len(done.stdout.splitlines()), min(40, len(stack.log("postgresql").splitlines())))
        self.assertIn(done.stdout, stack.log("postgresql"))


if __name__ == "__main__":
    unittest.main()

"""The real servers of the hybrid profile for tests: script/stack in a private folder, on free ports, stopped by pid.

A test module takes the one that its process shares:

    def setUpModule():
        global stack
        stack = shared_stack("postgresql", "pgbouncer")   # without names: all of them

With TG_STACK_DIR set it is the one that runs there (the `stack` stage of script/test), emptied of what the module before
left; it then stays.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "script" / "stack"
DATABASE = ROLE = "telegram_gateway"
MASTER = "telegram-redis"


def shared_stack(*names):
    """Started for the module, or the running one that TG_STACK_DIR names; in either case what is named answers."""
    running = os.environ.get("TG_STACK_DIR") or None
    stack = Stack(running)
    if not running:
        unittest.addModuleCleanup(stack.remove)
    stack.up(*names)
    if running:
        stack.empty(*names)
    return stack


def until(condition, patience=30, what="a condition"):
    """Asks again until it holds, and returns what it gave. An error of a connection counts as no."""
    deadline = time.monotonic() + patience
    while True:
        error = None
        try:
            result = condition()
            if result:
                return result
        except Exception as caught:  # each library has its own for "not there"
            error = caught
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience} s for {what}") from error
        time.sleep(0.02)  # between two looks at the condition


class Stack:
    """Components: postgresql, pgbouncer, redis-1, redis-2, sentinel-1 to -3, rabbitmq; `redis` and `sentinel` mean all.

    `environment`: what script/stack understands beside the folder, such as TG_STACK_TIMESCALEDB="no".
    """

    def __init__(self, folder=None, **environment):
        self._private = None
        if folder is None:
            self._private = tempfile.mkdtemp(prefix="tg-stack-")
            os.chmod(self._private, 0o755)  # the servers run as another user when this is root
            folder = os.path.join(self._private, "stack")
        self.folder = pathlib.Path(folder).absolute()
        self._environment = {**os.environ, **environment, "TG_STACK_DIR": str(self.folder)}

    # --- Starting and stopping

    def up(self, *names):
        """Starts what does not run and returns when all of it answers."""
        self._script("up", "--free-ports", *names)
        return self

    def down(self, *names):
        """A clean stop."""
        self._script("down", *names)

    def restart(self, *names):
        """Redis comes back empty: it keeps nothing."""
        self.down(*names)
        self.up(*names)

    def kill(self, name):
        """SIGKILL to all of its processes at once, as when the machine loses power."""
        family = self._stopped_family(name)
        for pid in family:
            _signal(pid, signal.SIGKILL)
        until(lambda: not any(map(_began, family)), what=f"the end of {name}")

    def pause(self, name):
        """SIGSTOP to all of its processes: connections stay and nothing answers."""
        self._stopped_family(name)

    def resume(self, name):
        for pid in _family(self.pid(name)):
            _signal(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def paused(self, name):
        self.pause(name)
        try:
            yield
        finally:
            self.resume(name)

    def override(self, name, text):
        """Restarts a component with further lines of its own configuration, the last to count; "" takes them back.

        Sentinel reads them only before its first start.
        """
        file = self.folder / name / ("override.ini" if name == "pgbouncer" else "override.conf")
        self.down(name)
        if text:
            file.write_text(text + "\n", encoding="utf-8")
            os.chmod(file, 0o644)  # root's file must be readable for the server
        else:
            file.unlink(missing_ok=True)
        self.up(name)

    def pool_size(self, connections):
        """All clients of PgBouncer share so many connections of PostgreSQL; None: as in deploy/."""
        size = connections and f"default_pool_size = {connections}\nmin_pool_size = 0\nreserve_pool_size = 0"
        self.override("pgbouncer", size or "")

    def save_postgresql(self, name="saved"):
        """A copy of the whole server as it is now, for restore_postgresql()."""
        self.down("postgresql")
        self._copy(self.folder / "postgresql" / "data", self.folder / "postgresql" / name)
        self.up("postgresql")

    def restore_postgresql(self, name="saved"):
        """The server as it was then: what was committed since is gone."""
        self.down("postgresql")
        self._copy(self.folder / "postgresql" / name, self.folder / "postgresql" / "data")
        self.up("postgresql")

    def empty(self, *names):
        """What a gateway made in these goes: its schema, keys, queues and exchanges."""
        names = names or ("postgresql", "redis", "rabbitmq")
        if "postgresql" in names:
            with contextlib.closing(self.admin()) as db, db.cursor() as cursor:
                cursor.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS telegram_gateway CASCADE")
        if "redis" in names:
            with until(self.redis, what="a master") as master:
                master.flushall()
        if "rabbitmq" in names:
            for kind in ("queues", "exchanges"):
                for one in self.management(f"{kind}/telegram"):
                    if kind == "queues" or one["name"].startswith("telegram."):
                        self.management(f"{kind}/telegram/{one['name']}", "DELETE")

    def remove(self):
        """Stops everything and removes a private folder."""
        try:
            if (self.folder / "ports").exists():
                self.down()
        finally:
            if self._private:
                shutil.rmtree(self._private, ignore_errors=True)

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.remove()

    # --- Looking

    def states(self):
        """Component → up, silent (runs, does not answer) or down."""
        done = self._run("status")
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        return {component: state for component, _, _, state in rows}

    def port(self, name):
        """Also of rabbitmq-management and rabbitmq-metrics."""
        ports = (self.folder / "ports").read_text(encoding="utf-8").split()
        return int(ports[ports.index(name) + 1])

    def pid(self, name):
        return int((self.folder / "run" / f"{name}.pid").read_text(encoding="utf-8").split()[0])

    def log(self, name):
        return (self.folder / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def secret(self, name):
        """postgres, postgres-admin, pgbouncer-stats, pgbouncer-admin, redis, rabbitmq, rabbitmq-admin"""
        return (self.folder / "secrets" / name).read_text(encoding="utf-8")

    @property
    def config_toml(self):
        """What the gateway needs to use this stack."""
        return (self.folder / "gateway.toml").read_text(encoding="utf-8")

    # --- Connections (each is the caller's to close)

    def admin(self, database=DATABASE):
        """The superuser, past PgBouncer."""
        return self._postgres("postgresql", "postgres", "postgres-admin", database)

    def direct(self, database=DATABASE):
        """The gateway's role, past PgBouncer."""
        return self._postgres("postgresql", ROLE, "postgres", database)

    def pooled(self):
        """The gateway's role through PgBouncer, as the gateway comes."""
        return self._postgres("pgbouncer", ROLE, "postgres", DATABASE)

    def pgbouncer_admin(self):
        """For SHOW, PAUSE, RESUME, RELOAD, KILL; autocommit, as PgBouncer wants it."""
        return self._postgres("pgbouncer", "pgbouncer_admin", "pgbouncer-admin", "pgbouncer")

    def master_port(self):
        """The Redis that the Sentinels call the master now."""
        import redis.sentinel

        addresses = [("127.0.0.1", self.port(f"sentinel-{n}")) for n in (1, 2, 3)]
        return redis.sentinel.Sentinel(addresses, socket_timeout=2).discover_master(MASTER)[1]

    def redis(self, port=None):
        """A client of the master, or of the server at `port`; answers are text."""
        import redis

        return redis.Redis(port=port or self.master_port(), password=self.secret("redis"), socket_timeout=5,
                           decode_responses=True)

    def amqp(self, user="telegram"):
        """A pika.BlockingConnection to the virtual host telegram; user: telegram (the gateway's) or admin."""
        import pika

        credentials = pika.PlainCredentials(user, self._rabbitmq_password(user))
        return pika.BlockingConnection(pika.ConnectionParameters(
            "127.0.0.1", self.port("rabbitmq"), "telegram", credentials, connection_attempts=1,
            blocked_connection_timeout=30, socket_timeout=10))

    def management(self, path, method="GET", body=None, user="admin"):
        """RabbitMQ's management API: management("queues/telegram") gives the parsed answer."""
        url = f"http://127.0.0.1:{self.port('rabbitmq-management')}/api/{path}"
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, url, user, self._rabbitmq_password(user), is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        with opener.open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    # --- Inside

    def _rabbitmq_password(self, user):
        return self.secret({"telegram": "rabbitmq", "admin": "rabbitmq-admin"}[user])

    def _postgres(self, component, user, secret, database):
        import psycopg2

        connection = psycopg2.connect(host="127.0.0.1", port=self.port(component), user=user,
                                      password=self.secret(secret), dbname=database, connect_timeout=10)
        connection.autocommit = True
        return connection

    def _run(self, *arguments):
        return subprocess.run([SCRIPT, *arguments], env=self._environment, capture_output=True, text=True, timeout=300)

    def _script(self, *arguments):
        done = self._run(*arguments)
        if done.returncode:
            raise AssertionError(f"script/stack {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")

    def _copy(self, source, target):
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)

    def _stopped_family(self, name):
        """Stopped from the top, again until no further child has appeared meanwhile."""
        stopped = []
        while new := [pid for pid in _family(self.pid(name)) if pid not in stopped]:
            for pid in new:
                _signal(pid, signal.SIGSTOP)
            stopped += new
        return stopped


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _stat(pid):
    """The fields of /proc/PID/stat after the name; None when it is gone or waits to be taken by its parent."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields


def _began(pid):
    fields = _stat(pid)
    return fields and fields[19]


def _family(pid):
    """It and all that descends from it, parents first."""
    parents = {int(entry.name): int(fields[1])
               for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit() and (fields := _stat(entry.name))}
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family

"""A server that takes mail on loopback (SMTP, with STARTTLS where it has a certificate) and keeps it."""

import email
import email.policy
import socketserver
import ssl
import threading
import time


class MailReceiver:
    """`refuse`: recipients that get 550. `busy`: while true every mail gets 451."""

    def __init__(self, certificate=None):
        self.lock = threading.Lock()
        self.mails = []  # (encrypted, envelope from, envelope to, email.message)
        self.times = []  # when each of them came, by time.monotonic()
        self.refuse, self.busy = set(), False
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        receiver = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")
                self.wfile.flush()

            def handle(self):
                encrypted, sender, recipients = False, "", []
                self.say("220 test")
                while line := self.rfile.readline():  # another file after STARTTLS
                    word = line.decode().strip()
                    command = word.upper()
                    if command.startswith(("EHLO", "HELO")):
                        self.say("250-test\r\n250 STARTTLS" if context and not encrypted else "250 test")
                    elif command == "STARTTLS" and context:
                        self.say("220 go")
                        self.connection = context.wrap_socket(self.connection, server_side=True)
                        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
                        encrypted = True
                    elif command.startswith("MAIL FROM:"):
                        sender = word[10:].strip("<> ").split(">")[0]
                        self.say("451 busy" if receiver.busy else "250 ok")
                    elif command.startswith("RCPT TO:"):
                        recipient = word[8:].strip("<> ").split(">")[0]
                        recipients.append(recipient)
                        self.say("550 no such user" if recipient in receiver.refuse else "250 ok")
                    elif command == "DATA":
                        self.say("354 go on")
                        lines = []
                        for part in iter(self.rfile.readline, b".\r\n"):
                            lines.append(part[1:] if part.startswith(b".") else part)
                        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                        with receiver.lock:
                            receiver.times.append(time.monotonic())
                            receiver.mails.append((encrypted, sender, recipients, mail))
                        self.say("250 taken")
                    elif command == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, block_on_close = True, True, False

            def handle_error(self, *_):  # a client that went away
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

"""A server of a test's own, on free ports and in a directory of its own; and the stubs to call it."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import uuid

import grpc

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "target/tools/python/stubs"))

CALL = 20  # seconds any call may take
BINARY = os.environ.get("DUGNAD_BIN", ROOT / "target/debug/dugnad")


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = tempfile.TemporaryDirectory()
        cls.before_start()
        cls.server = subprocess.Popen(
            [BINARY, "serve", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0"]
            + ["--data", cls.data.name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        cls.address = json.loads(cls.server.stdout.readline())["listening"]
        cls.channel = grpc.insecure_channel(cls.address)
        cls.caller = [("dugnad-tenant", "lillevik"), ("dugnad-caller", str(uuid.uuid4()))]

    @classmethod
    def before_start(cls):
        """What stands in the server's directory before it starts: nothing."""

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.server.terminate()
        status = cls.server.wait(timeout=30)
        cls.server.stdout.close()
        cls.data.cleanup()
        assert status == 0, f"the server ended with {status}"

    def call(self, method, request):
        return method(request, metadata=self.caller, timeout=CALL, wait_for_ready=True)

from __future__ import annotations

import json
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.catalogue import CATALOGUE
from netsuite.client.list import list_services
from tests.client.support import Printed, new_folder


class ListTests(SynchronousTestCase):
    def output(self, ready_file: Path | None = None, as_json: bool = False) -> str:
        output = Printed()
        self.assertEqual(list_services(output, ready_file, as_json), 0)
        return output.bytes.decode()

    def test_a_line_for_each_service(self) -> None:
        lines = self.output().splitlines()
        self.assertEqual([line.split()[0] for line in lines], list(CATALOGUE))
        for line, entry in zip(lines, CATALOGUE.values(), strict=True):
            self.assertTrue(line.endswith(f"  {entry.summary}"))
            self.assertIn(", ".join(map(str, entry.endpoints)), line)

    def test_json(self) -> None:
        self.assertEqual(
            json.loads(self.output(as_json=True))[2],
            {
                "name": "dialogue",
                "endpoints": ["tcp:12345"],
                "summary": CATALOGUE["dialogue"].summary,
            },
        )

    def test_ready_file(self) -> None:
        path = new_folder(self) / "file"
        path.write_text(json.dumps({"upper": ["tcp:127.0.0.1:7", "udp:127.0.0.1:8"], "own": []}))
        lines = self.output(path).splitlines()
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], r"^upper  tcp:127.0.0.1:7, udp:127.0.0.1:8  turns")
        self.assertEqual(lines[1], "own")

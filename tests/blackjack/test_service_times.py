"""What takes its time: a slow house, sleepers, and connections that are kept alive."""

from __future__ import annotations

from netsuite.blackjack.service import (
    KEEP_ALIVE,
    LAST_CALL,
)
from netsuite.serving.limits import Limits
from tests.blackjack.session.clients import (
    IAC,
    NOP,
    Case,
    Client,
    window,
)


class KeepAliveTests(Case):
    def nops(self, client: Client, seconds: float) -> int:
        client.read()
        client.commands.clear()
        self.pass_time(seconds)
        client.read()
        self.assertLessEqual(set(client.commands), {bytes([IAC, NOP])})
        return len(client.commands)

    def test_telnet(self) -> None:
        self.assertEqual(KEEP_ALIVE, 30.0)
        client = self.telnet(names=())
        self.assertEqual(self.nops(client, 29), 0)
        self.assertEqual(self.nops(client, 2), 1)
        self.assertEqual(self.nops(client, 120), 4)

    def test_nc(self) -> None:
        client = self.nc()
        client.read()
        self.assertEqual(self.nops(client, 120), 0)

    def test_it_is_no_sign_of_life(self) -> None:
        client = self.telnet(names=())
        self.pass_time(301)
        self.assertIn("Are you still there?", client.read())


class IdleTests(Case):
    def test_asked_and_gone(self) -> None:
        for somebody in (self.nc, self.guest, self.playing, lambda: self.playing(self.telnet())):
            client = somebody()
            client.read()
            self.pass_time(298)
            self.assertEqual(client.read(), "")
            self.pass_time(3)
            said = client.read()
            self.assertIn("Are you still there? Press Enter within 60 seconds to stay.", said)
            self.assertRegex(said, r"(> |: )\Z")
            self.pass_time(LAST_CALL - 3)
            self.assertFalse(client.closed)
            self.pass_time(4)
            said = client.read()
            self.assertIn("You have been away for too long.\r\nGoodbye.\r\n", said)
            self.assertTrue(client.closed)
            client.vanish()
        self.assertNothingLeft()

    def test_asked_and_there(self) -> None:
        client = self.guest()
        self.pass_time(301)
        self.assertIn("Are you still there?", client.read())
        client.type("look")
        client.read()
        self.pass_time(298)
        self.assertFalse(client.closed)
        self.pass_time(3)
        self.assertIn("Are you still there?", client.read())

    def test_somebody_who_types_slowly(self) -> None:
        client = self.telnet()
        client.type("")
        for _ in range(5):
            client.press("x")
            self.pass_time(290)
        self.assertNotIn("Are you still there?", client.read())

    def test_what_the_client_tells_by_itself_is_no_sign_of_life(self) -> None:
        client = self.telnet()
        client.type("")
        for columns in range(81, 100):
            client.send(window(columns, 24) + bytes([IAC, NOP]))
            self.pass_time(20)
        self.assertTrue(client.closed)

    def test_a_short_timeout(self) -> None:
        self.limits = Limits(idle_timeout=10.0)
        self.open()
        client = self.guest()
        self.pass_time(13)
        self.assertIn("Press Enter within 10 seconds to stay.", client.read())
        self.pass_time(13)
        self.assertTrue(client.closed)


class DelayTests(Case):
    """``--delay``: the house takes its time over each line."""

    def setUp(self) -> None:
        super().setUp()
        self.open(delay=5.0)

    def test_one_after_the_other(self) -> None:
        client = self.nc()
        client.read()
        client.send(b"\nstats\nhelp\n")
        self.assertEqual(client.read(), "")
        self.pass_time(5)
        self.assertIn("Your bet", client.read())
        self.pass_time(5)
        self.assertIn("rounds      0", client.read())
        self.pass_time(4)
        self.assertEqual(client.read(), "")
        self.pass_time(1)
        self.assertIn("[h]it", client.read())

    def test_side_by_side(self) -> None:
        clients = [self.nc() for _ in range(100)]
        for client in clients:
            client.type("")
        self.pass_time(5)
        for client in clients:
            self.assertIn("Your bet", client.read())

    def test_what_is_typed_is_seen_at_once(self) -> None:
        client = self.telnet()
        client.read()
        client.press(*"Ann")
        self.assertEqual(client.read(), "Ann")

    def test_gone_in_the_meantime(self) -> None:
        for how in ("vanishes", "is stopped", "hangs up"):
            with self.subTest(how=how):
                client = self.nc()
                client.send(b"\n10\ns\n")
                if how == "vanishes":
                    client.vanish()
                elif how == "is stopped":
                    client.connection.drain()
                    self.assertTrue(client.closed)
                    client.vanish()
                else:
                    client.eof()
                    self.pass_time(15)
                    said = client.read()
                    self.assertIn("bet 10", said)
                    self.assertTrue(said.endswith("Goodbye.\r\n"))
                    client.vanish()
                self.assertNothingLeft()

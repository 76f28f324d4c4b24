"""The rules: what is a request, what may be registered, and the words in which it is refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.cars import rules
from netsuite.cars.rules import Refused, Request
from tests.cars.plain import VALUES

NO_REQUEST = "Expected a tuple of the name of an action and its arguments"
UNKNOWN = (
    "Unknown action; expected one of GET_CAR_DETAILS, CHANGE_MILEAGE, CHANGE_OWNER, "
    "NEW_REGISTRATION, GET_LICENSES_STARTING_WITH, SHUTDOWN"
)

#: For each action, requests that are well formed.
WELL_FORMED: dict[str, list[tuple[str | int, ...]]] = {
    "GET_CAR_DETAILS": [("024 HYR",), ("",), ("x" * 1000,)],
    "CHANGE_MILEAGE": [("024 HYR", 0), ("024 HYR", -1), ("024 HYR", 2**70)],
    "CHANGE_OWNER": [("024 HYR", ""), ("024 HYR", "Jürgen Müller 🚗")],
    "NEW_REGISTRATION": [("024 HYR", 4, 0, "Jack Lemon"), ("", 0, -1, "")],
    "GET_LICENSES_STARTING_WITH": [("",), ("024",), ("", ""), ("024", "024 HYR")],
    "SHUTDOWN": [()],
}

#: The form of each action, as a client is told it.
FORMS = {
    "GET_CAR_DETAILS": '("GET_CAR_DETAILS", license)',
    "CHANGE_MILEAGE": '("CHANGE_MILEAGE", license, mileage)',
    "CHANGE_OWNER": '("CHANGE_OWNER", license, owner)',
    "NEW_REGISTRATION": '("NEW_REGISTRATION", license, seats, mileage, owner)',
    "GET_LICENSES_STARTING_WITH": '("GET_LICENSES_STARTING_WITH", prefix[, after])',
    "SHUTDOWN": '("SHUTDOWN",)',
}


class ParseTests(SynchronousTestCase):
    """The form of requests."""

    def refusal(self, value: object) -> str:
        """Return why a request is refused."""
        return str(self.assertRaises(Refused, rules.parse, value))

    def test_every_action(self) -> None:
        self.assertEqual(list(WELL_FORMED), list(rules.ACTIONS))
        for action, calls in WELL_FORMED.items():
            for arguments in calls:
                request = rules.parse((action, *arguments))
                self.assertEqual(request, Request(action, arguments))
                self.assertEqual(rules.parse([action, *arguments]), request)

    def test_what_is_no_request(self) -> None:
        for value in (
            *(None, True, 0, 1.5, "", "SHUTDOWN", b"SHUTDOWN", (), [], {"SHUTDOWN": 1}),
            *((None,), (1, "024 HYR"), (True,), (("SHUTDOWN",),), [["SHUTDOWN"]], (b"SHUTDOWN",)),
        ):
            self.assertEqual(self.refusal(value), NO_REQUEST, value)

    def test_unknown_actions(self) -> None:
        for name in ("", "shutdown", "SHUTDOWN ", "__class__", "\0", "\ud800", "x" * 60_000):
            self.assertEqual(self.refusal((name,)), UNKNOWN)
            self.assertEqual(self.refusal((name, "024 HYR")), UNKNOWN)

    def test_wrong_numbers_of_arguments(self) -> None:
        for action, calls in WELL_FORMED.items():
            counts = {len(arguments) for arguments in calls}
            for count in set(range(7)) - counts:
                self.assertEqual(
                    self.refusal((action, *["x"] * count)),
                    f"Wrong number of arguments; expected {FORMS[action]}",
                )

    def test_wrong_types(self) -> None:
        wrong: dict[type[object], list[object]] = {
            str: [None, True, False, 1, 1.0, ("024 HYR",), ["024 HYR"], b"024 HYR"],
            int: [None, True, False, 1.0, float("nan"), "1", (1,), [1]],
        }
        words = {str: "a string", int: "an integer"}
        for action, calls in WELL_FORMED.items():
            for arguments in calls:
                for index, argument in enumerate(arguments):
                    name = FORMS[action].strip("()").replace("[", "").replace("]", "").split(", ")
                    for value in wrong[type(argument)]:
                        spoilt = (*arguments[:index], value, *arguments[index + 1 :])
                        self.assertEqual(
                            self.refusal((action, *spoilt)),
                            f"Wrong type of {name[index + 1]}; expected {words[type(argument)]}",
                        )

    def test_the_first_wrong_type_is_told(self) -> None:
        self.assertIn("license", self.refusal(("NEW_REGISTRATION", 1, "2", "3", 4)))
        self.assertIn("seats", self.refusal(("NEW_REGISTRATION", "1", "2", "3", 4)))
        self.assertIn("mileage", self.refusal(("NEW_REGISTRATION", "1", 2, "3", 4)))

    def test_texts_that_no_database_keeps(self) -> None:
        for action, calls in WELL_FORMED.items():
            for arguments in calls:
                for index, argument in enumerate(arguments):
                    if not isinstance(argument, str):
                        continue
                    for text, reason in (
                        ("\0", "expected no NUL characters"),
                        ("a\0b", "expected no NUL characters"),
                        ("\ud800", "expected no halves of surrogate pairs"),
                        ("a\udfffb", "expected no halves of surrogate pairs"),
                        ("\udc80\ud800", "expected no halves of surrogate pairs"),
                    ):
                        spoilt = (*arguments[:index], text, *arguments[index + 1 :])
                        refusal = self.refusal((action, *spoilt))
                        self.assertTrue(refusal.startswith("Wrong value of "), refusal)
                        self.assertTrue(refusal.endswith(f"; {reason}"), refusal)
        self.assertEqual(
            self.refusal(("CHANGE_OWNER", "024 HYR", "\0")),
            "Wrong value of owner; expected no NUL characters",
        )

    def test_texts_that_every_database_keeps(self) -> None:
        for text in ("\x01", "\x7f", "\r\n", "é", "\ud7ff", "\ue000", "\uffff", "\U0010ffff"):
            request = rules.parse(("GET_CAR_DETAILS", text))
            self.assertEqual(request.arguments, (text,))

    @given(VALUES)
    def test_any_value_is_parsed_or_refused(self, value: object) -> None:
        try:
            request = rules.parse(value)
        except Refused as refusal:
            # What a client sent is not told to it again, nor to the log.
            self.assertTrue(str(refusal).isprintable())
        else:
            self.assertIn(request.action, rules.ACTIONS)

    @given(
        st.sampled_from(list(rules.ACTIONS)),
        st.lists(st.one_of(VALUES, st.text(), st.integers()), max_size=5),
    )
    def test_any_arguments_are_taken_or_refused(self, action: str, arguments: list[object]) -> None:
        try:
            request = rules.parse((action, *arguments))
        except Refused as refusal:
            self.assertTrue(str(refusal).startswith("Wrong "), refusal)
        else:
            self.assertEqual(request, (action, tuple(arguments)))
            parameters = rules.ACTIONS[action].parameters
            for (_, kind), argument in zip(parameters, request.arguments, strict=False):
                self.assertIs(type(argument), kind)


class CheckTests(SynchronousTestCase):
    """What may stand in a registration."""

    def refusal(self, license: str, seats: int, mileage: int, owner: str) -> str | None:
        """Return why a registration is refused; None if it is not."""
        try:
            rules.check_registration(license, seats, mileage, owner)
        except Refused as refusal:
            return str(refusal)
        return None

    def test_messages(self) -> None:
        for registration, reason in (
            (("024 HYR", 2, 97543, "Jack Lemon"), None),
            (("x", 9, 0, "x"), None),
            (("", 2, 97543, "Jack Lemon"), "Cannot set an empty license"),
            (("024 HYR", 3, 97543, "Jack Lemon"), "Cannot register car with invalid seats"),
            (("024 HYR", 2, -1, "Jack Lemon"), "Cannot set a negative mileage"),
            (("024 HYR", 2, 97543, ""), "Cannot set an empty owner"),
        ):
            self.assertEqual(self.refusal(*registration), reason)

    def test_seats(self) -> None:
        allowed = {2, 4, 5, 6, 7, 8, 9}
        for seats in (*range(-2, 20), 2**31, 2**63, -(2**63) - 1, 10**300):
            self.assertEqual(self.refusal("x", seats, 0, "x") is None, seats in allowed, seats)

    def test_mileages(self) -> None:
        for mileage, reason in (
            (0, None),
            (2**63 - 1, None),
            (-1, "Cannot set a negative mileage"),
            (-(2**63) - 1, "Cannot set a negative mileage"),
            (2**63, f"Cannot set a mileage above {2**63 - 1}"),
            (10**300, f"Cannot set a mileage above {2**63 - 1}"),
        ):
            self.assertEqual(self.refusal("x", 2, mileage, "x"), reason)

    def test_licenses(self) -> None:
        for license, reason in (
            ("x" * 100, None),
            ("\U0010ffff" * 100, None),
            (" ", None),
            ("x" * 101, "Cannot set a license of more than 100 characters"),
        ):
            self.assertEqual(self.refusal(license, 2, 0, "x"), reason)

    def test_the_order_is_that_of_the_classic_server(self) -> None:
        license, seats, mileage, owner = "", 3, -1, ""
        self.assertEqual(
            self.refusal(license, seats, mileage, owner), "Cannot set an empty license"
        )
        license = "x"
        self.assertEqual(
            self.refusal(license, seats, mileage, owner), "Cannot register car with invalid seats"
        )
        seats = 4
        self.assertEqual(
            self.refusal(license, seats, mileage, owner), "Cannot set a negative mileage"
        )
        mileage = 0
        self.assertEqual(self.refusal(license, seats, mileage, owner), "Cannot set an empty owner")
        owner = "x"
        self.assertIsNone(self.refusal(license, seats, mileage, owner))

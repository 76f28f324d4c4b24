from __future__ import annotations

from urllib.parse import unquote_to_bytes

from hypothesis import assume, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from netsuite.web.patterns import (
    LARGEST_INT,
    Parameter,
    PathDecodeError,
    Pattern,
    PatternTree,
)


def split(path: str) -> list[bytes]:
    """Do what an HTTP engine does with a raw path."""
    return [unquote_to_bytes(segment) for segment in path[1:].split("/")]


def is_text(segment: bytes) -> bool:
    try:
        return "\0" not in segment.decode()
    except UnicodeDecodeError:
        return False


def tree(*patterns: str) -> PatternTree[str]:
    made: PatternTree[str] = PatternTree()
    for pattern in patterns:
        made.add(Pattern.parse(pattern), pattern)
    return made


class ParseTests(SynchronousTestCase):
    def test_segments(self) -> None:
        self.assertEqual(
            Pattern.parse("/genes/<int:n>/<name>/<path:rest>").segments,
            ("genes", Parameter("n", "int"), Parameter("name"), Parameter("rest", "path")),
        )

    def test_text_is_the_source(self) -> None:
        for text in ("/", "/a", "/a/", "//", "/a/<b>/<int:c>/<path:d>", "/grün und gut/"):
            self.assertEqual(str(Pattern.parse(text)), text)

    def test_str_is_the_default_converter(self) -> None:
        self.assertEqual(Pattern.parse("/<str:a>"), Pattern.parse("/<a>"))

    def test_malformed(self) -> None:
        for text, problem in (
            ("", "start with a slash"),
            ("genes", "start with a slash"),
            ("/<>", "cannot name a parameter"),
            ("/<a b>", "cannot name a parameter"),
            ("/<class>", "cannot name a parameter"),
            ("/<1st>", "cannot name a parameter"),
            ("/<a", "a whole segment"),
            ("/a>", "a whole segment"),
            ("/<a><b>", "a whole segment"),
            ("/gene-<a>", "a whole segment"),
            ("/<a:b:c>", "a whole segment"),
            ("/<float:a>", "unknown converter 'float': there are int, str, path"),
            ("/<:a>", "unknown converter ''"),
            ("/<a>/<int:a>", "two parameters 'a'"),
            ("/<path:a>/b", "<path:a> is not the last segment"),
            ("/<path:a>/", "<path:a> is not the last segment"),
            ("/a%20b", "without percent-escapes"),
            ("/a?b", "without percent-escapes"),
            ("/a#b", "without percent-escapes"),
            ("/a\0", "without percent-escapes"),
            ("/\ud800", "without percent-escapes"),
        ):
            with self.subTest(pattern=text):
                error = self.assertRaises(ValueError, Pattern.parse, text)
                self.assertIn(problem, str(error))
                self.assertIn(repr(text), str(error))


class FindTests(SynchronousTestCase):
    def assertFinds(
        self, patterns: PatternTree[str], path: str, pattern: str | None, **values: str | int
    ) -> None:
        found = patterns.find(split(path))
        self.assertEqual(found, None if pattern is None else (pattern, values), path)

    def test_slashes_count(self) -> None:
        patterns = tree("/", "/a", "/a/", "/b//c")
        for path in ("/", "/a", "/a/", "/b//c"):
            self.assertFinds(patterns, path, path)
        for path in ("//", "//a", "/a//", "/b/c", "/b", "/b/", "/b//c/"):
            self.assertFinds(patterns, path, None)

    def test_nothing_is_not_the_root(self) -> None:
        self.assertIsNone(tree("/", "/<a>", "/<path:b>").find([]))

    def test_parameters(self) -> None:
        patterns = tree("/genes/<gene>/notes/<int:note>")
        self.assertFinds(
            patterns,
            "/genes/A1BG/notes/12",
            "/genes/<gene>/notes/<int:note>",
            gene="A1BG",
            note=12,
        )

    def test_most_specific_wins_in_any_order(self) -> None:
        names = ["/<path:a>", "/<b>", "/<int:c>", "/7", "/<b>/x", "/7/<d>", "/<int:c>/<path:e>"]
        for order in (names, names[::-1]):
            patterns = tree(*order)
            self.assertFinds(patterns, "/7", "/7")
            self.assertFinds(patterns, "/8", "/<int:c>", c=8)
            self.assertFinds(patterns, "/x", "/<b>", b="x")
            self.assertFinds(patterns, "/x/y", "/<path:a>", a="x/y")
            self.assertFinds(patterns, "/7/x", "/7/<d>", d="x")
            self.assertFinds(patterns, "/8/x", "/<int:c>/<path:e>", c=8, e="x")
            self.assertFinds(patterns, "/y/x", "/<b>/x", b="y")

    def test_goes_back_to_a_less_specific_one(self) -> None:
        patterns = tree("/a/b/c", "/a/<x>/d", "/<y>/b/<int:n>", "/<path:z>")
        self.assertFinds(patterns, "/a/b/c", "/a/b/c")
        self.assertFinds(patterns, "/a/b/d", "/a/<x>/d", x="b")
        self.assertFinds(patterns, "/a/b/5", "/<y>/b/<int:n>", y="a", n=5)
        self.assertFinds(patterns, "/a/b/e", "/<path:z>", z="a/b/e")

    def test_escapes_are_decoded_once(self) -> None:
        patterns = tree("/a b/<x>", "/grün")
        self.assertFinds(patterns, "/a%20b/%41", "/a b/<x>", x="A")
        self.assertFinds(patterns, "/%61%20%62/%2541", "/a b/<x>", x="%41")
        self.assertFinds(patterns, "/gr%C3%BCn", "/grün")
        self.assertFinds(patterns, "/a b/%zz", "/a b/<x>", x="%zz")

    def test_an_escaped_slash_does_not_divide(self) -> None:
        patterns = tree("/<x>", "/a/b")
        self.assertFinds(patterns, "/a%2Fb", "/<x>", x="a/b")
        self.assertFinds(patterns, "/a/b", "/a/b")

    def test_str_is_not_empty(self) -> None:
        self.assertFinds(tree("/a/<x>"), "/a/", None)

    def test_int(self) -> None:
        patterns = tree("/<int:n>")
        for text in ("0", "7", "10", str(LARGEST_INT)):
            self.assertFinds(patterns, f"/{text}", "/<int:n>", n=int(text))
        odd = ("", "-1", "+1", "007", "00", "1_0", "1.0", "0x1", "%201", "٣", "²", "1e3")
        for text in (*odd, str(LARGEST_INT + 1), "9" * 19, "9" * 10_000):
            self.assertFinds(patterns, f"/{text}", None)

    def test_path(self) -> None:
        patterns = tree("/files/<path:p>")
        for rest in ("a", "a/b", "a//b", "a/", "..", "a/../b"):
            self.assertFinds(patterns, f"/files/{rest}", "/files/<path:p>", p=rest)
        # No value may look like an absolute path, or have a slash that divides nothing.
        for rest in ("", "/", "/etc/passwd", "a%2Fb", "%2Fetc", "..%2f.."):
            self.assertFinds(patterns, f"/files/{rest}", None)

    def test_what_is_not_text(self) -> None:
        patterns = tree("/", "/a/<x>", "/p/<path:y>", "/i/<int:n>")
        for path in (
            "/a/%FF",
            "/a/%C3",
            "/a/%00",
            "/a/%ED%A0%80",
            "/a/%C0%AF",
            "/p/x/%FF",
            "/p/%00/x",
            "/i/%FF",
            "/%FF",
            "/unknown/%FF/x",
            "/a/b/%00",
        ):
            with self.subTest(path=path):
                self.assertRaises(PathDecodeError, patterns.find, split(path))

    def test_same_paths_twice(self) -> None:
        patterns = tree("/a/<x>/b/<int:n>")
        for text in ("/a/<x>/b/<int:n>", "/a/<y>/b/<int:n>", "/a/<x>/b/<int:m>"):
            error = self.assertRaises(ValueError, patterns.add, Pattern.parse(text), text)
            self.assertIn("'/a/<x>/b/<int:n>'", str(error))

    def test_get(self) -> None:
        patterns = tree("/a/<x>")
        self.assertEqual(patterns.get(Pattern.parse("/a/<x>")), "/a/<x>")
        self.assertIsNone(patterns.get(Pattern.parse("/a/<y>")))
        self.assertIsNone(patterns.get(Pattern.parse("/a")))

    def test_a_deep_path_is_no_trouble(self) -> None:
        patterns = tree("/a/<x>", "/<path:p>")
        self.assertFinds(patterns, "/a" * 10_000, "/<path:p>", p=("a/" * 10_000)[:-1])


class BuildTests(SynchronousTestCase):
    def test_build(self) -> None:
        pattern = Pattern.parse("/grün und/<name>/<int:n>/<path:rest>")
        self.assertEqual(
            pattern.build(name="a/b%?#ö", n=7, rest="x y/..//z/"),
            "/gr%C3%BCn%20und/a%2Fb%25%3F%23%C3%B6/7/x%20y/..//z/",
        )

    def test_values_that_no_path_gives(self) -> None:
        for text, values in (
            ("/<a>", ("", "a\0b", "\ud800", 7)),
            ("/<int:a>", (-1, LARGEST_INT + 1, "7", "x")),
            ("/<path:a>", ("", "/", "/a", "a/\0", 7)),
        ):
            for value in values:
                with self.subTest(pattern=text, value=value):
                    error = self.assertRaises(ValueError, Pattern.parse(text).build, a=value)
                    self.assertIn("cannot stand for", str(error))

    def test_wrong_parameters(self) -> None:
        pattern = Pattern.parse("/<a>")
        self.assertRaises(TypeError, pattern.build)
        self.assertRaises(TypeError, pattern.build, b="x")
        self.assertRaises(TypeError, pattern.build, a="x", b="x")


class RoundTripTests(SynchronousTestCase):
    text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)

    @given(text, st.integers(0, LARGEST_INT), text)
    def test_round_trip(self, name: str, number: int, rest: str) -> None:
        assume(not rest.startswith("/"))
        values: dict[str, str | int] = {"name": name, "number": number, "rest": rest}
        patterns = tree("/g/<name>", "/g/<name>/<int:number>/<path:rest>")
        pattern = Pattern.parse("/g/<name>/<int:number>/<path:rest>")
        path = pattern.build(**values)
        self.assertTrue(path.isascii())
        self.assertNotIn(" ", path)
        self.assertEqual(patterns.find(split(path)), (str(pattern), values))

    @given(
        st.lists(st.binary(max_size=6) | st.sampled_from([b"a", b"7", b"", b"\xff"]), max_size=5)
    )
    def test_any_segments(self, segments: list[bytes]) -> None:
        patterns = tree("/", "/a", "/a/<x>/7", "/<x>", "/a/<int:n>", "/a/<path:p>")
        try:
            found = patterns.find(segments)
        except PathDecodeError:
            self.assertFalse(all(map(is_text, segments)))
        else:
            if found is None:
                self.assertTrue(all(map(is_text, segments)))
            else:
                pattern, values = found
                self.assertEqual(split(Pattern.parse(pattern).build(**values)), segments)

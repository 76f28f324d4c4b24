from __future__ import annotations

import os
import socket
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from netsuite.files.paths import (
    Entry,
    Folder,
    ForbiddenError,
    MalformedPathError,
    MissingError,
    RegularFile,
    Root,
    Script,
)

from .served import folder


class PathsTests(SynchronousTestCase):
    def setUp(self) -> None:
        top = folder(self)
        (top / "root/folder/deep").mkdir(parents=True)
        (top / "root/cgi-bin/more").mkdir(parents=True)
        (top / "outside").mkdir()
        (top / "outside/secret.txt").write_text("secret")
        (top / "root/a.txt").write_text("a")
        (top / "root/folder/b.txt").write_text("b")
        (top / "root/.hidden").write_text("h")
        for name in ("cgi-bin/run", "cgi-bin/more/run"):
            (top / "root" / name).write_text("#!/bin/sh\n")
            (top / "root" / name).chmod(0o755)
        (top / "root/cgi-bin/plain").write_text("not executable")
        (top / "root/cgi-bin/plain").chmod(0o644)
        self.top = top.resolve()
        self.path = self.top / "root"
        self.root = Root(self.path)

    def find(self, path: str) -> RegularFile | Folder | Script:
        return self.root.find(path.encode().split(b"/"))

    def missing(self, *paths: str) -> None:
        for path in paths:
            self.assertRaises(MissingError, self.find, path)

    def test_files_and_folders(self) -> None:
        self.assertEqual(self.find(""), Folder(self.path, slash=True))
        self.assertEqual(self.root.find([]), Folder(self.path, slash=True))
        self.assertEqual(self.find("a.txt"), RegularFile(self.path / "a.txt"))
        self.assertEqual(self.find("folder"), Folder(self.path / "folder", slash=False))
        self.assertEqual(self.find("folder/"), Folder(self.path / "folder", slash=True))
        self.assertEqual(self.find("folder/b.txt"), RegularFile(self.path / "folder/b.txt"))

    def test_nothing_there(self) -> None:
        self.missing("nope", "a.txt/", "a.txt/x", "/a.txt", "folder//b.txt", "//", "x" * 300)

    def test_names_that_are_not_names(self) -> None:
        self.missing("..", "../outside/secret.txt", "folder/../a.txt", ".", "./a.txt")
        self.missing("folder/../cgi-bin/run", "cgi-bin/../a.txt", "cgi-bin/run/../../x")
        for segment in (b"../outside/secret.txt", b"/etc/passwd", b"folder/b.txt", b"/"):
            self.assertRaises(MissingError, self.root.find, [segment])
            self.assertRaises(MissingError, self.root.find, [b"cgi-bin", b"run", segment])
        for segments in ([b"a.txt\0"], [b"cgi-bin", b"run", b"\0"]):
            self.assertRaises(MalformedPathError, self.root.find, segments)

    def test_backslash_is_a_letter(self) -> None:
        self.missing("..\\outside\\secret.txt")
        (self.path / "a\\b").write_text("odd, but a name")
        self.assertEqual(self.find("a\\b"), RegularFile(self.path / "a\\b"))

    def test_dot_names_are_hidden(self) -> None:
        (self.path / "folder/.git").mkdir()
        (self.path / "folder/.git/config").write_text("x")
        self.missing(".hidden", "folder/.git", "folder/.git/", "folder/.git/config")
        self.missing("cgi-bin/.run")

    def test_links(self) -> None:
        (self.path / "inside").symlink_to("folder/b.txt")
        (self.path / "inside-folder").symlink_to("folder")
        (self.path / "out").symlink_to("../outside")
        (self.path / "out.txt").symlink_to(self.top / "outside/secret.txt")
        (self.path / "chain").symlink_to("out.txt")
        (self.path / "loop").symlink_to("loop")
        (self.path / "dangling").symlink_to("nowhere")
        self.assertEqual(self.find("inside"), RegularFile(self.path / "folder/b.txt"))
        self.assertEqual(self.find("inside-folder/b.txt"), RegularFile(self.path / "folder/b.txt"))
        self.missing("out", "out/", "out/secret.txt", "out.txt", "chain", "loop", "dangling")

    def test_neighbour_with_the_same_beginning(self) -> None:
        (self.top / "root-two").mkdir()
        (self.top / "root-two/x").write_text("x")
        (self.path / "two").symlink_to("../root-two/x")
        self.missing("two")

    def test_special_files(self) -> None:
        os.mkfifo(self.path / "fifo")
        os.mkfifo(self.path / "cgi-bin/fifo")
        listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(listening.close)
        here = Path.cwd()
        os.chdir(self.path)
        self.addCleanup(os.chdir, here)
        listening.bind("socket")
        (self.path / "null").symlink_to("/dev/null")
        self.missing("fifo", "socket", "null", "cgi-bin/fifo")

    def test_scripts(self) -> None:
        run = self.path / "cgi-bin/run"
        self.assertEqual(self.find("cgi-bin/run"), Script(run, (b"cgi-bin", b"run"), ()))
        self.assertEqual(
            self.find("cgi-bin/run/x//y/"),
            Script(run, (b"cgi-bin", b"run"), (b"x", b"", b"y", b"")),
        )
        self.assertEqual(
            self.find("cgi-bin/more/run/.x"),
            Script(self.path / "cgi-bin/more/run", (b"cgi-bin", b"more", b"run"), (b".x",)),
        )
        for path in ("cgi-bin", "cgi-bin/", "cgi-bin/more", "cgi-bin/more/", "cgi-bin/plain"):
            self.assertRaises(ForbiddenError, self.find, path)
        self.missing("cgi-bin/nope", "cgi-bin//run", "/cgi-bin/run", "cgi-bin/nope/run")

    def test_no_folder_of_scripts(self) -> None:
        root = Root(self.path / "folder")
        for path in (b"cgi-bin", b"cgi-bin/", b"cgi-bin/run"):
            self.assertRaises(MissingError, root.find, path.split(b"/"))

    def test_script_sources_cannot_be_had_otherwise(self) -> None:
        (self.path / "link").symlink_to("cgi-bin/run")
        (self.path / "folder/scripts").symlink_to("../cgi-bin")
        # What a file system that ignores case makes of CGI-BIN.
        (self.path / "CGI-BIN").symlink_to("cgi-bin")
        self.missing("link", "folder/scripts", "folder/scripts/", "folder/scripts/run")
        self.missing("CGI-BIN", "CGI-BIN/run", "CGI-BIN/more/run")
        names = {entry.name for entry in self.root.entries(self.path, 100)[0]}
        self.assertEqual(names, {b"a.txt", b"folder"})

    def test_scripts_outside_are_not_run(self) -> None:
        (self.top / "outside/run").write_text("#!/bin/sh\n")
        (self.top / "outside/run").chmod(0o755)
        (self.path / "cgi-bin/out").symlink_to("../../outside/run")
        (self.path / "folder/cgi-bin").symlink_to(self.top / "outside")
        self.missing("cgi-bin/out")
        root = Root(self.path / "folder")
        self.assertRaises(MissingError, root.find, [b"cgi-bin", b"run"])

    def test_entries(self) -> None:
        (self.path / "out").symlink_to("../outside")
        (self.path / "inside").symlink_to("folder/b.txt")
        os.mkfifo(self.path / "fifo")
        odd = b"\xff\n<"
        (self.path / os.fsdecode(odd)).write_text("12345")
        entries, more = self.root.entries(self.path, 100)
        self.assertFalse(more)
        self.assertEqual(
            {(entry.name, entry.size) for entry in entries},
            {(b"a.txt", 1), (b"folder", None), (b"inside", 1), (odd, 5)},
        )
        self.assertTrue(all(isinstance(entry, Entry) and entry.modified > 0 for entry in entries))

    def test_entries_are_bounded(self) -> None:
        for number in range(10):
            (self.path / f"folder/{number}").write_text("")
        entries, more = self.root.entries(self.path / "folder", 4)
        self.assertEqual((len(entries), more), (4, True))

    def test_index(self) -> None:
        folder = self.path / "folder"
        self.assertIsNone(self.root.index(folder))
        (folder / "index.html").symlink_to("../../outside/secret.txt")
        self.assertIsNone(self.root.index(folder))
        (folder / "index.html").unlink()
        (folder / "index.html").mkdir()
        self.assertIsNone(self.root.index(folder))
        (folder / "index.html").rmdir()
        (folder / "index.html").write_text("page")
        self.assertEqual(self.root.index(folder), folder / "index.html")

    def test_root_itself(self) -> None:
        (self.top / "alias").symlink_to("root")
        self.assertEqual(Root(self.top / "alias").path, self.path)
        self.assertRaises(NotADirectoryError, Root, self.path / "a.txt")
        self.assertRaises(FileNotFoundError, Root, self.path / "nope")

    def test_translated(self) -> None:
        self.assertEqual(self.root.translated([b"x", b"\xff"]), os.fsencode(self.path) + b"/x/\xff")
        self.assertEqual(Root(Path("/")).translated([b"x"]), b"/x")

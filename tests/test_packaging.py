"""Wheel, source archive, strict editable install, and the bare checkout.

Everything is built from a copy of the checkout, and without a network: what is installed sees the
packages of the Python that runs the tests.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsuite import __version__
from netsuite.catalogue import CATALOGUE

CHECKOUT = Path(__file__).parents[1]

#: How long a build, or the start of a server, may take, in seconds.
PATIENCE = 60.0

PLUGINS = {"netsuite", *(entry.plugin for entry in CATALOGUE.values())}
PLUGIN_LINES = "twisted/plugins/netsuite_plugins.py"
SCRIPTS = {
    f"netsuite/files/sample/cgi-bin/{name}" for name in ("environment.py", "form.py", "hello")
}
SCRIPT_BITS = 0o111

TWISTD = "import sys; sys.argv[0] = 'twistd'; from twisted.scripts.twistd import run; run()"

pytestmark = pytest.mark.slow


def need(module: str) -> None:
    """Skip the test where a module is missing; a folder of that name is none."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"building without a network needs {module.partition('.')[0]} to be installed")


def need_setuptools() -> None:
    """Skip the test where setuptools is missing, or too old to make wheels by itself."""
    need("setuptools")
    major, minor = importlib.metadata.version("setuptools").split(".")[:2]
    if (int(major), int(minor)) < (70, 1):
        pytest.skip("building without a network needs setuptools 70.1 or later to be installed")


def run(*command: str | Path, folder: Path) -> str:
    """Run a command to its end, check that it succeeds, and return what it printed."""
    ended = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing but what is installed, or in the folder, is found."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**inherited, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "XDG_STATE_HOME": str(folder)}


def tracked() -> list[str]:
    """Return the files of the checkout that git tracks, or would."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(
            command, cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("what belongs to the project is known to git only, and there is none here")
    names = listed.stdout.removesuffix("\0").split("\0")
    return sorted(name for name in names if os.path.lexists(CHECKOUT / name))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the checkout: to build is to write into it."""
    return copied(tmp_path / "checkout")


def copied(target: Path) -> Path:
    """Copy what belongs to the project."""
    for name in tracked():
        source, copy = CHECKOUT / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            copy.symlink_to(source.readlink())
        else:
            copy.write_bytes(source.read_bytes())
            copy.chmod(source.stat().st_mode)
    return target


def build(source: Path, target: Path, kind: str) -> Path:
    """Build a wheel or a source archive, and return its path."""
    need("build.__main__")
    need_setuptools()
    command = (sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", target)
    run(*command, source, folder=source.parent)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    return build(copied(folder / "checkout"), folder / "built", "wheel")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive."""
    folder = tmp_path_factory.mktemp("sdist")
    return build(copied(folder / "checkout"), folder / "built", "sdist")


def unpacked(sdist: Path, folder: Path) -> Path:
    """Unpack the source archive as pip does, and return its root."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"netsuite-{__version__}"


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel, but for its record, in which their order shows."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")
        }


def test_the_wheel_holds_what_is_installed_and_no_more(wheel: Path) -> None:
    """Every module, and the data that they read; a package that setup.cfg forgets shows here."""
    packaged = {name for name in tracked() if name.startswith("netsuite/")} - {"netsuite/tap"}
    taps = {f"netsuite/{name}" for name in tracked() if name.startswith("tap/")}
    metadata = f"netsuite-{__version__}.dist-info/"
    held = {name for name in contents(wheel) if not name.startswith(metadata)}
    assert held == packaged | taps | {PLUGIN_LINES}
    # What others rely on by name.
    assert {"netsuite/words.txt", "netsuite/py.typed", "netsuite/tap/netsuite.py"} <= held
    assert held >= SCRIPTS
    assert "twisted/plugins/__init__.py" not in held
    assert not any(name.startswith(("tests/", "tap/", "benchmarks/", "docs/")) for name in held)


def test_the_scripts_in_the_wheel_are_executable(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modes = {each.filename: each.external_attr >> 16 for each in archive.infolist()}
    executable = {name for name, mode in modes.items() if mode & SCRIPT_BITS}
    assert executable == SCRIPTS


def test_the_metadata(wheel: Path) -> None:
    metadata = f"netsuite-{__version__}.dist-info"
    files = contents(wheel)
    text = files[f"{metadata}/METADATA"].decode()
    assert f"\nVersion: {__version__}\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    for extra in ("test", "docs", "bench", "dev"):
        assert f"\nProvides-Extra: {extra}\n" in text
    assert "netsuite = netsuite.client.main:run" in files[f"{metadata}/entry_points.txt"].decode()
    assert any(name.endswith("/LICENSE") for name in files)


def test_the_source_archive_holds_what_tests_and_docs_need(sdist: Path) -> None:
    """All of the checkout but for what serves the repository itself; the link is a folder."""
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    assert all(each.isfile() or each.isdir() for each in members)
    root = f"netsuite-{__version__}/"
    held = {each.name.removeprefix(root): each.mode for each in members if each.isfile()}
    project = {
        name.replace("tap/", "netsuite/tap/", 1) if name.startswith("tap/") else name
        for name in tracked()
        if not name.startswith(".")
    } - {"netsuite/tap"}
    assert project - set(held) == set()
    extra = {name for name in set(held) - project if not name.startswith("netsuite.egg-info/")}
    assert extra == {"PKG-INFO"}
    assert all(held[name] & SCRIPT_BITS for name in SCRIPTS)


def test_the_source_archive_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    again = build(unpacked(sdist, tmp_path / "unpacked"), tmp_path / "built", "wheel")
    assert contents(again) == contents(wheel)


def test_the_tests_run_from_the_source_archive(sdist: Path, tmp_path: Path) -> None:
    source = unpacked(sdist, tmp_path)
    tests = (
        "tests.test_framing",
        "tests.test_catalogue",
        "tests.tap.test_plugins",
        "tests.docs.test_readme",
    )
    assert "PASSED" in run(sys.executable, "-m", "twisted.trial", *tests, folder=source)


def test_the_bare_checkout_works(copy: Path) -> None:
    tap = run(sys.executable, "-c", "import netsuite.tap as t; print(t.__file__)", folder=copy)
    assert Path(tap.strip()) == copy / "netsuite" / "tap" / "__init__.py"
    assert "PASSED" in run(sys.executable, "-m", "twisted.trial", "tests.test_framing", folder=copy)
    said = run(sys.executable, "-m", "netsuite", "--help", folder=copy)
    assert "doctor" in said


class Environment:
    """A virtual environment that sees the installed packages, but no netsuite among them.

    :param folder: where to make it.
    """

    def __init__(self, folder: Path) -> None:
        need("pip")
        need_setuptools()
        self.folder = folder
        venv.create(folder / "venv", symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
        self.site = site
        view = folder / "packages"
        for entry in sys.path:
            if Path(entry).name in ("site-packages", "dist-packages"):
                _link(Path(entry), view)
        (site / "view.pth").write_text(f"{view}\n")

    def install(self, *arguments: str | Path) -> None:
        """Run ``pip install``, without a network."""
        offline = ("--no-index", "--no-deps", "--no-build-isolation")
        pip = (sys.executable, "-m", "pip", "--python", self.python, "install", *offline)
        run(*pip, *arguments, folder=self.folder)


def _link(packages: Path, view: Path) -> None:
    """Link what is installed into a folder, but for netsuite and its plugins."""
    view.mkdir(exist_ok=True)
    for each in packages.iterdir():
        if each.name.startswith(("netsuite", "__editable__")) or each.name == "dropin.cache":
            continue
        target = view / each.name
        if (each.name, packages.name) in (("twisted", packages.name), ("plugins", "twisted")):
            _link(each, target)
        elif not target.exists():
            target.symlink_to(each)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Install the wheel."""
    environment = Environment(tmp_path_factory.mktemp("installed"))
    environment.install(wheel)
    return environment


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Install a checkout, editable; ``mode = strict`` stands in setup.cfg."""
    environment = Environment(tmp_path_factory.mktemp("editable"))
    environment.install("--editable", copied(environment.folder / "checkout"))
    return environment


@pytest.fixture(params=["installed", "editable"])
def either(request: pytest.FixtureRequest) -> Environment:
    """Return each of the two in turn."""
    environment: Environment = request.getfixturevalue(request.param)
    return environment


def test_a_fresh_environment_has_no_netsuite(tmp_path: Path) -> None:
    """Otherwise the tests that follow would prove nothing."""
    fresh = Environment(tmp_path)
    help_text = run(fresh.python, "-c", TWISTD, "--help", folder=tmp_path)
    assert PLUGINS & set(help_text.split()) == set()
    code = "import importlib.util as u; print(u.find_spec('netsuite'))"
    assert run(fresh.python, "-c", code, folder=tmp_path) == "None\n"


def test_twistd_lists_every_plugin(either: Environment, tmp_path: Path) -> None:
    text = run(either.python, "-c", TWISTD, "--help", folder=tmp_path)
    listed = {line.split()[0] for line in text.splitlines() if line.startswith("    ")}
    assert listed >= PLUGINS
    assert "Traceback" not in text


def test_the_client_is_there(either: Environment, tmp_path: Path) -> None:
    text = run(either.python.parent / "netsuite", "--help", folder=tmp_path)
    assert "doctor" in text


def test_twisted_keeps_its_own_plugins(installed: Environment, tmp_path: Path) -> None:
    """Nothing of ours takes the place of ``twisted/plugins/__init__.py``."""
    ours = {
        str(path.relative_to(installed.site)) for path in (installed.site / "twisted").rglob("*.py")
    }
    assert ours == {PLUGIN_LINES}
    listed = run(installed.python, "-c", TWISTD, "--help", folder=tmp_path).split()
    assert {"web", "inetd", "telnet"} <= set(listed)


def test_the_checkouts_changes_show_in_an_editable_install(
    editable: Environment, tmp_path: Path
) -> None:
    tap = editable.folder / "checkout" / "tap" / "clock.py"
    tap.write_text(tap.read_text() + "\nCHANGED = True\n")
    code = "from netsuite.tap.clock import CHANGED; print(CHANGED)"
    assert run(editable.python, "-c", code, folder=tmp_path) == "True\n"


@pytest.fixture
def files(either: Environment, tmp_path: Path) -> Iterator[str]:
    """Start ``twistd files`` from what is installed, and return its URL."""
    ready = tmp_path / "ready.json"
    command = ["-n", "files", "--ephemeral", "--ready-file", str(ready)]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [either.python, "-c", TWISTD, *command],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + PATIENCE
        while not ready.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        (address,) = json.loads(ready.read_text())["files"]
        yield f"http://127.0.0.1:{address.rpartition(':')[2]}"
        process.terminate()
        assert process.wait(PATIENCE) == 0, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def get(url: str) -> bytes:
    """Return what is served at a URL."""
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        body: bytes = answer.read()
    return body


def test_the_sample_is_served(files: str) -> None:
    sample = CHECKOUT / "netsuite" / "files" / "sample"
    for name in ("welcome.html", "notes.txt", "waves.png", "poems/index.html"):
        assert get(f"{files}/{name}") == (sample / name).read_bytes()
    assert b"welcome.html" in get(f"{files}/")
    assert get(f"{files}/cgi-bin/hello").startswith(b"Hello 127.0.0.1")

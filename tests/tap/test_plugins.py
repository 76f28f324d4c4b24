"""The plugin lines: they agree with the catalogue, and load nothing before they are chosen."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from twisted.application.service import IService, IServiceMaker, ServiceMaker
from twisted.plugin import IPlugin
from twisted.python import usage
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from netsuite.catalogue import CATALOGUE
from netsuite.serving.service import ListeningService
from netsuite.serving.suite import Suite

CHECKOUT = Path(__file__).parents[2]
LINES = CHECKOUT / "twisted_plugins" / "netsuite_plugins.py"

#: The names of Twisted's own plugins.
TAKEN = {"conch", "dns", "ftp", "inetd", "mail", "manhole"} | {
    *("portforward", "procmon", "socks", "telnet", "web", "words")
}


def plugins() -> dict[str, ServiceMaker]:
    """Return what the lines define, by the plugins' names."""
    defined = runpy.run_path(str(LINES))
    makers = [each for each in defined.values() if isinstance(each, ServiceMaker)]
    assert len({maker.tapname for maker in makers}) == len(makers), "a name is used twice"
    return {maker.tapname: maker for maker in makers}


class PluginTests(SynchronousTestCase):
    """Each line."""

    def test_one_for_each_plugin_of_the_catalogue_and_the_umbrella(self) -> None:
        names = ["netsuite", *dict.fromkeys(entry.plugin for entry in CATALOGUE.values())]
        self.assertEqual(list(plugins()), names)
        self.assertEqual(TAKEN & set(names), set())

    def test_interfaces(self) -> None:
        for maker in plugins().values():
            self.assertTrue(IPlugin.providedBy(maker))
            verifyObject(IServiceMaker, maker)

    def test_modules(self) -> None:
        for name, maker in plugins().items():
            self.assertEqual(maker.module, f"netsuite.tap.{name}")
            self.assertEqual(maker.name, name)

    def test_descriptions_name_the_default_ports(self) -> None:
        for name, maker in plugins().items():
            if name == "netsuite":
                continue
            entry = CATALOGUE[name]
            ports = [str(each.port) for each in entry.endpoints]
            self.assertEqual(re.findall(r"\b\d{3,}\b", maker.description), ports, name)
            self.assertEqual("UDP" in maker.description, "udp" in str(entry.endpoints), name)
            self.assertEqual("HTTP" in maker.description, "HTTP" in entry.summary, name)
            self.assertTrue(maker.description.endswith(")."), name)

    def test_each_makes_its_service(self) -> None:
        for name, maker in plugins().items():
            options = maker.options()
            self.assertIsInstance(options, usage.Options)
            options.parseOptions(["--ephemeral"])
            suite = maker.makeService(options)
            self.assertTrue(IService.providedBy(suite))
            assert isinstance(suite, Suite)
            services = [each.name for each in suite if isinstance(each, ListeningService)]
            self.assertEqual(services, list(CATALOGUE) if name == "netsuite" else [name])

    def test_the_same_module_makes_the_sized_dialogue(self) -> None:
        maker = plugins()["dialogue"]
        options = maker.options()
        options.parseOptions(["--framing=sized"])
        suite = maker.makeService(options)
        self.assertEqual([each.name for each in suite], ["dialogue-sized"])
        self.assertEqual(options.endpoints, ["tcp:12346:interface=127.0.0.1"])

    def test_taps_are_where_the_plugins_look_for_them(self) -> None:
        """``netsuite.tap`` is the top-level folder ``tap``: one folder, one set of modules."""
        package = import_module("netsuite.tap")
        assert package.__file__ is not None
        folder = Path(package.__file__).parent
        modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        self.assertEqual(modules, set(plugins()))


class ListingTests(SynchronousTestCase):
    """What ``twistd --help`` does to find the plugins."""

    def test_listing_loads_none_of_our_modules_and_no_reactor(self) -> None:
        program = """
import sys
import twisted.plugins
twisted.plugins.__path__[:] = [sys.argv[1]]
from twisted.application.service import IServiceMaker
from twisted.plugin import getPlugins
for maker in getPlugins(IServiceMaker):
    print(maker.tapname, len(maker.description) > 0)
print(*(name for name in sys.modules if name.partition(".")[0] == "netsuite"))
print("twisted.internet.reactor" in sys.modules)
"""
        folder = Path(self.mktemp())
        folder.mkdir()
        # A copy: to list plugins is to write dropin.cache beside them.
        (folder / LINES.name).write_bytes(LINES.read_bytes())
        ended = subprocess.run(
            [sys.executable, "-c", program, str(folder)],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        *listed, ours, reactor = ended.stdout.splitlines()
        self.assertEqual(set(listed), {f"{name} True" for name in plugins()})
        self.assertEqual((ours, reactor), ("", "False"))

    def test_no_package_of_plugins(self) -> None:
        """An ``__init__.py`` there would overwrite Twisted's own when it is installed."""
        self.assertEqual([path.name for path in LINES.parent.glob("*.py")], [LINES.name])

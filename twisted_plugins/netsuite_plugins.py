"""The plugins that twistd lists; choosing one loads its module."""

from twisted.application.reactors import Reactor
from twisted.application.service import ServiceMaker

libuv = Reactor(
    "libuv",
    "netsuite.libuv.reactor",
    "libuv's own connections, by way of uvloop: the fastest.",
)

netsuite = ServiceMaker(
    "netsuite",
    "netsuite.tap.netsuite",
    "The classic network services, all of them in one process.",
    "netsuite",
)
greeter = ServiceMaker(
    "greeter",
    "netsuite.tap.greeter",
    "Thanks each client for connecting (TCP 12344).",
    "greeter",
)
hello = ServiceMaker(
    "hello",
    "netsuite.tap.hello",
    "Greets each client by its IP address (TCP 8999).",
    "hello",
)
dialogue = ServiceMaker(
    "dialogue",
    "netsuite.tap.dialogue",
    "Tells the time, speaks Klingon, echoes the rest (TCP 12345).",
    "dialogue",
)
clock = ServiceMaker(
    "clock",
    "netsuite.tap.clock",
    "Answers each 25-byte request with the time (TCP 12091).",
    "clock",
)
upper = ServiceMaker(
    "upper",
    "netsuite.tap.upper",
    "Turns ASCII letters into upper case (TCP 2345, UDP 2345 and 11111).",
    "upper",
)
swap = ServiceMaker(
    "swap",
    "netsuite.tap.swap",
    "Swaps a string between two clients (TCP 12092).",
    "swap",
)
secret = ServiceMaker(
    "secret",
    "netsuite.tap.secret",
    "A secret number to guess (TCP 12093).",
    "secret",
)
home = ServiceMaker(
    "home",
    "netsuite.tap.home",
    "A home page (HTTP 8000).",
    "home",
)
secretword = ServiceMaker(
    "secretword",
    "netsuite.tap.secretword",
    "A secret word to guess (HTTP 8001).",
    "secretword",
)
files = ServiceMaker(
    "files",
    "netsuite.tap.files",
    "Files, listings and CGI scripts (HTTP 8888).",
    "files",
)
genes = ServiceMaker(
    "genes",
    "netsuite.tap.genes",
    "Records of genes: an API and a browser (HTTP 5000).",
    "genes",
)
cars = ServiceMaker(
    "cars",
    "netsuite.tap.cars",
    "A registry of cars, in pickles or JSON (9653).",
    "cars",
)
blackjack = ServiceMaker(
    "blackjack",
    "netsuite.tap.blackjack",
    "A game of blackjack, over telnet (9000).",
    "blackjack",
)

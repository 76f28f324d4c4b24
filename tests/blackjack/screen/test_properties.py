"""What holds for whatever is shown: random play, names in all scripts, windows of every width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from wcwidth import wcswidth

from netsuite.blackjack.cards import DECK, RANKS
from netsuite.blackjack.fairness import Reveal
from netsuite.blackjack.hand import Hand
from netsuite.blackjack.players.accounts import Standing
from netsuite.blackjack.players.player import Record
from netsuite.blackjack.round import Round
from netsuite.blackjack.rules import PRESETS
from netsuite.blackjack.screen import texts
from netsuite.blackjack.screen.cards import spoken
from netsuite.blackjack.screen.news import tell
from netsuite.blackjack.screen.prompts import prompt
from netsuite.blackjack.screen.style import Style
from netsuite.blackjack.screen.table import draw
from netsuite.blackjack.session.commands import ACTIONS
from netsuite.blackjack.shoe import Shoe
from netsuite.blackjack.stages import Action
from netsuite.blackjack.strategy import Solution
from netsuite.blackjack.table import events
from netsuite.blackjack.table.scene import Scene
from tests.blackjack.screen.scenes import scene_of, waiting
from tests.blackjack.test_round_at_random import random_rules

SGR = re.compile("\x1b\\[([0-9;]*)m")
ART = frozenset("─│╭╮╰╯░▸·•♠♥♦♣…\N{MINUS SIGN}")
ANYTHING = st.characters(codec="utf-8", exclude_characters=ART)

#: What anybody might be called, or say: of every script, and what nobody should be.
NAMES = st.one_of(
    st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Nd"]), min_size=2, max_size=16),
    st.text(ANYTHING, min_size=1, max_size=16),
    st.sampled_from(
        ["Ann", "王小明王小明王小明", "שלום", "\x1b[31mred", "a\nb", "\u202eevil", "é́́́"]
    ),
)
STYLES = st.builds(
    Style,
    columns=st.integers(1, 300),
    rows=st.none() | st.integers(1, 100),
    unicode=st.booleans(),
    colour=st.booleans(),
    reader=st.booleans(),
)


@st.composite
def scenes(draw_: st.DrawFn) -> Scene:
    """A table in the middle of a round, between rounds, or before the first."""
    random = Random(draw_(st.integers(0, 2**32)))
    rules = random.choice([*PRESETS.values(), random_rules(random)])
    if rules.bets and random.random() < 0.2:
        rules = evolve(rules, max_bet=10**12)
    if random.random() < 0.05:
        return waiting(rules)
    seats = random.randint(1, rules.max_seats) if random.random() < 0.7 else 1
    names: list[str | None] = []
    playing = 0
    for _ in range(seats):
        kind = random.random()
        who = draw_(NAMES).rstrip("!") or "?"
        if kind < 0.1 and playing:
            names.append(None)
        elif kind < 0.2 and playing:
            names.append(f"{who}!")
        else:
            names.append(who)
            playing += 1
    most = min(rules.max_bet, random.choice((100, 10**12)))
    bets = [random.randint(rules.min_bet, most) if rules.bets else 0 for _ in range(playing)]
    shoe = Shoe(rules.decks, rules.penetration, random)
    play = Round(rules, shoe, bets)
    for _ in range(random.choice((0, 1, 2, 3, 5, 8, 1000))):
        if play.over:
            break
        play.act(random.choice(play.allowed()))
    more: dict[str, Any] = {
        "chips": random.choice((1000, 10**13)),
        "me": random.choice([None, *(i for i, each in enumerate(names) if each is not None)]),
        "watchers": tuple(draw_(st.lists(NAMES, max_size=3))),
        "seconds": random.choice((None, 0.2, 25.0)),
        "left": random.choice((0, 5, 217)),
        "stopping": random.random() < 0.1,
    }
    if len(names) == 1:
        more |= {"me": 0, "watchers": (), "seconds": None}
    changes = {
        seat: {"present": random.random() < 0.8, **({"bet": 10} if play.over and seat % 2 else {})}
        for seat, name in enumerate(names)
        if seat != more["me"] and name is not None and not name.endswith("!")
    }
    return scene_of(play, names, seats=changes, **more)


@st.composite
def happenings(draw_: st.DrawFn) -> events.Event:
    """Something that is told of the first seat, or of a watcher."""
    name, card = draw_(NAMES), draw_(st.integers(0, 51))
    action = draw_(st.sampled_from(Action))
    drawn = draw_(st.sampled_from([(), (card,)]))
    some: list[events.Event] = [
        events.ShoeStarted(3, "0123456789abcdef" * 4, draw_(st.none() | st.integers())),
        events.ShoeRevealed(2, Reveal("0123456789abcdef" * 2, DECK * 2, DECK[:5])),
        events.BettingOpened(20.0),
        events.BetPlaced(0, draw_(st.integers(0, 10**12))),
        events.SatOut(0),
        events.Dealt(),
        events.TurnCame(0, draw_(st.integers(0, 3)), None),
        events.TimeShort(0, 5.0),
        events.Acted(0, draw_(st.integers(0, 3)), action, drawn, 15, draw_(st.booleans()), True),
        events.RoundOver(1, 1, DECK[:20]),
        events.Joined(name),
        events.SatDown(0, name),
        events.Left(None, name, "lost the connection"),
        events.CutOff(0, name, 30.0),
        events.Returned(0, name),
        events.Said(name, draw_(st.text(ANYTHING, max_size=200))),
        events.TakenOver(),
        events.Stopping(),
    ]
    return draw_(st.sampled_from(some))


class SafetyTests(SynchronousTestCase):
    """Nothing is wider than the window, and a terminal finds nothing to act upon but colours."""

    def check(self, style: Style, lines: list[str]) -> None:
        for line in lines:
            plain = SGR.sub("", line)
            self.assertTrue(plain.isprintable(), line)
            self.assertLessEqual(wcswidth(plain), max(40, min(style.columns, 120)), line)
            if not style.unicode:
                self.assertTrue(line.isascii(), line)
            if style.reader:
                self.assertFalse(ART & set(plain), line)
            if style.reader or not style.colour:
                self.assertEqual(plain, line)
            else:
                codes = SGR.findall(line)
                self.assertEqual(codes[1::2], ["0"] * (len(codes) // 2), line)
                self.assertEqual(len(codes) % 2, 0, line)

    @given(STYLES, scenes(), st.booleans(), st.none() | st.integers(1, 10**12))
    def test_tables(self, style: Style, scene: Scene, keys: bool, last_bet: int | None) -> None:
        self.check(style, draw(style, scene))
        self.check(style, prompt(style, scene, keys=keys, last_bet=last_bet))

    @given(STYLES, scenes(), happenings())
    def test_news(self, style: Style, scene: Scene, event: events.Event) -> None:
        self.check(style, tell(style, event, scene))

    @given(
        STYLES, st.lists(NAMES, max_size=5), st.integers(0, 2**32), st.text(ANYTHING, max_size=200)
    )
    @settings(max_examples=50)
    def test_texts(self, style: Style, names: list[str], seed: int, said: str) -> None:
        rules = random_rules(Random(seed))
        rows = [Standing(name, seed * 10**8, -seed, seed) for name in names]
        for lines in (
            texts.greeting(style, rules, True, seed),
            texts.rules(style, rules, seed / 2**32 - 0.5),
            texts.help(style),
            texts.wrapped(style, said),
            texts.leaderboard(style, rows, names[0] if names else ""),
            texts.stats(style, said, seed, Record(seed, 2, 1, 0, 1, 0, seed, -seed)),
            texts.fair(style, 1, "ab" * 32, events.ShoeRevealed(0, Reveal("cd" * 16, DECK))),
        ):
            self.check(style, lines)

    @given(STYLES, scenes())
    @settings(max_examples=20, deadline=None)
    def test_advice(self, style: Style, scene: Scene) -> None:
        play = scene.round
        if play is None or play.over:
            return
        values = Solution(scene.rules).advice(play)
        self.check(style, texts.advice(style, values))
        told = {action: texts.tutor(style, action, values) for action in values}
        self.assertEqual(told[next(iter(values))], [])
        for lines in told.values():
            self.check(style, lines)


class CompletenessTests(SynchronousTestCase):
    """What matters is on the screen, whatever its size."""

    @given(STYLES, scenes())
    def test_what_matters(self, style: Style, scene: Scene) -> None:
        drawn = " ".join(draw(evolve(style, colour=False), scene))
        # Sentences may be broken anywhere.
        words = " ".join(drawn.split()).lower()
        play, place = scene.round, scene.mine
        if play is not None:
            self.check_cards(style, play.shown(), words)
            if play.over:
                self.check_worth(scene, play.dealer, words)
            elif scene.private:
                # Names, which may hold question marks, are not shown.
                covered = any(mark in words for mark in ("??", ":::", "░░░"))
                self.assertEqual(covered, scene.rules.peeks and not style.reader)
        if place is None:
            return
        if scene.rules.bets:
            self.assertIn(f"{place.chips:,} chips", words)
        for hand in place.hands:
            assert play is not None
            self.check_cards(style, hand.cards, words)
            self.check_worth(scene, hand, words)
            if scene.rules.bets:
                shown = abs(hand.paid - hand.bet) if play.over else hand.bet
                self.assertIn(f"{shown:,}" if shown else "push", words)
            if play.over:
                assert hand.outcome is not None
                self.assertIn(hand.outcome.name.lower().replace("loss", "lose"), words)

    def check_cards(self, style: Style, cards: Sequence[int], words: str) -> None:
        for card in cards:
            self.assertIn(spoken(card) if style.reader else RANKS[card % 13].lower(), words)

    def check_worth(self, scene: Scene, hand: Hand, words: str) -> None:
        blackjack = scene.rules.naturals and hand.blackjack and "blackjack" in words
        self.assertIn("blackjack" if blackjack else str(hand.total), words)

    @given(STYLES, scenes(), st.booleans())
    def test_options(self, style: Style, scene: Scene, keys: bool) -> None:
        shown = prompt(evolve(style, colour=False), scene, keys=keys)
        self.assertRegex(shown[-1], "^(> |Your (bet|choice): )$")
        if scene.my_turn and scene.round is not None:
            said = "\n".join(shown)
            for action in scene.round.allowed():
                key = ACTIONS[action].key
                self.assertIn(f"\n{key}: " if style.reader else f"[{key}]", said)
            if not style.reader:
                self.assertEqual(said.count("["), len(scene.round.allowed()) + 1)

    @given(scenes(), st.integers(40, 120), st.integers(24, 60))
    def test_a_private_table_fits_into_24_rows(self, scene: Scene, columns: int, rows: int) -> None:
        if not scene.private:
            return
        style = Style(columns=columns, rows=rows)
        self.assertLessEqual(len(draw(style, scene) + prompt(style, scene)), 24)

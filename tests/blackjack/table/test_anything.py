"""Random people who do random things: whatever happens, the chips balance and nobody waits long."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from netsuite.blackjack.players.player import Player, Record
from netsuite.blackjack.round import NotAllowedError
from netsuite.blackjack.rules import PRESETS, Rules
from netsuite.blackjack.stages import Action
from netsuite.blackjack.table import events
from netsuite.blackjack.table.clocks import TIMES
from netsuite.blackjack.table.lobby import Lobby
from netsuite.blackjack.table.scene import Scene
from netsuite.blackjack.table.table import Table, TableError
from tests.blackjack.table.people import Person

RULES = (
    *PRESETS.values(),
    Rules(surrender="early", decks=1, penetration=0.5, resplit_aces=True, hit_split_aces=True),
)
#: More than there are seats.
NAMES = tuple(f"P{number}" for number in range(10))
CHIPS = 300
#: The most questions a seat can be asked that answers none: surrender, insurance, four hands.
QUESTIONS = 6
SECONDS = (0.25, 1.0, 4.75, 5.0, 19.75, 20.0, 25.0, 29.75, 30.0)

people = st.integers(0, 30)


class Bank:
    """Where all chips are that players do not have."""

    def __init__(self) -> None:
        self.chips = 0


class Client(Player):
    """A player whose every win is the bank's loss."""

    def __init__(self, name: str, chips: int, bank: Bank, named: bool) -> None:
        super().__init__(name, chips)
        self.named = named
        self.bank = bank

    def settle(self, played: Record) -> None:
        super().settle(played)
        self.bank.chips -= played.net


class Tables(RuleBasedStateMachine):
    """Private tables, or a shared one."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.bank = Bank()
        self.clients: dict[str, Client] = {}
        self.put_in = 0
        #: Who is connected, and where.
        self.here: dict[Person, Table] = {}
        #: Who has been, and what they were told.
        self.gone: list[tuple[Person, Table]] = []
        self.tables: set[Table] = set()
        self.stopping = False

    @initialize(shared=st.booleans(), rules=st.sampled_from(RULES), seed=st.integers(0, 999))
    def open(self, shared: bool, rules: Rules, seed: int) -> None:
        self.game = rules
        self.lobby = Lobby(rules, self.clock, shared=shared, seed=seed)
        self.witness: Person | None = None
        if shared:
            # Somebody who watches from the first moment to the last.
            self.witness = Person("Witness")
            self.lobby.enter(self.witness).watch(self.witness)

    # What people do.

    def enters(self, client: Client) -> None:
        if self.stopping:
            return
        person = Person(client.name)
        person.player = client
        table = self.lobby.enter(person)
        self.tables.add(table)
        for other in list(self.here):
            if client.named and other.player.name == client.name:
                assert isinstance(other.seen[-1], events.TakenOver)
                self.gone.append((other, self.here.pop(other)))
        self.here[person] = table

    @rule(name=st.sampled_from(NAMES))
    def enter(self, name: str) -> None:
        if name not in self.clients:
            self.put_in += CHIPS
            self.clients[name] = Client(name, CHIPS, self.bank, named=True)
        self.enters(self.clients[name])

    @rule()
    def enter_as_guest(self) -> None:
        if len(self.clients) < 40:
            name = f"Guest {len(self.clients)}"
            self.put_in += CHIPS
            self.clients[name] = Client(name, CHIPS, self.bank, named=False)
            self.enters(self.clients[name])

    def tries(self, index: int, what: Callable[[Table, Person], object]) -> None:
        """Have somebody do something that may be refused."""
        if self.here:
            person = list(self.here)[index % len(self.here)]
            # Not by a name of the module's: trial would take it for its own setting.
            with contextlib.suppress(TableError, NotAllowedError):
                what(self.here[person], person)

    @rule(index=people, chips=st.integers(-1, 600))
    def bet(self, index: int, chips: int) -> None:
        self.tries(index, lambda table, person: table.bet(person, chips))

    @rule()
    def all_bet(self) -> None:
        chips = self.game.min_bet if self.game.bets else 0
        for index in range(len(self.here)):
            self.tries(index, lambda table, person: table.bet(person, chips))

    @rule(index=people)
    def sit_out(self, index: int) -> None:
        self.tries(index, Table.sit_out)

    @rule(index=people)
    def sit(self, index: int) -> None:
        self.tries(index, Table.sit)

    @rule(index=people)
    def watch(self, index: int) -> None:
        self.tries(index, Table.watch)

    @rule(index=people)
    def say(self, index: int) -> None:
        self.tries(index, lambda table, person: table.say(person, "hello"))

    @rule(index=people, action=st.sampled_from(Action))
    def act(self, index: int, action: Action) -> None:
        self.tries(index, lambda table, person: table.act(person, action))

    @rule(choice=st.integers(0, 7))
    def whoever_is_asked_acts(self, choice: int) -> None:
        for person, table in list(self.here.items()):
            scene = table.scene(person)
            if scene.my_turn and scene.round is not None:
                actions = scene.round.allowed()
                table.act(person, actions[choice % len(actions)])

    @rule(index=people)
    def reacts(self, index: int) -> None:
        """From now on somebody plays by what they are told, while they are told it."""
        if not self.here:
            return
        person = list(self.here)[index % len(self.here)]
        table = self.here[person]

        def react(event: events.Event) -> None:
            if isinstance(event, events.TurnCame) and person in self.here:
                scene = table.scene(person)
                if scene.my_turn and scene.round is not None:
                    table.act(person, scene.round.allowed()[-1])

        person.reaction = react

    @rule(index=people, wish=st.booleans())
    def go(self, index: int, wish: bool) -> None:
        if self.here:
            person = list(self.here)[index % len(self.here)]
            self.gone.append((person, self.here.pop(person)))
            (self.lobby.leave if wish else self.lobby.cut_off)(person)

    @rule(index=people)
    def ghost(self, index: int) -> None:
        """Somebody who is gone cannot do anything any more."""
        if self.gone:
            person, table = self.gone[index % len(self.gone)]
            self.lobby.leave(person)
            self.lobby.cut_off(person)
            for what in (Table.sit, Table.watch, lambda table, person: table.bet(person, 10)):
                try:
                    what(table, person)
                except TableError:
                    continue
                raise AssertionError(f"{person.player.name} is gone, and {what} was done")

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(sure=st.integers(0, 30))
    def stop(self, sure: int) -> None:
        if sure == 30:
            self.stopping = True
            for table in {*self.here.values()}:
                table.stop()

    # What holds at any time.

    @invariant()
    def chips_balance(self) -> None:
        chips = [client.chips for client in self.clients.values()]
        assert min(chips, default=0) >= 0
        assert sum(chips) + self.bank.chips == self.put_in

    @invariant()
    def scenes_make_sense(self) -> None:
        for person, table in self.here.items():
            scene = table.scene(person)
            self.check(scene, table)
            mine = scene.mine
            names = [place.name for place in scene.places if place is not None]
            if person.player.name in names:
                assert mine is not None
                assert mine.name == person.player.name
            else:
                assert mine is None
                assert person.player.name in scene.watchers

    def check(self, scene: Scene, table: Table) -> None:
        names = [place.name for place in scene.places if place is not None]
        assert len(set(names)) == len(names)
        assert all(place is None or place.chips >= 0 for place in scene.places)
        assert (scene.turn is not None) is not table.idle
        assert not (scene.betting and scene.turn)
        if scene.turn is not None:
            seat, hand = scene.turn
            asked = scene.places[seat]
            assert asked is not None
            assert hand < len(asked.hands)
        if scene.seconds is not None:
            assert not scene.private
            assert 0 <= scene.seconds <= max(TIMES.turn, TIMES.betting, TIMES.kept)
        assert scene.private or scene.turn is None or scene.seconds is not None

    @invariant()
    def all_are_told_the_same(self) -> None:
        if self.witness is None:
            return
        places = {id(event): place for place, event in enumerate(self.witness.seen)}
        for person in (*self.here, *(person for person, _ in self.gone)):
            seen = [
                places[id(event)]
                for event in person.seen
                if not isinstance(event, events.TakenOver)
            ]
            if seen:
                assert seen == list(range(seen[0], seen[0] + len(seen)))

    def teardown(self) -> None:
        """Nobody does anything any more: every round ends. Then all go: nothing is left."""
        if not hasattr(self, "lobby"):
            return
        if self.witness is not None:
            for _ in range(7 * QUESTIONS):
                self.clock.advance(TIMES.turn)
            self.clock.advance(TIMES.kept)
            assert all(table.idle for table in self.tables)
            assert not self.clock.getDelayedCalls()
        for number, person in enumerate(list(self.here)):
            (self.lobby.leave if number % 2 else self.lobby.cut_off)(person)
        self.clock.advance(TIMES.kept)
        assert all(table.idle for table in self.tables)
        assert not self.clock.getDelayedCalls()
        self.chips_balance()


class AnythingTests(SynchronousTestCase):
    def test_anything(self) -> None:
        bounds = settings(deadline=None, max_examples=100, stateful_step_count=60)
        run_state_machine_as_test(Tables, settings=bounds)

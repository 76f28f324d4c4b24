"""Many clients raise one mileage: what each was told, and whether all of that can be true."""

from __future__ import annotations

import math
import select
import time
from collections import deque
from collections.abc import Sequence

import attrs

from tests.end_to_end.daemon import PATIENCE
from tests.end_to_end.registry import DONE, reply, request
from tests.end_to_end.wire import Address, connect

WOUND_BACK = (False, "Cannot wind the odometer back")


@attrs.frozen
class Call:
    """A request to raise the mileage, as its client saw it.

    :param mileage: what to raise it to.
    :param began: when it was sent.
    :param ended: when its reply was there.
    :param accepted: whether the reply was True.
    """

    mileage: int
    began: float
    ended: float
    accepted: bool


def contradictions(history: Sequence[Call], start: int) -> list[str]:
    """Find out what no order of the calls can explain, if each took effect while it was under way.

    Those that were accepted must have followed each other from the lowest to the highest, for each
    was higher than what stood before it. So each of them came after the beginning of every lower
    one; and one that was refused, after the beginnings of some that were accepted and led at least
    as high.

    :param start: what the mileage was before all of them.
    """
    wrong = []
    rising = sorted(
        (call for call in history if call.accepted), key=lambda call: (call.mileage, call.began)
    )
    # The mileages that stood, and the earliest moment at which each can have been reached.
    reached = [(start, 0.0)]
    for call in rising:
        highest, since = reached[-1]
        if call.mileage == highest:
            wrong.append(f"{call} was accepted, although it is not higher than {highest}")
        if call.ended < since:
            wrong.append(f"{call} ended before {highest} was asked for, and both were accepted")
        reached.append((call.mileage, max(since, call.began)))
    for call in history:
        if call.accepted:
            continue
        # What was never reached would have been so at the end of time.
        as_high = (since for mileage, since in reached if mileage >= call.mileage)
        if call.ended < next(as_high, math.inf):
            wrong.append(f"{call} was refused, although nothing as high can have stood")
    return wrong


def race(
    addresses: Sequence[Address], license: str, mileages: Sequence[int], at_once: int
) -> list[Call]:
    """Have each mileage set by a client of its own.

    :param addresses: the servers, to be asked by turns.
    :param at_once: how many clients wait for their replies at a time. The fewer they are, the more
        is known of the order in which things happened.
    """
    clients = [connect(addresses[index % len(addresses)]) for index in range(len(mileages))]
    waiting = deque(zip(clients, mileages, strict=True))
    began: dict[int, tuple[int, float]] = {}
    history = []
    with select.epoll() as poll:
        by_descriptor = {client.fileno(): client for client in clients}
        while waiting or began:
            while waiting and len(began) < at_once:
                client, mileage = waiting.popleft()
                poll.register(client, select.EPOLLIN)
                began[client.fileno()] = (mileage, time.monotonic())
                client.sendall(request("CHANGE_MILEAGE", license, mileage))
            events = poll.poll(PATIENCE)
            assert events, f"{len(began)} got no reply"
            for descriptor, _ in events:
                answer = reply(by_descriptor[descriptor])
                mileage, since = began.pop(descriptor)
                poll.unregister(descriptor)
                assert answer in (DONE, WOUND_BACK)
                history.append(Call(mileage, since, time.monotonic(), answer == DONE))
    for client in clients:
        client.close()
    return history

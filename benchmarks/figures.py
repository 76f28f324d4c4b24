"""From raw measurements to medians, quantiles and ratios."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import attrs

#: From this share of its time on, a program is taken to be short of processor time.
BUSY = 0.9


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that at least this share of them does not exceed.

    This is the nearest-rank quantile: always one of the values.

    :param values: at least one value, in any order.
    :param share: above 0, and at most 1; 0.99 for the 99th percentile.
    :raises ValueError: if there are no values, or the share is out of range.
    """
    if not values or not 0 < share <= 1:
        raise ValueError("a quantile needs values, and a share above 0 and up to 1")
    return sorted(values)[math.ceil(share * len(values)) - 1]


@attrs.frozen(kw_only=True)
class Figures:
    """What the load generator has counted in one measurement.

    :param requests: replies that came, all of them right; of a game, rounds that were played.
    :param seconds: how long it measured.
    :param p50: the median round trip, in seconds; in a game, there are several to a round.
    :param p99: the 99th percentile of the round trips, in seconds.
    :param longest: the longest round trip, in seconds. A request that was never answered has none.
    :param received: bytes of replies; of HTTP responses, those of their bodies.
    :param connections: clients that there were at once.
    :param served: those of them that had at least one reply.
    :param lost: datagrams without a reply.
    :param errors: connections that were refused, reset or closed.
    :param busy: the share of the time for which the generator used its core.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    longest: float
    received: int
    connections: int
    served: int
    lost: int
    errors: int
    busy: float

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return self.requests / self.seconds

    @property
    def throughput(self) -> float:
        """Bytes of replies in a second."""
        return self.received / self.seconds


@attrs.frozen
class Measurement:
    """The figures of one peer at one workload in one round.

    :param workload: the workload's name.
    :param peer: the peer's name.
    :param round: the round's number, from 1.
    :param figures: what was counted.
    :param server_busy: processor time that the server took, as a share of the time; ``None`` if
        it is not known.
    :param memory: by how much the server's resident memory grew, in bytes: in a game, for each
        player, until all sat at tables; beside idle connections, for each of them. ``None`` if it
        is not known, or there is no such crowd.
    """

    workload: str
    peer: str
    round: int
    figures: Figures
    server_busy: float | None = None
    memory: int | None = None

    @property
    def generator_bound(self) -> bool:
        """Whether the generator may have been the bottleneck: it was busy, the server was not."""
        idle = self.server_busy is None or self.server_busy < BUSY
        return self.figures.busy >= BUSY and idle


@attrs.frozen(kw_only=True)
class Summary:
    """One line of the table: one peer at one workload, over all rounds.

    :param workload: the workload's name.
    :param peer: the peer's name.
    :param rounds: how many rounds were measured.
    :param rate: requests per second: the median over the rounds.
    :param slowest: the least of the rounds' rates.
    :param fastest: the greatest of them.
    :param throughput: bytes of replies per second: the median over the rounds.
    :param p50: the median over the rounds of their median round trips, in seconds.
    :param p99: the same of their 99th percentiles.
    :param connections: clients that there were at once.
    :param served: how many of them had a reply, in the round with the fewest.
    :param lost: datagrams without a reply, in all rounds.
    :param errors: failed connections, in all rounds.
    :param memory: the median of what each player, or each idle connection, took of the server's
        memory, in bytes; ``None`` if it is not known.
    :param to_ours: the rate as a multiple of ours; ``None`` if ours was not measured.
    :param limit: the name of the peer that is the limit here; ``None`` if it was not measured.
    :param to_limit: the rate as a share of the limit's.
    :param to_single: the rate as a multiple of that of the same with a commit for each write;
        ``None`` if there is no such peer, or it was not measured.
    :param generator_bound: whether the generator may have been the bottleneck in some round.
    """

    workload: str
    peer: str
    rounds: int
    rate: float
    slowest: float
    fastest: float
    throughput: float
    p50: float
    p99: float
    connections: int
    served: int
    lost: int
    errors: int
    memory: float | None
    to_ours: float | None
    limit: str | None
    to_limit: float | None
    to_single: float | None
    generator_bound: bool


def summarise(
    measurements: Iterable[Measurement],
    ours: str,
    limits: Collection[str],
    singles: Mapping[str, str],
) -> list[Summary]:
    """Return a summary of each peer at each workload.

    Ratios are ratios of medians.

    :param measurements: those of all rounds.
    :param ours: the name of the peer that the others are compared with.
    :param limits: the names of the peers that are the limit where they take part; no two of them
        do so at the same workload.
    :param singles: for the peers that there are with one commit for each write too, the names of
        those.
    :returns: for each workload, in the order of its first measurement, its peers, fastest first.
    """
    groups: dict[str, dict[str, list[Measurement]]] = {}
    for measurement in measurements:
        peers = groups.setdefault(measurement.workload, {})
        peers.setdefault(measurement.peer, []).append(measurement)
    return [
        summary
        for peers in groups.values()
        for summary in _summarise_workload(peers, ours, limits, singles)
    ]


def _summarise_workload(
    peers: dict[str, list[Measurement]],
    ours: str,
    limits: Collection[str],
    singles: Mapping[str, str],
) -> Iterator[Summary]:
    rates = {
        peer: statistics.median(m.figures.rate for m in measurements)
        for peer, measurements in peers.items()
    }

    limit = next((peer for peer in peers if peer in limits), None)

    def ratio(peer: str, reference: str | None) -> float | None:
        return rates[peer] / rates[reference] if reference and reference in rates else None

    for peer in sorted(peers, key=lambda peer: -rates[peer]):
        runs = [measurement.figures for measurement in peers[peer]]
        memory = [each.memory for each in peers[peer] if each.memory is not None]
        yield Summary(
            workload=peers[peer][0].workload,
            peer=peer,
            rounds=len(runs),
            rate=rates[peer],
            slowest=min(run.rate for run in runs),
            fastest=max(run.rate for run in runs),
            throughput=statistics.median(run.throughput for run in runs),
            p50=statistics.median(run.p50 for run in runs),
            p99=statistics.median(run.p99 for run in runs),
            connections=runs[0].connections,
            served=min(run.served for run in runs),
            lost=sum(run.lost for run in runs),
            errors=sum(run.errors for run in runs),
            memory=statistics.median(memory) if memory else None,
            to_ours=ratio(peer, ours),
            limit=limit,
            to_limit=ratio(peer, limit),
            to_single=ratio(peer, singles.get(peer)),
            generator_bound=any(measurement.generator_bound for measurement in peers[peer]),
        )

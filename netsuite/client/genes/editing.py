"""``netsuite genes add``, ``update``, ``delete`` and ``clear``."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from netsuite.client.genes.printing import cell, note
from netsuite.client.genes.service import CHANGED, Record, Refused, Service
from netsuite.client.problems import ClientError, WrongUsage
from netsuite.client.terminal import Lines, Output, on_terminal

#: Asks a question, and returns whether the answer is yes.
Ask = Callable[[str], Awaitable[bool]]


class Editor:
    """Changes genes; each method returns when its outcome is printed.

    :param service: the service.
    :param output: where to print.
    :param as_json: print JSON.
    :param ask: asks whether to delete; None deletes without asking.
    """

    def __init__(
        self, service: Service, output: Output, as_json: bool, ask: Ask | None = None
    ) -> None:
        self._service = service
        self._output = output
        self._as_json = as_json
        self._ask = ask

    async def add(self, gene: Record) -> None:
        """Add a gene."""
        self._done("added", await self._service.add(gene))

    async def update(self, gene_id: str, changes: Record, force: bool = False) -> None:
        """Change a gene, unless somebody else changes it at the same time.

        :param changes: the new values; None removes one.
        :param force: change it whatever it is.
        """
        tag = ""
        if not force:
            _, tag = await self._read(gene_id)
        try:
            gene = await self._service.update(gene_id, changes, tag)
        except Refused as refused:
            raise _explained(refused, gene_id, "overwrite it with --force") from refused
        self._done("updated", gene)

    async def delete(self, ids: Sequence[str], force: bool = False) -> int:
        """Delete genes: those that are there, even if others are not.

        :param force: do so even if one has changed since it was shown.
        :returns: the exit status: 1 if one of them was not deleted.
        """
        tags: dict[str, str] = {}
        status = 0
        for gene_id in dict.fromkeys(ids):
            if self._ask is None:
                tags[gene_id] = ""
                continue
            try:
                gene, tag = await self._read(gene_id)
            except Refused as refused:
                note(str(refused))
                status = 1
                continue
            tags[gene_id] = "" if force else tag
            print(f"  {_called(gene)}  {cell(gene.get('name'))}", file=sys.stderr)
        if tags:
            what = "this gene" if len(tags) == 1 else f"these {len(tags)} genes"
            await self._agree(f"Delete {what}?")
        deleted = []
        try:
            for gene_id, tag in tags.items():
                try:
                    await self._service.delete(gene_id, tag)
                except Refused as refused:
                    note(str(_explained(refused, gene_id, "delete it with --force")))
                    status = 1
                    continue
                deleted.append(gene_id)
                if not self._as_json:
                    self._output.text(f"Gene {cell(gene_id)} deleted")
        finally:
            # Whatever went wrong, these are gone.
            if self._as_json:
                self._output.text(json.dumps({"deleted": deleted}))
        return status

    async def clear(self) -> None:
        """Delete all genes."""
        count = await self._service.count()
        await self._agree(f"Delete all genes of {self._service.target} ({count:,})?")
        await self._service.delete_all()
        text = json.dumps({"deleted": count}) if self._as_json else f"All genes deleted ({count:,})"
        self._output.text(text)

    async def _read(self, gene_id: str) -> tuple[Record, str]:
        """Return a gene and its entity tag, which must be there."""
        gene, tag = await self._service.gene(gene_id)
        if not tag:
            raise self._service.stranger("its answer has no ETag")
        return gene, tag

    async def _agree(self, question: str) -> None:
        if self._ask is not None and not await self._ask(question):
            raise ClientError("nothing was deleted")

    def _done(self, what: str, gene: Record) -> None:
        self._output.text(json.dumps(gene) if self._as_json else f"Gene {_called(gene)} {what}")


def asker(reactor: Any) -> Ask:
    """Return what asks the person at the terminal.

    :raises WrongUsage: when there is none.
    """
    if not (on_terminal(sys.stdin) and on_terminal(sys.stderr)):
        raise WrongUsage("this asks before it deletes, and there is no terminal; --yes agrees")
    descriptor = sys.stdin.fileno()

    async def ask(question: str) -> bool:
        try:
            answer = await anext(Lines(reactor, descriptor, f"{question} [y/N] "))
        except StopAsyncIteration:
            return False
        return answer.strip().lower() in {b"y", b"yes"}

    return ask


def _called(gene: Record) -> str:
    return f"{cell(gene.get('id'))} ({cell(gene.get('symbol'))})"


def _explained(refused: Refused, gene_id: str, instead: str) -> ClientError:
    """Say what to do about a gene that has changed meanwhile; other refusals stay as they are."""
    if refused.code != CHANGED:
        return refused
    return ClientError(
        f"gene {cell(gene_id)} was changed by somebody else meanwhile, and stays as it is; "
        f"look at it (netsuite genes get {cell(gene_id)}) and try again, or {instead}"
    )

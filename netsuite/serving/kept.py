"""What a service keeps: a store that is open for as long as the service runs."""

from __future__ import annotations

from netsuite.serving.service import CannotStart
from netsuite.storage import Store, StoreError, Transaction, open_store


class Kept:
    """State in a store, as a :class:`~netsuite.serving.service.Need` of the service that keeps it.

    :param service: whose it is, for messages.
    :param store_url: the store's URL; None for the default store.
    """

    def __init__(self, service: str, store_url: str | None) -> None:
        self._service = service
        self._store_url = store_url
        self._store: Store | None = None

    def prepare(self, transaction: Transaction) -> None:
        """See to what has to be in the store before the first client comes."""
        raise NotImplementedError

    def open(self) -> None:
        """Open the store, and prepare it.

        :raises CannotStart: when the store cannot be used.
        """
        try:
            self._store = open_store(self._store_url)
            self._store.transact_now(self.prepare)
        except (StoreError, ValueError) as error:
            raise CannotStart(f"netsuite: {self._service}: {error}") from error

    async def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            await self._store.close()

    @property
    def store(self) -> Store:
        """The store, once it is open."""
        assert self._store is not None
        return self._store

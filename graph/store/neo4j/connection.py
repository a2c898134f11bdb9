"""Opening a Neo4j database as a memcli store, and running statements there."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.errors import StoreForeignError, StoreMissingError, StoreNewerError
from graph.ports import Progress
from graph.store.neo4j.address import Address
from graph.store.neo4j.migrations import APPLIED, MIGRATIONS, NAMES, RECORD
from graph.store.neo4j.patience import bound
from graph.store.neo4j.schema import SHOW, clash

if TYPE_CHECKING:
    from neo4j import Driver, Session, Transaction

REACH_SECONDS = 3.0
"""How long a server may take to answer the first time."""
RETRY_SECONDS = 4.0
"""How long a statement that failed for a passing reason is tried again."""
MAKING_SECONDS = 2.0
"""How long another process may take to make a constraint of ours."""
IDLE_SECONDS = 10.0
"""After how long a pause a line is tried before it is used: the server may have been started anew meanwhile."""
TURN_SECONDS = 600.0
"""How long a transaction that writes may take: others wait for a client that was suspended in one."""
LOCK: Final = "MERGE (l:_MemcliLock {name: 'writer'}) SET l.taken = timestamp()"
"""Writers wait here for each other: the lock on the node is kept until the transaction ends."""

_WALKS: Final = "SHOW FUNCTIONS EXECUTABLE YIELD name WHERE name = 'gds.graph.project'"
_MARKED: Final = "MATCH (s:_MemcliSpace {name: $given.space}) RETURN true AS there LIMIT 1"
_MARK: Final = "MERGE (s:_MemcliSpace {name: $given.space}) RETURN s.name AS name"
_ANYTHING: Final = """
CALL () {
    MATCH (n:_Memcli) WHERE n.id STARTS WITH $given.within RETURN true AS there LIMIT 1
    UNION MATCH (s:_MemcliSpace {name: $given.space}) RETURN true AS there LIMIT 1
}
RETURN there"""

_KEYS = ("ids", "digests")
"""What statements are given of keys."""

Row = Mapping[str, Any]


def mine(key: LiteralString) -> LiteralString:
    """What follows a key in the database where one of this space is meant."""
    return " STARTS WITH $given.within AND NOT substring(" + key + ", $given.skip) CONTAINS '/' "


class Connection:
    """One space of a database. Statements are run in the transaction that is open, else each in one of its own.

    They are given `$given.within`, with which ids in the database begin, and `$given.skip`, the letters of that, beside
    what they ask for. It is empty but for a space that has a name: community edition has one database.
    """

    def __init__(self, driver: Driver, database: str | None, space: str) -> None:
        self._driver = driver
        self._database = database
        self.space = space
        self._session: Session | None = None
        self._transaction: Transaction | None = None
        self.writing = False
        self.walks = False
        """Whether the server has the Graph Data Science library."""
        self._locked = False

    @property
    def in_transaction(self) -> bool:
        return self._transaction is not None

    def rows(self, statement: LiteralString, *, locking: LiteralString = "", **given: Any) -> list[Row]:
        """All rows of a statement that reads, or that writes inside a transaction that may.

        `locking` is the same statement with `LOCK` before it, where that saves a round trip.
        """
        given = self._within(given)
        if self._transaction is not None:
            return list(self._sent(self._transaction, self._locking(statement, locking), given))
        with self._new_session(write=False) as session, self.broken_off():
            return session.execute_read(lambda transaction: list(self._sent(transaction, statement, given)))

    def stream(self, statement: LiteralString, **given: Any) -> Iterator[Row]:
        """The rows of a statement that reads, as they are wanted."""
        if self._transaction is not None:
            yield from self._sent(self._transaction, self._locking(statement), self._within(given))
            return
        from neo4j.exceptions import DriverError, Neo4jError

        wanted = True
        try:
            with (
                self._new_session(write=False) as session,
                self.broken_off(),
                session.begin_transaction() as transaction,
                self.broken_off(),
            ):
                try:
                    yield from self._sent(transaction, statement, self._within(given))
                except GeneratorExit:
                    wanted = False
                    raise
        except (DriverError, Neo4jError, OSError):
            # Whoever wants no more rows is not told that the line is cut: Python would print it as a traceback.
            if wanted:
                raise

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; one that writes waits for its turn as soon as it asks for anything."""
        self._session = self._new_session(write=write)
        try:
            with self.broken_off():
                self._transaction = self._session.begin_transaction(timeout=TURN_SECONDS if write else None)
        except BaseException:
            self.end()
            raise
        self.writing, self._locked = write, False

    @contextmanager
    def broken_off(self) -> Iterator[None]:
        """Ctrl-C inside hangs up: leaving a session in good order would wait for what the server is busy with."""
        try:
            yield
        except KeyboardInterrupt:
            self._driver.close()
            raise

    def commit(self) -> None:
        assert self._transaction is not None
        self._transaction.commit()

    def end(self) -> None:
        """Leave the transaction; what was not committed is undone."""
        transaction, session = self._transaction, self._session
        self._transaction = self._session = None
        self.writing = False
        try:
            if transaction is not None:
                transaction.close()
        finally:
            if session is not None:
                session.close()

    def apply(self, *, create: bool, address: Address, progress: Progress | None = None) -> None:
        """Bring the schema to this version, or say why that cannot be. An up-to-date store costs two queries."""
        # Not tried again: retries are for servers that were there.
        applied = tuple(row["name"] for row in self._told(APPLIED))
        if unknown := [name for name in applied if name not in NAMES]:
            raise StoreNewerError(
                f"{address.shown} was written by a newer memcli (it has {unknown[0]})",
                "upgrade memcli, or use another store",
            )
        if not create and not (applied and (not self.space or self._told(_ANYTHING, space=self.space))):
            raise StoreMissingError(f"no memory at {address.shown}", "begin one with `memcli ingest PATH`")
        if applied != NAMES and (taken := self._clash()) is not None:
            raise StoreForeignError(
                f"{address.shown} has an index or a constraint in the place of one of memcli's: {taken}",
                f"drop it with `DROP INDEX {taken}` or `DROP CONSTRAINT {taken}` if nobody needs it, or use another "
                "database",
            )
        for number, name in enumerate(NAMES):
            if name not in applied:
                # A new one is made at once.
                self._migrate(name, number, progress if applied else None)
        if create and self.space and not self._told(_MARKED, space=self.space):
            self._mark()
        self.walks = bool(self._told(_WALKS))

    def close(self) -> None:
        self.end()
        self._driver.close()

    def _told(self, statement: LiteralString, **given: Any) -> list[Row]:
        """All rows of a statement that reads, in a transaction of the server's own: one round trip, not three."""
        with self._new_session(write=False) as session, self.broken_off():
            return list(self._sent(session, statement, self._within(given)))

    def _clash(self) -> str | None:
        """What somebody else has in the place of ours, and still has after a while: while another process makes a
        constraint, it looks like an index that is none."""
        until = time.monotonic() + MAKING_SECONDS
        while (taken := clash(self.stream(SHOW))) is not None and time.monotonic() < until:
            time.sleep(0.1)
        return taken

    def _mark(self) -> None:
        """Note that the space is there, whatever is in it."""
        self.begin(write=True)
        try:
            self.rows(_MARK, space=self.space)
            self.commit()
        finally:
            self.end()

    def _migrate(self, name: str, number: int, progress: Progress | None) -> None:
        if progress:
            progress.begin("migrating", None)
        # A row a time: the server keeps back what it is not asked for.
        with self._new_session(write=True, fetch_size=1) as session, self.broken_off():
            for statement in MIGRATIONS[name]:
                for row in _changed(session, statement):
                    if progress:
                        progress.advance(row["done"], row["done"])
            session.run(RECORD, name=name, number=number).consume()
        if progress:
            progress.end()

    def _locking(self, statement: LiteralString, locking: LiteralString = "") -> LiteralString:
        """`statement`, behind the lock where this transaction writes and has none yet."""
        if not self.writing or self._locked:
            return statement
        self._locked = True
        if locking:
            return locking
        list(self._sent(self._transaction, LOCK, {}))
        return statement

    def _within(self, given: Mapping[str, Any]) -> dict[str, Any]:
        within = f"{self.space}/" if self.space else ""
        # No id has a slash: one that has would be another space's.
        keys = {name: [key for key in given[name] if "/" not in key] for name in _KEYS if given.get(name)}
        return {"within": within, "skip": len(within), **given, **keys}

    def _new_session(self, *, write: bool, **options: Any) -> Session:
        return self._driver.session(
            database=self._database, default_access_mode="WRITE" if write else "READ", **options
        )

    @staticmethod
    def _sent(transaction: Any, statement: LiteralString, given: Mapping[str, Any]) -> Iterator[Row]:
        """The one place where statements leave; in them, what is given is in the map `$given`.

        Of a list that is a parameter itself the server makes a plan for each order of magnitude, which takes longer
        than running it.
        """
        return iter(transaction.run(statement, given=given))


def _changed(session: Session, statement: LiteralString) -> Iterator[Row]:
    """Change the schema, in a transaction of its own, or data in several: then how far it is comes as it gets on.

    `IF NOT EXISTS` does not see what another process is making at this moment; once that is made, it is there.
    """
    from neo4j.exceptions import ClientError

    if "IN TRANSACTIONS" in statement:
        yield from session.run(statement)
        return
    try:
        session.execute_write(lambda transaction: transaction.run(statement).consume())
    except ClientError as error:
        if error.code != "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists":
            raise


def connect(address: Address, password: str, *, create: bool, progress: Progress | None = None) -> Connection:
    """Open the store; with `create`, make it where it is missing. `progress` is told where it was of an older version.

    Raises:
        StoreError: one of its kinds.
        Exception: what the driver raises, for the caller to translate.
    """
    from neo4j import GraphDatabase

    # What the driver logs is told in the error it raises; without a handler Python prints it on standard error.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    driver = GraphDatabase.driver(
        address.uri,
        auth=(address.user, password) if password else None,
        connection_timeout=REACH_SECONDS,
        connection_acquisition_timeout=RETRY_SECONDS,
        liveness_check_timeout=IDLE_SECONDS,
        max_transaction_retry_time=RETRY_SECONDS,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="memcli",
    )
    bound(driver)
    connection = Connection(driver, address.database, address.space)
    try:
        connection.apply(create=create, address=address, progress=progress)
    except BaseException:
        connection.close()
        raise
    return connection

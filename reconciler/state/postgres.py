"""The state in PostgreSQL: a table with a row for the state, one for its lock and one for its backup.

The lock is a row like the others, not one of the server's own locks: those belong to a connection, so a holder that
loses its connection would lose its lock too, and poolers hand connections round.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors, sql

from reconciler.model.project import PostgresPlace
from reconciler.state.store import Conflict, Found, Unreachable, Version

_TIMEOUT = 10  # seconds, for a connection to be made; libpq takes whole ones
_SILENCE = 60_000  # milliseconds without an acknowledgement, after which a connection is lost
_REASONS = (
    ("password authentication failed", "the server refuses these credentials"),
    ("no password supplied", "the server wants a password"),
    ("Connection refused", "the connection is refused"),
    ("could not translate host name", "its host has no address"),
    ("failed to resolve host", "its host has no address"),
    ("timeout expired", "no answer came in time"),
    ("certificate verify failed", "its certificate is not trusted"),
    ("does not exist", "there is no such user or database"),
    ("No such file or directory", "no server listens there"),
)
_FINAL = ("credentials", "password", "certificate", "user or database")


class PostgresCells:
    """As `Cells`. Each call has a connection of its own: there are few, and minutes may pass between two."""

    def __init__(self, conninfo: str, table: str) -> None:
        self._conninfo = conninfo
        self._table = sql.Identifier(*table.split("."))

    def get(self, name: str) -> Found | None:
        try:
            row = self._run("SELECT content, version, written FROM {} WHERE name = %s", (name,))
        except errors.UndefinedTable:
            return None
        return None if row is None else Found(bytes(row[0]), Version(None, str(row[1])), row[2])

    def put(self, name: str, data: bytes, expected: Version | None) -> Version:
        if expected is None:
            row = self._insert(name, data)
        else:
            row = self._run(
                "UPDATE {} SET content = %s, version = version + 1, written = now() WHERE name = %s AND version = %s "
                "RETURNING version",
                (data, name, int(expected.number or 0)),
            )
        if row is None:
            raise Conflict
        return Version(None, str(row[0]))

    def _insert(self, name: str, data: bytes) -> Any:
        statement = (
            "INSERT INTO {} (name, version, content) VALUES (%s, 1, %s) ON CONFLICT (name) DO NOTHING RETURNING version"
        )
        try:
            return self._run(statement, (name, data))
        except errors.UndefinedTable:
            self._make_table()
            return self._run(statement, (name, data))

    def _make_table(self) -> None:
        with contextlib.suppress(errors.UniqueViolation, errors.DuplicateTable):  # somebody else was faster
            self._run(
                "CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY, version bigint NOT NULL, "
                "content bytea NOT NULL, written timestamptz NOT NULL DEFAULT now())",
                (),
            )

    def _run(self, statement: str, values: Sequence[object]) -> Any:
        """The first row, if any. Raises Unreachable, and psycopg's errors for what callers expect."""
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                cursor = connection.execute(sql.SQL(statement).format(self._table), values)
                return cursor.fetchone() if cursor.description else None
        except (errors.UndefinedTable, errors.UniqueViolation, errors.DuplicateTable):
            raise
        except psycopg.Error as problem:
            raise _unreachable(problem) from None


def open_cells(place: PostgresPlace, dsn: str | None, password: str | None) -> PostgresCells:
    """The cells; nothing is reached yet. Raises Unreachable for a dsn that can't be used."""
    parts = {
        "host": place.host,
        "port": place.port,
        "dbname": place.database,
        "user": place.username,
        "password": password,
    }
    given: dict[str, Any] = {name: value for name, value in parts.items() if value is not None}
    try:
        conninfo = psycopg.conninfo.make_conninfo(
            dsn or "", application_name="reconciler", connect_timeout=_TIMEOUT, tcp_user_timeout=_SILENCE, **given
        )
    except psycopg.Error:  # its text quotes the dsn
        raise Unreachable("its dsn can't be understood", final=True) from None
    return PostgresCells(conninfo, place.table)


def _unreachable(problem: psycopg.Error) -> Unreachable:
    """The texts of the library quote names and addresses: only what is known to be harmless is taken from them."""
    if isinstance(problem, errors.InsufficientPrivilege):
        return Unreachable("this user may not read and write its table", final=True)
    for mark, reason in _REASONS:
        if mark in str(problem):
            return Unreachable(reason, final=any(word in reason for word in _FINAL))
    if problem.sqlstate is not None and not isinstance(problem, psycopg.OperationalError):
        return Unreachable(f"the server refuses it with SQLSTATE {problem.sqlstate}", final=True)
    return Unreachable("the connection was lost")

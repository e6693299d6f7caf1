"""The warehouse: copies of the record in DuckDB and the marts made of them.

Nothing operational is decided from here, and everything here can be deleted and made
again from the record. One run at a time writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.warehouse import build, source, sync
from gtm_pipelines.warehouse.build import Finish
from gtm_pipelines.warehouse.engine import WarehouseFile
from gtm_pipelines.warehouse.marts import Marts
from gtm_pipelines.warehouse.model import Mart, RowCount, SyncReport, TableSync
from gtm_pipelines.warehouse.sync import Connection

Progress = Callable[[int, int | None], None]


class Warehouse:
    """Copies, builds and publishes.

    Args:
        record: where everything comes from.
        file: the DuckDB file.
        marts: where marts are published.
        clock: what time is told by.
        finishers: marts that get columns SQL cannot say, and what adds them.
    """

    def __init__(
        self, record: Record, file: WarehouseFile, marts: Marts, clock: Clock, finishers: Mapping[str, Finish] | None = None
    ) -> None:
        self.file = file
        self._record = record
        self._marts = marts
        self._clock = clock
        self._finishers = dict(finishers or {})

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the record that are copied."""
        return tuple(sync.TABLES)

    @property
    def mart_names(self) -> tuple[str, ...]:
        """Every mart, in the order they are built."""
        return build.MARTS

    def sync(self, tables: Iterable[str] | None = None, progress: Progress | None = None) -> SyncReport:
        """Bring copies up to date; each table is one transaction, so an interrupted run goes on where it stopped.

        Args:
            tables: which ones; all if absent.
            progress: told how many tables are done, of how many.

        Raises:
            TransientError: another process is writing the warehouse.
            NotFoundError: a name is no copied table's.
        """
        watch = self._clock.monotonic()
        names = tuple(tables) if tables is not None else self.tables
        done: list[TableSync] = []
        for name in names:
            _check_table(name)
        with self.file.writing() as begin:
            for name in names:
                with begin() as connection:
                    done.append(self._copy(connection, name))
                if progress:
                    progress(len(done), len(names))
        return SyncReport(tuple(done), round(self._clock.monotonic() - watch, 3))

    def refresh_table(self, name: str, progress: Progress | None = None) -> TableSync:
        """Bring the copy of one table up to date; ``progress`` is told the rows read. Raises as ``sync`` does."""
        _check_table(name)
        with self.file.write() as connection:
            return self._copy(connection, name, progress)

    def build_mart(self, name: str) -> Mart:
        """Make one mart anew from the copies, without publishing it.

        Raises:
            NotFoundError: there is no mart of that name.
            TransientError: another process is writing the warehouse.
        """
        return self._make((name,), publish=False)[0]

    def publish(self, name: str) -> Mart:
        """Make one mart anew and publish it as Parquet, by atomic rename. Raises as ``build_mart`` does."""
        return self._make((name,), publish=True)[0]

    def publish_all(self, progress: Progress | None = None) -> tuple[Mart, ...]:
        """Make and publish every mart, all from the same copies; ``progress`` is told how many, of how many."""
        return self._make(build.MARTS, publish=True, progress=progress)

    def rebuild(self, progress: Progress | None = None) -> SyncReport:
        """Delete the file, copy everything and publish every mart: the same marts as before, if nothing changed."""
        self.file.delete()
        report = self.sync(progress=progress)
        self.publish_all()
        return report

    def check(self) -> tuple[RowCount, ...]:
        """Count the record's rows beside the copies'; they differ by what came in since the last copy."""
        with self.file.write() as connection:
            self._prepare(connection)
            counts = {t: int(connection.execute(f'SELECT count(*) FROM record."{t}"').fetchall()[0][0]) for t in sync.TABLES}
        with self._record.read() as reader:
            here = {t: source.extent(reader, source.record_table(t), self._record.workspace_id).rows for t in sync.TABLES}
        return tuple(RowCount(name, here[name], counts[name]) for name in sync.TABLES)

    def _copy(self, connection: Connection, name: str, progress: Progress | None = None) -> TableSync:
        return sync.TableCopy(self._record, self._clock, connection, name).run(progress)

    def _make(self, names: Sequence[str], *, publish: bool, progress: Progress | None = None) -> tuple[Mart, ...]:
        for name in names:
            build.check_name(name)
        done: list[Mart] = []
        with self.file.write() as connection:
            self._prepare(connection)
            build.stage(connection)
            for name in names:
                done.append(self._make_one(connection, name, publish=publish))
                if progress:
                    progress(len(done), len(names))
        return tuple(done)

    def _make_one(self, connection: Connection, name: str, *, publish: bool) -> Mart:
        watch = self._clock.monotonic()
        rows = build.build(connection, name, self._finishers.get(name))
        if publish:
            build.publish(connection, name, self._marts.path(name))
        return Mart(name, rows, round(self._clock.monotonic() - watch, 3), self._marts.published_at(name))

    def _prepare(self, connection: Connection) -> None:
        """Make sure every copy is there, empty if it was never filled."""
        sync.prepare(connection, sqlite=self._record.is_sqlite)


def _check_table(name: str) -> None:
    if name not in sync.TABLES:
        raise NotFoundError(f"The warehouse has no copy of '{name}'. It copies: {', '.join(sync.TABLES)}.")

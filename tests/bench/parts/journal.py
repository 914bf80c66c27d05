"""What headgated recorded of its transactions, read from its database."""
import contextlib
import dataclasses
import sqlite3


@dataclasses.dataclass
class Transaction:
    number: int
    kind: str
    outcome: str
    ended: float
    entries: list  # (seconds, state)
    sizes: list    # bytes of each entry's text

    def at(self, state):
        """When it entered this state first, in seconds since the epoch."""
        return next(at for at, name in self.entries if name == state)


def transactions(manager):
    with contextlib.closing(sqlite3.connect(f"file:{manager.dir / 'state/headgate.db'}?mode=ro", uri=True, timeout=10)) as db:
        found = [Transaction(number, kind, outcome, ended / 1e3, [], []) for number, kind, outcome, ended in
                 db.execute("SELECT id, kind, outcome, ended FROM journal WHERE outcome IS NOT NULL ORDER BY id")]
        for one in found:
            rows = db.execute('SELECT at, state, detail FROM journal_entry WHERE "transaction" = ? ORDER BY seq', (one.number,))
            for at, state, detail in rows:
                one.entries.append((at / 1e3, state))
                one.sizes.append(len(state) + len(detail) + 16)
        return found


def revision_size(manager):
    """Bytes of the configuration that a transaction's end records."""
    with contextlib.closing(sqlite3.connect(f"file:{manager.dir / 'state/headgate.db'}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute("SELECT length(configuration) FROM revision ORDER BY number DESC LIMIT 1").fetchone()[0]

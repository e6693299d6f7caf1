"""Time the import of generated contacts beside the raw limit and a named rival, in the same run.

    python tests/benchmarks/import_contacts.py --rows 10000 100000 1000000

For each size, in a process of its own: our import into SQLite (every row normalised,
matched and kept for lineage), the same file again, SQLite's own ``executemany`` of the
cells as they stand (two unique keys and an index, no lineage: the raw limit of the store we
write to), DuckDB's ``CREATE TABLE AS`` from ``read_csv`` (the raw limit of reading), and
``dlt`` merging the file into DuckDB by address. Prints seconds, processor seconds and
peak memory, both with those of the process that reads ahead, and the ratio to SQLite's raw limit;
``--json`` for programs. On a busy machine trust the processor seconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HEADER = ("First Name", "Last Name", "Email", "Title", "Company", "Website", "Phone", "Country", "City", "Notes")
FIRST = ("Anna", "Ivan", "Мария", "Tom", "Grace", "Сергей", "Olivia", "Павел", "Clara", "Hugo")
LAST = ("Marsh", "Кузнецов", "Novak", "Orlov", "Bennett", "Соколова", "Keller", "Doyle")
TITLES = ("CTO", "Head of Sales", "Генеральный директор", "Accountant", "VP Operations", "Бухгалтер")
CITIES = (("Germany", "Hamburg"), ("Россия", "Казань"), ("United Kingdom", "Leeds"), ("United States", "Austin"))
LINE = "{size:>9,}  {contestant:<18}{seconds:>8} s {cpu_seconds:>8} CPU s {peak_mb:>5} MB {times_raw:>6} x raw sqlite  {counts}"


def generate(path: Path, rows: int) -> None:
    """Write ``rows`` contacts; one in fifty repeats an earlier address in capitals."""
    chance = random.Random(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            repeated = number % 50 == 49
            who = number - 25 if repeated else number
            firm = who % max(rows // 10, 1)
            address = f"person{who}@firm{firm}.example"
            country, city = chance.choice(CITIES)
            writer.writerow(
                (
                    chance.choice(FIRST),
                    chance.choice(LAST),
                    address.upper() if repeated else address,
                    chance.choice(TITLES),
                    f"Firm {firm} Ltd",
                    f"https://www.firm{firm}.example/",
                    f"+49 40 {who:09d}",
                    country,
                    city,
                    f"met at booth {number % 700}",
                )
            )


def ours(path: Path, home: Path) -> dict[str, int]:
    """Import with the workbench."""
    from gtm_pipelines.workbench import open_workbench

    bench = open_workbench(home=home)
    report = bench.intake.import_file(path, "contact")
    bench.close()
    return {name: getattr(report, name) for name in ("rows", "imported", "merged", "unchanged", "rejected")}


def raw_sqlite(path: Path, home: Path) -> dict[str, int]:
    """Write the cells into SQLite with nothing between, a repeated address left out."""
    import sqlite3

    home.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(home / "raw.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    columns = ", ".join(f'"{name}" TEXT' for name in HEADER)
    connection.execute(f'CREATE TABLE contact (id TEXT PRIMARY KEY, {columns}, UNIQUE ("Email" COLLATE NOCASE))')
    connection.execute('CREATE INDEX by_company ON contact ("Company")')
    with path.open(encoding="utf-8", newline="") as file, connection:
        rows = csv.reader(file)
        next(rows)
        marks = ", ".join("?" * (len(HEADER) + 1))
        numbered = ((f"{number:032x}", *row) for number, row in enumerate(rows))
        connection.executemany(f"INSERT OR IGNORE INTO contact VALUES ({marks})", numbered)
    (count,) = connection.execute("SELECT count(*) FROM contact").fetchone()
    return {"rows": count}


def raw_duckdb(path: Path, home: Path) -> dict[str, int]:
    """Load the file with DuckDB alone, unchecked and unmatched."""
    import duckdb

    home.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(home / "raw.duckdb"))
    connection.execute(f"CREATE TABLE contact AS FROM read_csv('{path}', all_varchar = true)")
    (count,) = connection.execute("SELECT count(*) FROM contact").fetchall()[0]
    return {"rows": count}


def dlt_merge(path: Path, home: Path) -> dict[str, int]:
    """Merge the file by address with dlt, from Arrow batches, its fastest way in."""
    import dlt
    from pyarrow import csv as arrow_csv

    home.mkdir(parents=True, exist_ok=True)
    destination = dlt.destinations.duckdb(str(home / "rival.duckdb"))
    pipeline = dlt.pipeline("contacts", destination=destination, dataset_name="lists", pipelines_dir=str(home / "dlt"))
    resource_ = dlt.resource(arrow_csv.read_csv(path), name="contact", primary_key="Email", write_disposition="merge")
    pipeline.run(resource_)
    with pipeline.sql_client() as client:
        (count,) = client.execute_sql("SELECT count(*) FROM contact")[0]
    return {"rows": count}


CONTESTANTS: dict[str, Callable[[Path, Path], dict[str, int]]] = {
    "workbench": ours,
    "workbench, again": ours,
    "raw sqlite": raw_sqlite,
    "raw duckdb": raw_duckdb,
    "dlt merge": dlt_merge,
}


def measure(name: str, path: Path, home: Path) -> dict[str, object]:
    """Run one contestant in a process of its own and return its figures."""
    command = [sys.executable, __file__, "--contestant", name, "--file", str(path), "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


def run_one(name: str, path: Path, home: Path) -> None:
    """The measured process: time one contestant, imports of libraries excluded for none."""
    started = time.perf_counter()
    counts = CONTESTANTS[name](path, home)
    seconds = time.perf_counter() - started
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    spent = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    figures = {"contestant": name, "seconds": round(seconds, 2), "cpu_seconds": round(spent, 2)}
    print(json.dumps(figures | {"peak_mb": round(sum(usage.ru_maxrss for usage in usages) / 1024), "counts": counts}))


def main() -> None:
    """Measure every contestant at every size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contestant:
        run_one(arguments.contestant, arguments.file, arguments.home)
        return
    results = [result for rows in arguments.rows for result in _one_size(rows, arguments.json)]
    if arguments.json:
        print(json.dumps(results, indent=2))


def _one_size(rows: int, as_json: bool) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        generate(path, rows)
        results: list[dict[str, object]] = []
        for name in CONTESTANTS:
            home = Path(folder) / name.split(",")[0].replace(" ", "-")
            results.append({"size": rows} | measure(name, path, home))
    raw = next(float(str(r["seconds"])) for r in results if r["contestant"] == "raw sqlite")
    for result in results:
        result["times_raw"] = round(float(str(result["seconds"])) / max(raw, 0.01), 1)
        if not as_json:
            print(LINE.format(**result), flush=True)
    return results


if __name__ == "__main__":
    main()

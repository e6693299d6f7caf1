# Recipes of the house. Each is one command that also works without just.

run := "python3 bootstrap.py"

# Make .venv from requirements.lock
setup:
    {{run}} gtm --version

# The whole pipeline on the sample data, then the workbench
demo *options:
    {{run}} gtm demo {{options}}

# Serve the workbench
up *options:
    {{run}} gtm up {{options}}

# Every test
test *options:
    {{run}} pytest {{options}}

# The tests that take seconds
fast *options:
    {{run}} pytest -m fast {{options}}

# Lint, format, types, layers
check:
    {{run}} pytest -q -m house

# Mend what can be mended by machine
fix:
    {{run}} ruff check --fix .
    {{run}} ruff format .

# Resolve the dependencies anew and write requirements.lock
lock *options:
    {{run}} uv lock {{options}}
    {{run}} uv export -q --no-emit-project --format requirements.txt --all-groups --no-header -o requirements.lock

# Write the pages and the example file that are made from the code
docs:
    {{run}} python docs/generate.py

# Bring the translations of the app up to date with its texts
texts:
    {{run}} python docs/texts.py

# Measure the import beside raw DuckDB and dlt, in the same run
bench *rows="10000 100000 1000000":
    {{run}} python tests/benchmarks/import_contacts.py --rows {{rows}}

# Kill the sender again and again, and count
prove *options:
    {{run}} gtm prove send --kills 100 --messages 3000 --json {{options}}

"""Set the project up where needed, then run one of its commands: ``python3 bootstrap.py gtm demo``.

Needs only a Python that the project supports. Everything goes into ``.venv`` beside this file, from
``requirements.lock``, each archive checked against its hash: with uv where it works, else with pip,
each as its user configured it. A start that finds nothing changed sets nothing up.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "set-up-of"
OLDEST, NEWEST = (3, 11), (3, 14)
ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_OVERRIDE", "PYTHONHOME", "PYTHONPATH")


def say(text):
    """Tell progress on standard error, so that standard output stays the command's own."""
    sys.stderr.write(f"set-up: {text}\n")
    sys.stderr.flush()


def stop(text):
    """End with the reason and the mend."""
    say(text)
    sys.exit(1)


def wanted():
    """Say what a finished set-up is of: this Python, in this place, with these requirements."""
    files = [ROOT / name for name in ("requirements.lock", "pyproject.toml", "hatch_build.py")]
    sha = hashlib.sha256(b"\0".join(file.read_bytes() for file in files if file.exists()))
    return f"Python {sys.version_info[0]}.{sys.version_info[1]} in {ROOT}\n{sha.hexdigest()}\n"


def found():
    """Return what the last set-up was of: nothing where there was none or its Python is gone."""
    return STAMP.read_text("utf-8") if STAMP.is_file() and works(PYTHON, "-c", "") else ""


def works(*command):
    """Tell whether a command starts and ends well; a shim for something absent does not."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def alone():
    """Hold off a second set-up of the same checkout until this one is done."""
    with (ROOT / ".venv.lock").open("a+") as file:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(installer, *, exact):
    """Install what the lock names, then the project itself; tell whether both went well."""
    lock, project = str(ROOT / "requirements.lock"), ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    env.update(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0", PIP_DISABLE_PIP_VERSION_CHECK="1", VIRTUAL_ENV=str(VENV))
    for arguments in ([*exact, lock], ["install", *project]):
        command = [str(part) for part in (*installer, arguments[0], *quiet, *arguments[1:])]
        if subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=2, check=False).returncode != 0:
            return False
    return True


def set_up():
    """Bring ``.venv`` to what the lock says. The stamp comes last: a set-up that was cut off is done again."""
    ours = found().split("\n")[0] == wanted().split("\n")[0]
    foreign = not STAMP.exists() and works(PYTHON, "-c", "")
    if VENV.exists() and not (ours or foreign):
        say("removing .venv: it is unfinished, or of another Python or another place")
        shutil.rmtree(VENV)
    uv, pip = shutil.which("uv"), (sys.executable, "-m", "pip")
    uv = uv if uv and works(uv, "--version") else None
    own_pip = works(*pip, "--version")
    say(f"making .venv with Python {sys.version.split()[0]}; the first time takes minutes")
    try:
        venv.create(VENV, with_pip=not (uv or own_pip), symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        stop("There is neither pip, nor uv, nor a whole venv. On Debian: apt-get install python3-venv. Then run this again.")
    STAMP.write_text("unfinished\n", "utf-8")
    pip = (*pip, "--python", PYTHON) if own_pip else (PYTHON, "-m", "pip")
    done = uv and install((uv, "pip"), exact=("sync", "--require-hashes"))
    if uv and not done:
        say("uv could not, for the reason above; trying pip")
    if not (done or install(pip, exact=("install", "--no-deps", "--require-hashes", "-r"))):
        stop("That failed, for the reason above. What was fetched is kept: mend it and run the same command again.")
    STAMP.write_text(wanted(), "utf-8")
    say("done")


def main(command):
    """Set up if need be, then become the command."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        stop(f"Python 3.11 to 3.14 is needed and this is {sys.version.split()[0]}. Try: python3.11 bootstrap.py ...")
    if not command:
        stop("Name a command, such as: python3 bootstrap.py gtm demo")
    if found() != wanted():
        with alone():
            if found() != wanted():
                set_up()
    program = shutil.which(command[0], path=str(BIN)) or stop(f"There is no '{command[0]}' in {BIN}.")
    env = dict(os.environ, VIRTUAL_ENV=str(VENV), PATH=str(BIN) + os.pathsep + os.environ.get("PATH", ""))
    env.pop("PYTHONHOME", None)
    if os.name == "nt":
        sys.exit(subprocess.run([program, *command[1:]], env=env, check=False).returncode)
    os.execve(program, [program, *command[1:]], env)  # noqa: S606  a command of ours, without a shell


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        stop("Stopped. Run the same command again to go on.")

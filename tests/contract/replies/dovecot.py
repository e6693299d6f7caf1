"""A private Dovecot for the tests: IMAP with STARTTLS, IMAPS, and Maildirs on disk."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "secret"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = gtmtest
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server; any user may log in with ``PASSWORD``."""

    folder: Path
    imap_port: int
    imaps_port: int
    process: subprocess.Popen[bytes]

    @property
    def ca_file(self) -> Path:
        return self.folder / "cert.pem"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def start_dovecot() -> Dovecot | None:
    """Start a server as an ordinary user, or return ``None`` where Dovecot is not installed."""
    binary = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
    if binary is None or not Path("/usr/lib/dovecot/imap").exists():
        return None
    user = _ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="gtm-imap-", dir="/tmp"))
    for name in ("run", "mail"):
        (folder / name).mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    imap, imaps = _free_port(), _free_port()
    text = _CONFIG.format(folder=folder, user=user.pw_name, group=_group(user), password=PASSWORD, imap=imap, imaps=imaps)
    (folder / "dovecot.conf").write_text(text)
    prefix: list[str] = []
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]
    process = subprocess.Popen([*prefix, binary, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL, cwd="/")
    server = Dovecot(folder, imap, imaps, process)
    if not _answers(server):
        log = folder / "log"
        said = log.read_text()[-2000:] if log.exists() else "no log"
        server.stop()
        raise RuntimeError(f"Dovecot did not start: {said}")
    return server


def _ordinary_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam(next(name for name in ("mailtest", "dovenull", "nobody") if name in names))


def _group(user: pwd.struct_passwd) -> str:
    import grp

    return grp.getgrgid(user.pw_gid).gr_name


def _answers(server: Dovecot) -> bool:
    for _ in range(100):
        if server.process.poll() is not None:
            return False
        try:
            with socket.create_connection(("127.0.0.1", server.imap_port), timeout=1) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

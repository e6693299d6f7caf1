"""A real Dovecot, one for the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.replies.dovecot import Dovecot, start_dovecot
from tests.parts import missing_part


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    server = start_dovecot()
    if server is None:
        missing_part("Dovecot", "apt-get install -y --no-install-recommends dovecot-imapd")
    yield server
    server.stop()

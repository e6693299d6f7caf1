"""One lane of a run: its mailboxes hand over one message after another, while other lanes hand over from theirs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from gtm_pipelines.delivery.claiming import Claim, Wanted
from gtm_pipelines.delivery.ledger import Ledger
from gtm_pipelines.delivery.model import Checkpoint, LostClaimError, MessageState, SendResult
from gtm_pipelines.log import bind_context, get_logger
from gtm_pipelines.settings import MailboxSettings

SANDBOX = "sandbox"
_LOG = get_logger("delivery.sending")


class Turns:
    """What the lanes of a run share: how many messages may still begin, how many are done, whether to stop.

    Args:
        limit: most messages to hand over.
        total: messages that are due.
        progress: told ``(done, total)``.
        stop: asked between messages.
    """

    def __init__(
        self,
        limit: int | None,
        total: int,
        progress: Callable[[int, int | None], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._limit = limit
        self._total = total
        self._progress = progress
        self._stop = stop
        self._taken = 0
        self._begun = 0
        self._done = 0
        self._halted = False
        self._lock = threading.Lock()

    def go_on(self) -> bool:
        """Whether another message may begin, as far as others are asked."""
        with self._lock:
            self._halted = self._halted or bool(self._stop and self._stop())
            return not self._halted

    def halt(self) -> None:
        """Let every lane end after the message in hand."""
        self._halted = True

    def take(self) -> bool:
        """Take the place of one message, if the limit leaves one."""
        with self._lock:
            free = self._limit is None or self._taken < self._limit
            self._taken += free
            return free

    def give_back(self) -> None:
        """Give a place back that no message was found for."""
        with self._lock:
            self._taken -= 1

    def begin(self) -> int:
        """Count a message that begins; return its number."""
        with self._lock:
            self._begun += 1
            return self._begun

    def done(self) -> None:
        """Count a message that is done with, and tell."""
        with self._lock:
            self._done += 1
            if self._progress:
                self._progress(self._done, max(self._total, self._done))


class Lane:
    """Some of the mailboxes of a run; no other lane uses them meanwhile.

    Args:
        ledger: the ledger under this worker's lease.
        wanted: what may be taken now: asked before every claim, since mailboxes are left alone after trouble.
        send: composes a message and hands it to its mailbox's sender.
        stopped: mailboxes left alone for the rest of the run, with the reason.
        look: judges the campaigns, which it may pause.
        every: messages of all lanes between two looks.
        checkpoint: told each step.
    """

    def __init__(
        self,
        ledger: Ledger,
        wanted: Callable[[], Wanted],
        send: Callable[[Mapping[Any, Any]], SendResult],
        stopped: dict[str, str],
        look: Callable[[], None],
        every: int,
        checkpoint: Checkpoint,
    ) -> None:
        self._ledger = ledger
        self._wanted = wanted
        self._send = send
        self._stopped = stopped
        self._look = look
        self._every = every
        self._checkpoint = checkpoint
        self.counts: Counter[str] = Counter()
        self.postponed: Counter[str] = Counter()

    def work(self, turns: Turns) -> None:
        """Hand over until none may leave now, or ``turns`` ends it.

        The next message is looked for after the commit of what became of the one before: whatever takes time there
        must not lengthen the moment in which a death leaves nobody knowing.
        """
        while turns.go_on() and turns.take():
            claim = self._noted(self._ledger.claim(self._wanted()))
            if claim.message is not None:
                self._one(claim.message, turns)
                continue
            turns.give_back()
            if not (claim.refused or claim.postponed):
                return

    def _one(self, row: Mapping[Any, Any], turns: Turns) -> None:
        """Hand one message over, and look at the campaigns after a bounce and every so often."""
        self._checkpoint("claimed")
        looks = turns.begin() % self._every == 0
        if self._hand_over(row) or looks:
            self._look()
        turns.done()

    def _hand_over(self, row: Mapping[Any, Any]) -> bool:
        """Hand a message over, write down what came of it, and tell whether it bounced."""
        with bind_context(campaign=row["campaign_id"], message=row["id"]):
            try:
                result = self._send(row)
            except LostClaimError:
                _LOG.warning("claim_lost")
                return False
            state = self._ledger.finish(row, result)
            if result.stops_mailbox:
                self._stopped[row["mailbox"]] = result.reason
            self.counts[state] += 1
            if state != MessageState.SENT:
                tell = _LOG.warning if result.stops_mailbox or state == MessageState.UNKNOWN else _LOG.info
                tell("not_sent", state=state, mailbox=row["mailbox"], reason=result.reason)
            return result.bounced

    def _noted(self, claim: Claim) -> Claim:
        self.counts["refused"] += claim.refused
        if claim.message is None:
            self.postponed.update(claim.postponed)
        return claim


def deal(mailboxes: Mapping[str, MailboxSettings], due: Mapping[str, int], lanes: int) -> list[dict[str, MailboxSettings]]:
    """Deal mailboxes to lanes: those with most to send one to each lane first, and no lane without anything to send.

    Those of the sandbox stay together: it is one world, which keeps its order.
    """
    sandbox = [name for name in mailboxes if mailboxes[name].sender == SANDBOX]
    groups = [[name] for name in mailboxes if name not in sandbox] + ([sandbox] if sandbox else [])
    groups.sort(key=lambda names: -sum(due.get(name, 0) for name in names))
    number = max(1, min(lanes, sum(any(name in due for name in names) for names in groups)))
    return [{name: mailboxes[name] for names in groups[start::number] for name in names} for start in range(number)]

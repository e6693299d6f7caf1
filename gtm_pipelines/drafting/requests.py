"""From a stored draft back to what was asked when it was written: person, pack, settings, and what went before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import CampaignSettings, Target
from gtm_pipelines.drafting.model import DraftRequest, Packs
from gtm_pipelines.drafting.thread import Thread, thread_of
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import letters
from gtm_pipelines.record import packs as pack_queries
from gtm_pipelines.settings import MailboxSettings

Row = Mapping[Any, Any]


@dataclass
class Requests:
    """Revives requests; packs are read once.

    Args:
        packs: revives the pack a draft was written from.
        mailboxes: the configured sender identities, by name.
    """

    packs: Packs
    mailboxes: Mapping[str, MailboxSettings]
    _revived: dict[str, Pack] = field(default_factory=dict)

    def of(self, connection: sa.Connection, workspace_id: str, rows: Sequence[Row]) -> list[DraftRequest]:
        """Return the request of each row of ``groundings.texts``, in order."""
        chosen = {row["campaign_id"]: row["settings"] for row in rows}
        settings = {name: CampaignSettings.model_validate(one) for name, one in chosen.items()}
        later = {row["target_id"] for row in rows if row["step"] > 1}
        came = letters.of_targets(connection, workspace_id, later) if later else {}
        return [
            self._request(
                connection, workspace_id, row, settings[row["campaign_id"]], _thread(row, came.get(row["target_id"], ()))
            )
            for row in rows
        ]

    def pack(self, connection: sa.Connection, workspace_id: str, pack_version_id: str) -> Pack:
        """Return a pack as it was kept."""
        pack = self._revived.get(pack_version_id)
        if pack is None:
            held = pack_queries.get(connection, workspace_id, pack_version_id)
            pack = self.packs.revive(held["manifest"]["files"], where=f"{held['pack']}/{held['version']}")
            self._revived[pack_version_id] = pack
        return pack

    def _request(
        self, connection: sa.Connection, workspace_id: str, row: Row, settings: CampaignSettings, thread: Thread
    ) -> DraftRequest:
        pack = self.pack(connection, workspace_id, row["pack_version_id"])
        target = Target(
            row["target_id"], row["campaign_id"], row["contact_id"], row["company_id"], row["recipient"], row["mailbox"],
            row["variant"], row["language"], row["snapshot"], "active", None,
        )  # fmt: skip
        mailbox = self.mailboxes.get(row["mailbox"]) or MailboxSettings(name=row["mailbox"], address="nobody@invalid.invalid")
        return DraftRequest(target, row["variant"], pack, mailbox, settings, row["step"], thread)


def _thread(row: Row, came: Sequence[Mapping[str, Any]]) -> Thread:
    """Return what there was when a draft was written."""
    if row["step"] == 1:
        return Thread()
    return thread_of(came, step=row["step"], answered=row["inbound_message_id"]).before(row["created_at"])

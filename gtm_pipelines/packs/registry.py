"""The packs at hand: those that come with the workbench and the user's own."""

from __future__ import annotations

from gtm_pipelines.packs.model import Pack, PackInfo


class PackRegistry:
    """Packs by name and version."""

    def list(self) -> list[PackInfo]:
        """Return every pack and version, with what is wrong with those that cannot be used."""
        raise NotImplementedError

    def get(self, pack: str, version: str | None = None) -> Pack:
        """Return a pack by name, at ``version`` or its newest."""
        raise NotImplementedError

"""The face for AI tools (Model Context Protocol): they read and propose; nothing here approves, sends or reveals a key."""

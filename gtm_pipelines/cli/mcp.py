"""``gtm mcp``: serve the workbench to AI tools."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import workbench
from gtm_pipelines.errors import InputError


@click.command("mcp")
@click.option("--http", is_flag=True, help="Serve over HTTP, behind a token, instead of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: the address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="With --http: the port.")
@click.option("--name", "names", multiple=True, help="With --http: a host name it answers to beside this machine's; repeatable.")
@click.option("--agent", default="mcp", show_default=True, help="Name kept with what is proposed, such as 'claude'.")
@click.option("--show-token", is_flag=True, help="Print the token that HTTP asks for, and stop.")
def command(http: bool, host: str, port: int, names: tuple[str, ...], agent: str, show_token: bool) -> None:
    """Serve the workbench to AI tools (Model Context Protocol).

    They read lists, segments, campaigns, drafts, replies, figures and lineage, and propose segments
    and texts. Nothing here approves, sends or shows a key. An AI tool on this machine starts
    'gtm mcp' itself; the README shows how it is told to.
    """
    from gtm_pipelines.mcp.access import PATH, http_app, token_of
    from gtm_pipelines.mcp.server import build

    if not agent.strip() or ":" in agent:
        raise InputError("Name the AI tool in a word, such as --agent claude.")
    with workbench() as bench:
        if show_token:
            click.echo(token_of(bench.settings.home_path))
            return
        server = build(bench, agent=f"agent:{agent.strip()}")
        if not http:
            server.run("stdio")
            return
        import uvicorn

        app = http_app(server, token_of(bench.settings.home_path), names)
        click.echo(f"http://{host}:{port}{PATH}, with the token that 'gtm mcp --show-token' prints. Ctrl-C stops.", err=True)
        uvicorn.run(app, host=host, port=port, log_level="warning")

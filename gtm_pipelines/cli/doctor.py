"""``gtm doctor``: what is configured, reachable and missing, and what to do."""

from __future__ import annotations

import sys

import click

from gtm_pipelines.cli.output import json_option

MARKS = {"ok": ("ok", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}


@click.command()
@click.option("--connect", is_flag=True, help="Also log in to the mail servers; nothing is sent or read.")
@json_option
def command(connect: bool, as_json: bool) -> None:
    """Say what is configured, reachable and missing, and what to do. Changes nothing.

    Exits with 1 if anything cannot work; warnings do not.
    """
    from gtm_pipelines.cli.output import show_json
    from gtm_pipelines.clock import SystemClock
    from gtm_pipelines.launch.doctor import examine

    findings = examine(SystemClock(), connect=connect)
    if as_json:
        show_json(findings)
    else:
        for finding in findings:
            word, colour = MARKS[finding.state]
            click.echo(f"{click.style(f'{word:>4}', fg=colour)}  {finding.subject:<14}  {finding.told}")
            if finding.remedy:
                click.echo(f"{'':>22}{finding.remedy}")
    if any(finding.state == "fail" for finding in findings):
        sys.exit(1)

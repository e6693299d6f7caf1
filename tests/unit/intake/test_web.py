"""The domain of a company is read off its host as the public suffix list has it."""

from __future__ import annotations

from gtm_pipelines.intake import web


def test_every_rule_of_the_list_parts_hosts_as_the_library_does() -> None:
    endings = [rule.lstrip("!").replace("*", "any") for rule in sorted(web._rules())]
    assert len(endings) > 5_000

    hosts = {host for ending in endings for host in (ending, f"firm.{ending}", f"shop.firm.{ending}", ending.partition(".")[2])}

    assert not [host for host in hosts if host and web._is_registered(host) and web._by_library(host) != host]


def test_hosts_with_an_ending_that_nobody_knows_are_parted_before_their_last_two_names() -> None:
    assert web.company_domain("https://mail.firm.intranet/") == "firm.intranet"
    assert web.company_domain("firm.intranet") == "firm.intranet"


def test_a_host_without_its_address_is_read_like_a_website() -> None:
    for host in ("firm.example", "www.firm.example", "a.firm.co.uk", "firm.co.uk", "co.uk", "gmail.com", "shop.myshopify.com"):
        assert web.host_domain(host) == web.company_domain(f"https://{host}/about")

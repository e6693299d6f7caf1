"""Every source with somebody it knows, somebody it does not, and what it answers.

The answers of vendors are those that their own documentation shows, shortened:

* Hunter: https://hunter.io/api-documentation/v2 (Email Finder, Email Verifier, Domain Search)
* LeadMagic: https://leadmagic.io/docs/v1/reference/email-finder and .../email-validation
* Firecrawl: https://docs.firecrawl.dev/api-reference/endpoint/scrape
* Parallel: https://docs.parallel.ai/api-reference/search/search
* Exa and Apollo: from their OpenAPI descriptions, against which ``test_vendor_descriptions`` holds them as well
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gtm_pipelines.enrichment.source import SubjectType

HUNTER_FINDER = {
    "data": {
        "first_name": "Alexis", "last_name": "Ohanian", "email": "alexis@reddit.com", "score": 97, "domain": "reddit.com",
        "accept_all": False, "position": "Cofounder", "twitter": None, "linkedin_url": None, "phone_number": None,
        "company": "Reddit",
        "sources": [
            {
                "domain": "redditblog.com", "uri": "http://redditblog.com/2008/10/22/widget", "extracted_on": "2018-10-19",
                "last_seen_on": "2021-05-18", "still_on_page": True,
            }
        ],
        "verification": {"date": "2021-06-14", "status": "valid"},
    },
    "meta": {"params": {"first_name": "Alexis", "last_name": "Ohanian", "domain": "reddit.com"}},
}  # fmt: skip
HUNTER_VERIFIER = {
    "data": {
        "status": "valid", "result": "deliverable", "score": 100, "email": "patrick@stripe.com", "regexp": True,
        "gibberish": False, "disposable": False, "webmail": False, "mx_records": True, "smtp_server": True,
        "smtp_check": True, "accept_all": False, "block": False, "sources": [],
    },
    "meta": {"params": {"email": "patrick@stripe.com"}},
}  # fmt: skip
HUNTER_DOMAIN = {
    "data": {
        "domain": "intercom.com", "disposable": False, "webmail": False, "accept_all": True, "pattern": "{first}.{last}",
        "organization": "Intercom", "description": "An AI customer service platform.", "industry": "Internet Software & Services",
        "country": "US", "state": "CA", "city": "San Francisco", "linkedin": "https://linkedin.com/company/intercom",
        "technologies": ["react", "ruby-on-rails"], "emails": [{"value": "ciaran@intercom.com", "type": "personal"}],
    },
    "meta": {"results": 1, "limit": 1, "offset": 0},
}  # fmt: skip
LEADMAGIC_FINDER = {
    "email": "billg@microsoft.com", "status": "valid", "credits_consumed": 1, "message": "Valid email found.",
    "first_name": "Bill", "last_name": "Gates", "domain": "microsoft.com", "is_domain_catch_all": False,
}  # fmt: skip
LEADMAGIC_VALIDATION = {
    "email": "jesse@leadmagic.io", "email_status": "valid", "credits_consumed": 0.05, "message": "Email is valid.",
    "is_domain_catch_all": False, "mx_record": "aspmx.l.google.com", "mx_provider": "Google Workspace",
}  # fmt: skip
FIRECRAWL = {
    "success": True,
    "data": {
        "markdown": "# Acme Robotics\nCall [us](tel:+37120000000)",
        "links": ["https://acme.example/about", "https://www.linkedin.com/company/acme-robotics/"],
        "metadata": {
            "title": "Acme Robotics", "description": "Robots that pack boxes.", "language": "en-GB",
            "sourceURL": "https://acme.example", "url": "https://acme.example/", "statusCode": 200,
        },
    },
}  # fmt: skip
PARALLEL = {
    "search_id": "search_fcb2b4f3c75e418687bccaa1a8381331", "session_id": "session_fcb2b4f3c75e418687bccaa1a8381331",
    "results": [
        {"url": "https://www.linkedin.com/company/acme-robotics", "title": "Acme Robotics | LinkedIn", "excerpts": []},
        {"url": "https://www.acme-robotics.com/about", "title": "About Acme Robotics", "excerpts": ["We pack."]},
    ],
}  # fmt: skip
EXA = {
    "requestId": "b5947044c4b78efa9552a7c89b306d95", "searchType": "auto", "costDollars": {"total": 0.005},
    "results": [
        {
            "id": "https://acme-robotics.com", "url": "https://acme-robotics.com", "title": "Acme Robotics",
            "entities": [
                {
                    "id": "https://exa.ai/library/company/acme", "type": "company", "version": 1,
                    "properties": {
                        "name": "Acme Robotics", "foundedYear": 2012, "description": "Robots that pack boxes.",
                        "workforce": {"total": 500}, "headquarters": {"city": "San Francisco", "country": "United States"},
                        "financials": {"revenueAnnual": 1000000},
                    },
                }
            ],
        }
    ],
}  # fmt: skip
APOLLO_COMPANY = {
    "organization": {
        "id": "5e66b6381e05b4008c8331b8", "name": "Apollo.io", "website_url": "http://www.apollo-works.com",
        "linkedin_url": "http://www.linkedin.com/company/apolloio", "primary_domain": "apollo-works.com", "phone": None,
        "industry": "information technology & services", "estimated_num_employees": 1600, "city": "San Francisco",
        "country": "United States", "founded_year": 2015, "annual_revenue": 100000000, "technology_names": ["AI", "Android"],
        "short_description": "A buyer database.",
    }
}  # fmt: skip
APOLLO_PERSON = {
    "person": {
        "id": "64a7ff0cc4dfae00013df1a5", "first_name": "Tim", "last_name": "Zheng", "name": "Tim Zheng",
        "linkedin_url": "http://www.linkedin.com/in/tim-zheng-677ba010", "title": "Founder & CEO", "email_status": "verified",
        "email": "tim@apollo.io", "city": "San Francisco", "country": "United States",
    }
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A source of a vendor.

    Attributes:
        section: of the settings.
        name: of the source.
        subject: company or contact.
        known: what is known of somebody it knows.
        path: that it asks at.
        answer: what comes back.
        nothing: what comes back where the vendor knows nothing; ``None`` for 404.
        expected: some of the fields that come of it.
        header: in which the key goes, in small letters.
        busy: statuses that mean "too fast" beside 429 and 5xx.
        out_of_credit: statuses that mean "no credit" beside 401, 402 and 403.
    """

    section: str
    name: str
    subject: SubjectType
    known: Mapping[str, str]
    path: str
    answer: Any
    nothing: Any
    expected: Mapping[str, str]
    header: str = "x-api-key"
    special: Mapping[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


_HUNTER = {202: "busy", 222: "busy", 403: "busy", 429: "key", 451: "refused"}
CASES = (
    Case("exa", "exa", "company", {"name": "Acme Robotics Ltd"}, "/search", EXA, {"results": []},
         {"website": "https://acme-robotics.com", "employee_count": "500", "country_code": "US", "founded_year": "2012"}),
    Case("parallel", "parallel", "company", {"name": "Acme Robotics"}, "/v1/search", PARALLEL, {"results": []},
         {"domain": "acme-robotics.com"}),
    Case("apollo", "apollo_company", "company", {"domain": "apollo-works.com"}, "/organizations/enrich", APOLLO_COMPANY,
         {"organization": None}, {"employee_count": "1600", "country_code": "US", "revenue": "100000000"}),
    Case("apollo", "apollo_person", "contact", {"full_name": "Tim Zheng", "company_domain": "apollo.io"}, "/people/match",
         APOLLO_PERSON, {"person": None}, {"email": "tim@apollo.io", "position": "Founder & CEO"}),
    Case("hunter", "hunter_finder", "contact", {"first_name": "Alexis", "last_name": "Ohanian", "company_domain": "reddit.com"},
         "/email-finder", HUNTER_FINDER, {"data": {"email": None, "score": None}}, {"email": "alexis@reddit.com"},
         special=_HUNTER),
    Case("hunter", "hunter_verifier", "contact", {"email": "patrick@stripe.com"}, "/email-verifier", HUNTER_VERIFIER,
         {"data": {"status": "unknown", "score": 0}}, {"email_verification": "valid"}, special=_HUNTER),
    Case("hunter", "hunter_company", "company", {"domain": "intercom.com"}, "/domain-search", HUNTER_DOMAIN,
         {"data": {"domain": "intercom.com", "emails": []}},
         {"email_pattern": "{first}.{last}", "country_code": "US", "technologies": "react, ruby-on-rails"}, special=_HUNTER),
    Case("leadmagic", "leadmagic_finder", "contact",
         {"first_name": "Bill", "last_name": "Gates", "company_domain": "microsoft.com"}, "/v1/people/email-finder",
         LEADMAGIC_FINDER, {"email": None, "status": "not_found", "credits_consumed": 0}, {"email": "billg@microsoft.com"}),
    Case("leadmagic", "leadmagic_verifier", "contact", {"email": "jesse@leadmagic.io"}, "/v1/people/email-validation",
         LEADMAGIC_VALIDATION, {"email_status": "unknown", "credits_consumed": 0.25}, {"email_verification": "valid"}),
    Case("firecrawl", "firecrawl", "company", {"website": "https://acme.example"}, "/scrape", FIRECRAWL,
         {"success": True, "data": {"metadata": {"statusCode": 200}}},
         {"description": "Robots that pack boxes.", "language": "en", "phone": "+37120000000",
          "linkedin_url": "https://www.linkedin.com/company/acme-robotics"}, header="authorization"),
)  # fmt: skip
"""Every source of every vendor."""

"""Which words are ordinary although they bear a capital, and which are given names: lists, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

MONTHS_EN = (
    "january february march april may june july august september october november december".split(),
    "jan feb mar apr may jun jul aug sep oct nov dec".split(),
)
MONTHS_RU = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
    " mondays tuesdays wednesdays thursdays fridays saturdays sundays"
)
_FEASTS = "christmas easter thanksgiving ramadan diwali hanukkah halloween new-year"
_PEOPLES = (
    "english russian german french spanish italian portuguese polish dutch swedish danish norwegian finnish czech slovak"
    " hungarian romanian bulgarian greek turkish arabic hebrew chinese mandarin japanese korean hindi ukrainian american"
    " british european asian african canadian australian austrian swiss belgian irish scottish welsh indian brazilian mexican"
    " latin nordic baltic scandinavian slavic iberian balkan western eastern northern southern"
)
_SHORT = (
    "i ai api b2b b2c bi bpo cac capex cdn ceo cfo cio cmo coo cpo cro cso cto ciso vp svp evp md crm cms cpa cpc cpl cpm cro csv"
    " ctr dach dkim dmarc dns edi eod eta etl eu emea apac latam faq fomo fte fyi gdpr gtm hq hr html http https icp id iot ip it"
    " kpi kpis okr okrs llm llms lms ltv mba mql mqls sql sqls mrr arr nda nps ok oem p.s ps pps pdf pm pms po poc pr qa q&a"
    " r&d rfi rfp rfq rfqs roi roas ron rpa saas paas iaas sdr sdrs bdr bdrs ae aes csm csms sdk seo sem sku skus sla slas smb"
    " smbs smtp soc sop sops spf sso tbd tco tl tldr tms tv uk us usa ui ux url usp usps utm vat vc vcs vpn wms xml zip erp hris"
    " ats ci cd devops secops finops revops ops ceos ctos cfos am pm est pst cet gmt utc msk asap btw imo rsvp n/a vs mr mrs ms"
    " miss dr prof sir messrs dear hi hello internet web wi-fi wifi iso covid ipo m&a nb phd msc bsc mvp no yes dpo 3pl 4pl"
    " re fwd fw b2g d2c dtc guten tag bonjour hola ciao buenos"
)
_TRADE = (
    "timeline timelines deliverability whitepaper whitepapers roadmap roadmaps rollout rollouts touchpoint touchpoints headcount"
    " inbox inboxes congrats reps rep chatbot chatbots lead-gen storefront storefronts stockout stockouts palletising palletizing"
    " telematics chargeback chargebacks healthtech proptech edtech martech fintech adtech regtech insurtech personalisation"
    " personalization digitalisation digitalization offboarding freephone toll-free helpdesk helpdesks changelog uptime backend"
    " frontend fullstack serverless middleware microservices datacentre datacenter codebase refactoring hackathon meetup meetups"
    " keynote keynotes masterclass cohort upskilling reskilling gamification monetisation monetization tokenisation observability"
    " scalability traceability interoperability sustainability decarbonisation decarbonization omnichannel cross-sell upsells"
    " clickthrough retargeting remarketing copywriting copywriter copywriters geotargeting e-commerce ecommerce dropshipping"
    " livestream livestreams podcast podcasts subreddit hashtag hashtags emoji emojis screenshare screenshot screenshots"
    " walkthrough walkthroughs playbook playbooks scorecard scorecards battlecard battlecards standup stand-up standups kanban"
    " agile sprint sprints buy-in sign-off sign-offs kick-off kickoff handover handovers shopfloor intralogistics cleanroom"
)
"""Words of the trade that dictionaries lack, as they may begin a sentence."""
_TITLES = (
    "chief executive officer officers president vice senior junior head heads director directors manager managers lead leads"
    " founder co-founder cofounder partner owner chair chairman chairwoman board team teams department group division operations"
    " operating financial finance marketing sales revenue product technology technical information security people human"
    " resources growth success customer customers support account accounts executives engineer engineers engineering developer"
    " development data analytics analyst analysts business commercial strategy strategic supply chain procurement purchasing"
    " logistics legal general counsel assistant associate global regional country national international digital brand design"
    " research innovation quality compliance risk office staff partnerships alliances enablement controller specialist"
    " coordinator consultant architect representative administrator secretary treasurer principal deputy interim"
)
_TITLES_RU = (
    "директор руководитель начальник заместитель менеджер основатель сооснователь владелец президент вице-президент глава"
    " партнёр партнер отдел департамент генеральный коммерческий технический исполнительный финансовый управляющий бухгалтер"
    " инженер аналитик маркетолог специалист председатель советник секретарь интернет"
)
_SHORT_RU = (
    "вы ваш господин госпожа уважаемый уважаемая добрый здравствуйте привет ао ооо пао оао зао ип гк нко фгуп тк инн огрн"
    " кпп снг рф"
    " сша ес ндс ит ии hr срм црм кп тз бд эдо есв мсфо рсбу гост п.с ps зп тк рк нии ип вэд тэк жкх азс тц бц ого ура фз"
    " ндфл ддс оквэд"
)
_CITIES = (
    "munich cologne hamburg stuttgart düsseldorf leipzig dresden frankfurt lyon marseille barcelona seville valencia milan turin"
    " naples florence geneva basel rotterdam antwerp birmingham bristol leeds glasgow edinburgh cardiff belfast cambridge oxford"
    " boston seattle austin dallas houston miami atlanta philadelphia portland nashville charlotte baltimore sacramento oakland"
    " montreal ottawa calgary bangalore bengaluru mumbai delhi pune hyderabad chennai shenzhen guangzhou osaka kyoto"
    " gdansk krakow"
    " wroclaw poznan brno petersburg saint-petersburg kazan yekaterinburg novosibirsk rostov krasnodar lisbon porto europe asia"
    " africa america scandinavia nordics baltics benelux california texas florida bavaria silicon valley boston manchester"
)


_NUMBERS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half".split()
)
_TOOLS = (
    "excel word outlook sharepoint tableau looker salesforce hubspot pipedrive zoho zendesk intercom slack notion asana"
    " trello jira"
    " confluence airtable monday.com clickup zapier make.com mailchimp marketo eloqua gong outreach salesloft apollo.io segment"
    " snowflake databricks bigquery redshift dbt postgres mysql mongodb kubernetes docker terraform github gitlab jenkins figma"
    " photoshop netsuite quickbooks xero workday greenhouse docusign dropbox typeform calendly loom miro chatgpt copilot claude"
    " gemini whatsapp telegram viber 1с битрикс битрикс24 bitrix24 amocrm амосрм мегаплан мойсклад контур диадок яндекс.директ"
    " яндекс.метрика планфикс retailcrm unisender roistat calltouch"
)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


MONTHS = frozenset(name for names in MONTHS_EN for name in names)
CALENDAR = _words(_DAYS, _FEASTS) | MONTHS
ORDINARY_CAPITALS = CALENDAR | _words(_PEOPLES, _SHORT)
"""Lower case; they bear a capital in any English text and name nobody."""
TOOLS = _words(_TOOLS) | {"power bi", "google sheets", "google analytics", "microsoft teams", "google docs", "sap hana"}
"""Well-known software, so that it is told from its makers."""
TITLES = _words(_TITLES)
TITLES_RU = _words(_TITLES_RU)
ORDINARY_CAPITALS_RU = _words(_SHORT_RU)


@cache
def words() -> frozenset[str]:
    """Return ordinary English words, lower case."""
    return _read("words_en.txt") | _NUMBERS | _words(_TRADE)


@cache
def is_word(word: str) -> bool:
    """Whether a word, lower case, is an ordinary one, or is made of one as ``unsubscribe`` and ``rescheduling`` are."""
    if word in words():
        return True
    bare = next((word[len(front) :] for front in _FRONTS if word.startswith(front) and len(word) > len(front) + 3), word)
    ends = (
        bare.removesuffix(end) for end in _ENDS if bare.endswith(end) and len(bare) >= len(end) + (_LEAST_STEM - (end == "s"))
    )
    return bare in words() or any(stem in words() or f"{stem}e" in words() or stem[:-1] in words() for stem in ends)


_LEAST_STEM = 4
"""Letters of a word that others may be made of: of shorter ones too many names seem to be made, such as Anders."""
_FRONTS = ("un", "re", "pre", "over", "non", "co", "multi", "up", "out", "under", "micro", "cross", "mis")
_ENDS = ("s", "es", "ed", "ing", "ings", "er", "ers", "ly", "ness", "able", "less", "ment", "ments")


@cache
def given_names() -> frozenset[str]:
    """Return given names as they stand in English mails, lower case."""
    return _read("names_en.txt")


@cache
def places() -> frozenset[str]:
    """Return countries, and cities that clocks are named after (CLDR), lower case, in English and Russian, with some more."""
    from zoneinfo import available_timezones

    from babel import Locale

    found = set(_CITIES.split())
    for locale in (Locale("en"), Locale("ru")):
        found |= {name.lower() for code, name in locale.territories.items() if len(code) == 2}
        found |= {zone["city"].lower() for zone in locale.time_zones.values() if "city" in zone}
    found |= {zone.rsplit("/", 1)[-1].replace("_", " ").lower() for zone in available_timezones() if "/" in zone}
    single = {part for name in found for part in name.split() if len(name.split()) > 1 and len(part) > 3}
    return frozenset(found) | frozenset(single - words())


def _read(name: str) -> frozenset[str]:
    text = (files(__package__) / name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())

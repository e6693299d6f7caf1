"""The runs faces can ask for: one Dagster job for each kind of request."""

import dagster as dg

groups = dg.AssetSelection.groups
assets = dg.AssetSelection.assets
MARTS = groups("marts", "learning")

import_lists = dg.define_asset_job(
    "import_lists",
    groups("intake", "enrichment", "segments") - assets("insights"),
    description="Import lists and bring facts and segments up to date.",
)
find_duplicates = dg.define_asset_job(
    "find_duplicates", assets("duplicate_candidates"), description="Look for companies and people that are in the lists twice."
)
enrich_lists = dg.define_asset_job(
    "enrich_lists", groups("enrichment", "segments"), description="Look for new facts about companies and people."
)
make_insights = dg.define_asset_job(
    "make_insights", assets("insights"), description="Weigh what is known of companies and people against the strategy."
)
index_texts = dg.define_asset_job(
    "index_texts", assets("search_index"), description="Make what is new or changed findable by words and by meaning."
)
write_strategy = dg.define_asset_job(
    "write_strategy", assets("strategy_documents"), description="Write the documents of a strategy, or one of them anew."
)
better_pack = dg.define_asset_job(
    "better_pack", assets("compiled_packs"), description="Better a pack by what people made of its drafts."
)
run_benchmark = dg.define_asset_job(
    "run_benchmark", assets("benchmarks"), description="Score packs and models over the same held-out cases."
)
DRAFTING = assets("campaign_targets", "drafts", "draft_scores", "reviews")
draft_campaign = dg.define_asset_job("draft_campaign", DRAFTING, description="Write and score the drafts of a campaign.")
SENDING = assets("reviews", "messages", "message_events")
send_messages = dg.define_asset_job(
    "send_messages", SENDING, description="The same without figures: they follow with the next collection of replies."
)
send_campaign = dg.define_asset_job(
    "send_campaign",
    SENDING | MARTS,
    description="Queue what was approved in a released campaign and hand over what is due.",
)
collect_replies = dg.define_asset_job(
    "collect_replies", groups("replies") | MARTS, description="Read the mailboxes and bring the figures up to date."
)
refresh_marts = dg.define_asset_job("refresh_marts", MARTS, description="Make the figures anew.")

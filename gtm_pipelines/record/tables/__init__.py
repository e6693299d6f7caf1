"""Every table of the record. No queries here: those live one module a subject.

Two kinds. *Facts* are append-only: ``import_row``, ``fact``, ``revision``, ``judgement``,
``grounding``, ``overruling``, ``decision``, ``message_event``, ``inbound_message``, ``conversation_event``, ``interaction``,
``audit_event``. *Current state* tables hold what the facts add up to and change in the same transaction.
Every table carries ``workspace_id``; PostgreSQL enforces it by row-level security.
"""

from __future__ import annotations

from gtm_pipelines.record.tables.access import account as account
from gtm_pipelines.record.tables.access import connection as connection
from gtm_pipelines.record.tables.access import sign_in as sign_in
from gtm_pipelines.record.tables.access import sign_in_guard as sign_in_guard
from gtm_pipelines.record.tables.base import UtcDateTime as UtcDateTime
from gtm_pipelines.record.tables.base import metadata as metadata
from gtm_pipelines.record.tables.campaigns import campaign as campaign
from gtm_pipelines.record.tables.campaigns import pack_version as pack_version
from gtm_pipelines.record.tables.campaigns import segment as segment
from gtm_pipelines.record.tables.campaigns import segment_version as segment_version
from gtm_pipelines.record.tables.campaigns import target as target
from gtm_pipelines.record.tables.coaching import analysis as analysis
from gtm_pipelines.record.tables.coaching import belief as belief
from gtm_pipelines.record.tables.coaching import coach_chat as coach_chat
from gtm_pipelines.record.tables.coaching import coach_message as coach_message
from gtm_pipelines.record.tables.coaching import personal_benchmark as personal_benchmark
from gtm_pipelines.record.tables.delivery import message as message
from gtm_pipelines.record.tables.delivery import message_event as message_event
from gtm_pipelines.record.tables.drafts import decision as decision
from gtm_pipelines.record.tables.drafts import draft as draft
from gtm_pipelines.record.tables.drafts import draft_failure as draft_failure
from gtm_pipelines.record.tables.drafts import revision as revision
from gtm_pipelines.record.tables.house import audit_event as audit_event
from gtm_pipelines.record.tables.house import installation as installation
from gtm_pipelines.record.tables.house import job as job
from gtm_pipelines.record.tables.imports import import_batch as import_batch
from gtm_pipelines.record.tables.imports import import_row as import_row
from gtm_pipelines.record.tables.imports import mapping_profile as mapping_profile
from gtm_pipelines.record.tables.learning import benchmark_run as benchmark_run
from gtm_pipelines.record.tables.learning import benchmark_score as benchmark_score
from gtm_pipelines.record.tables.learning import optimisation as optimisation
from gtm_pipelines.record.tables.learning import pack_release as pack_release
from gtm_pipelines.record.tables.learning import training_example as training_example
from gtm_pipelines.record.tables.lists import company as company
from gtm_pipelines.record.tables.lists import contact as contact
from gtm_pipelines.record.tables.lists import erasure as erasure
from gtm_pipelines.record.tables.lists import fact as fact
from gtm_pipelines.record.tables.lists import suppression as suppression
from gtm_pipelines.record.tables.lists import suppression_salt as suppression_salt
from gtm_pipelines.record.tables.lists import tag as tag
from gtm_pipelines.record.tables.llm import interaction as interaction
from gtm_pipelines.record.tables.llm import llm_answer as llm_answer
from gtm_pipelines.record.tables.llm import llm_spend as llm_spend
from gtm_pipelines.record.tables.matching import duplicate_pair as duplicate_pair
from gtm_pipelines.record.tables.matching import entity_merge as entity_merge
from gtm_pipelines.record.tables.replies import conversation as conversation
from gtm_pipelines.record.tables.replies import inbound_message as inbound_message
from gtm_pipelines.record.tables.replies import mailbox_cursor as mailbox_cursor
from gtm_pipelines.record.tables.research import insight as insight
from gtm_pipelines.record.tables.research import lookup as lookup
from gtm_pipelines.record.tables.research import page as page
from gtm_pipelines.record.tables.research import research_run as research_run
from gtm_pipelines.record.tables.research import research_spend as research_spend
from gtm_pipelines.record.tables.retrieval import chunk as chunk
from gtm_pipelines.record.tables.retrieval import chunk_source as chunk_source
from gtm_pipelines.record.tables.retrieval import chunk_vector as chunk_vector
from gtm_pipelines.record.tables.sequences import campaign_step as campaign_step
from gtm_pipelines.record.tables.sequences import conversation_event as conversation_event
from gtm_pipelines.record.tables.sequences import enrolment as enrolment
from gtm_pipelines.record.tables.sequences import mailbox_state as mailbox_state
from gtm_pipelines.record.tables.strategy import context_entry as context_entry
from gtm_pipelines.record.tables.strategy import strategy as strategy
from gtm_pipelines.record.tables.strategy import strategy_correction as strategy_correction
from gtm_pipelines.record.tables.strategy import strategy_document as strategy_document
from gtm_pipelines.record.tables.writing import draft_stage as draft_stage
from gtm_pipelines.record.tables.writing import grounding as grounding
from gtm_pipelines.record.tables.writing import judgement as judgement
from gtm_pipelines.record.tables.writing import overruling as overruling
from gtm_pipelines.record.tables.writing import rewrite as rewrite
from gtm_pipelines.record.tables.writing import rewrite_item as rewrite_item
from gtm_pipelines.record.tables.writing import voice_sample as voice_sample

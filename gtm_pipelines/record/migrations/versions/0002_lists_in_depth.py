"""lists in depth

Revision: 0002
After: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gtm_pipelines.record.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORKSPACE_TABLES = (
    "duplicate_pair",
    "entity_merge",
    "erasure",
    "mapping_profile",
    "tag",
)

KEYLESS = sa.text("email_key IS NULL AND linkedin_url IS NULL")
REMADE = (
    ("uq_company_tin", "company", ("workspace_id", "tin"), True),
    ("uq_company_registration_number", "company", ("workspace_id", "registration_number"), True),
    ("uq_company_domain", "company", ("workspace_id", "domain"), True),
    ("uq_contact_linkedin_url", "contact", ("workspace_id", "linkedin_url"), True),
    ("ix_contact_company", "contact", ("company_id",), False),
)


def given(name: str, table: str, *columns: str, unique: bool = False) -> None:
    """Index the rows in which the last column holds something."""
    where = sa.text(f"{columns[-1]} IS NOT NULL")
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("left_id", sa.String(length=32), nullable=False),
        sa.Column("right_id", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint(
            "workspace_id", "kind", "left_id", "right_id", name=op.f("uq_duplicate_pair_workspace_id_kind_left_id_right_id")
        ),
    )
    op.create_index("ix_duplicate_pair_status", "duplicate_pair", ["workspace_id", "kind", "status", "score"], unique=False)

    op.create_table(
        "entity_merge",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("winner_id", sa.String(length=32), nullable=False),
        sa.Column("loser_id", sa.String(length=32), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("chosen", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_merge")),
    )
    op.create_index("ix_entity_merge_loser", "entity_merge", ["workspace_id", "loser_id"], unique=False)
    op.create_index("ix_entity_merge_winner", "entity_merge", ["workspace_id", "winner_id"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("value_hash", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_value", "erasure", ["workspace_id", "value_hash"], unique=False)

    op.create_table(
        "mapping_profile",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("header_hash", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_profile")),
        sa.UniqueConstraint("workspace_id", "kind", "name", name=op.f("uq_mapping_profile_workspace_id_kind_name")),
    )
    op.create_index("ix_mapping_profile_header", "mapping_profile", ["workspace_id", "kind", "header_hash"], unique=False)

    op.create_table(
        "tag",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint(
            "workspace_id", "subject_type", "subject_id", "name", name=op.f("uq_tag_workspace_id_subject_type_subject_id_name")
        ),
    )
    op.create_index("ix_tag_name", "tag", ["workspace_id", "name"], unique=False)

    op.add_column("company", sa.Column("legal_form", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("country_code", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("time_zone", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("phone_e164", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("industry_code", sa.Text(), nullable=True))
    op.add_column("company", sa.Column("merged_into", sa.String(length=32), nullable=True))
    given("ix_company_merged_into", "company", "merged_into")

    op.add_column("contact", sa.Column("middle_name", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("function", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("seniority", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("phone_e164", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("country_code", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("merged_into", sa.String(length=32), nullable=True))
    given("ix_contact_merged_into", "contact", "merged_into")
    op.create_index(
        "ix_contact_keyless", "contact", ["workspace_id", "full_name"], sqlite_where=KEYLESS, postgresql_where=KEYLESS
    )
    for name, table, columns, unique in REMADE:
        op.drop_index(name, table)
        given(name, table, *columns, unique=unique)

    op.add_column("import_batch", sa.Column("same_as", sa.String(length=32), nullable=True))
    op.add_column("import_batch", sa.Column("undone_at", UtcDateTime(), nullable=True))
    op.add_column("import_batch", sa.Column("undone_by", sa.Text(), nullable=True))

    if op.get_bind().dialect.name == "postgresql":
        for table in WORKSPACE_TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY {table}_workspace ON {table} "
                "USING (workspace_id = current_setting('gtm.workspace_id', true)) "
                "WITH CHECK (workspace_id = current_setting('gtm.workspace_id', true))"
            )


def downgrade() -> None:
    op.drop_column("import_batch", "undone_by")
    op.drop_column("import_batch", "undone_at")
    op.drop_column("import_batch", "same_as")

    for name, table, columns, unique in REMADE:
        op.drop_index(name, table)
        op.create_index(name, table, list(columns), unique=unique)
    op.drop_index("ix_contact_keyless", "contact")
    op.drop_index("ix_contact_merged_into", "contact")
    op.drop_column("contact", "merged_into")
    op.drop_column("contact", "country_code")
    op.drop_column("contact", "phone_e164")
    op.drop_column("contact", "seniority")
    op.drop_column("contact", "function")
    op.drop_column("contact", "middle_name")

    op.drop_index("ix_company_merged_into", "company")
    op.drop_column("company", "merged_into")
    op.drop_column("company", "industry_code")
    op.drop_column("company", "phone_e164")
    op.drop_column("company", "time_zone")
    op.drop_column("company", "country_code")
    op.drop_column("company", "legal_form")

    op.drop_index("ix_tag_name", "tag")

    op.drop_table("tag")
    op.drop_index("ix_mapping_profile_header", "mapping_profile")

    op.drop_table("mapping_profile")
    op.drop_index("ix_erasure_value", "erasure")

    op.drop_table("erasure")
    op.drop_index("ix_entity_merge_winner", "entity_merge")
    op.drop_index("ix_entity_merge_loser", "entity_merge")

    op.drop_table("entity_merge")
    op.drop_index("ix_duplicate_pair_status", "duplicate_pair")

    op.drop_table("duplicate_pair")

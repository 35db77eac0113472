"""dossiers are found by their words: FTS5 on SQLite, a GIN index of vectors on PostgreSQL

What was filed before is added by `flask search index`.

Revision ID: 0026
Revises: 0025

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

# revision identifiers, used by Alembic.
revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Terms are ASCII letters, figures and `_`, or letters of other scripts, which this tokenizer takes as they are; only
# which dossiers have a term is kept, not where.
FULL_TEXT = """
CREATE VIRTUAL TABLE dossier_words USING fts5(
    words, content='dossier_search', content_rowid='seq', tokenize="ascii tokenchars '_'", detail=none, columnsize=0)
"""
FORGET = "INSERT INTO dossier_words (dossier_words, rowid, words) VALUES ('delete', old.seq, old.words);"
ADD = "INSERT INTO dossier_words (rowid, words) VALUES (new.seq, new.words);"
TRIGGERS = {
    "tr_dossier_search_insert": f"AFTER INSERT ON dossier_search BEGIN {ADD} END",
    "tr_dossier_search_delete": f"AFTER DELETE ON dossier_search BEGIN {FORGET} END",
    "tr_dossier_search_update": f"AFTER UPDATE OF words ON dossier_search BEGIN {FORGET} {ADD} END",
}


def upgrade():
    op.create_table(
        "dossier_search",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), autoincrement=True,
            nullable=False,
        ),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("words", sa.String().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_search_dossier_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_dossier_search")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_dossier_search_dossier_id")),
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FULL_TEXT)
        for name, what in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
    else:
        # A short list of what is not sorted in yet: each search reads it whole, beside the index.
        op.execute(
            "CREATE INDEX ix_dossier_search_words ON dossier_search USING gin (words)"
            " WITH (gin_pending_list_limit = 512)"
        )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE dossier_words")
    op.drop_table("dossier_search")

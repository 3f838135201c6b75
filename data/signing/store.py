"""The SQL of signing, named and commented."""

from __future__ import annotations

from sqlalchemy import text

_KEY = "SELECT id, public_key, office, added_at, retired_at, revoked_from, revoked_why FROM"
KEYS = text(f"{_KEY} published.signing_key ORDER BY added_at, id")
KEY_IN_USE = text(f"""
    {_KEY} diming.signing_key WHERE office = :office AND retired_at IS NULL AND revoked_from IS NULL FOR UPDATE
""")
ADD_KEY = text("""
    INSERT INTO diming.signing_key (id, public_key, office, added_at) VALUES (:id, :public, :office, :at)
""")
RETIRE_KEY = text("UPDATE diming.signing_key SET retired_at = :at WHERE id = :id AND retired_at IS NULL")
LOCK_KEY = text(f"{_KEY} diming.signing_key WHERE id = :id FOR UPDATE")
REVOKE_KEY = text("UPDATE diming.signing_key SET revoked_from = :from, revoked_why = :why WHERE id = :id")
ATTACHMENTS = text("""
    SELECT id, sha256, bytes, file_name, media_type FROM diming.attachment
    WHERE case_id = :case_id AND id = ANY(:ids) ORDER BY added_at, id
""")
DECISION = text("""
    SELECT id, kind, doc_no, title, authority, approved_on::text, announced_on::text, effective_on::text
    FROM diming.decision WHERE id = :id
""")
CASE_NUMBER = text("SELECT number FROM diming.case_file WHERE id = :id")
AUDIT_HEAD = text("SELECT seq, hash FROM diming.audit_head")
# whether this very package was made here
PACKAGE_HERE = text("""
    SELECT document_id, kept_at FROM diming.document_file WHERE form = 'package' AND sha256 = :sha256 LIMIT 1
""")
SIGNED = text("UPDATE diming.document SET signature = :signature, signing_key = :key WHERE id = :id")

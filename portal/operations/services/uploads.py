"""Files that come with a draft: random names, private storage, one a field."""

from __future__ import annotations

import hashlib
import secrets

from django.core.files.base import ContentFile
from django.db import transaction

from portal.operations.models import Draft, DraftUpload
from portal.operations.services import drafts
from portal.operations.uploads import SUFFIX, Checked


@transaction.atomic
def keep(draft: Draft, *, field: str, checked: Checked) -> DraftUpload:
    """Keep a checked file in place of the one before; what was downloaded no longer counts."""
    drafts.touch(draft)
    before = DraftUpload.objects.filter(draft=draft, field=field).first()
    kept = before or DraftUpload(draft=draft, field=field)
    old = (kept.file.storage, kept.file.name) if before else None
    kept.name, kept.content_type, kept.size = checked.name, checked.content_type, len(checked.content)
    kept.digest = hashlib.sha256(checked.content).hexdigest()
    name = f"{secrets.token_hex(16)}.{SUFFIX[checked.content_type]}"
    kept.file.save(name, ContentFile(checked.content), save=False)
    kept.save()
    if old is not None:
        transaction.on_commit(lambda: old[0].delete(old[1]))
    return kept

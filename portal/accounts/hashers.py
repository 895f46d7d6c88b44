"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane: an OWASP profile that 16 log-ins at once can afford."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

//! What the adapter makes of secrets and replies; the rest is seen over HTTP, in `tests/entra`.

"""How traffic comes in, is summed and goes: see docs/feeds.md and docs/traffic.md."""

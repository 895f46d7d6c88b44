"""What the operator sends about lines. Importing this package registers the kinds of file."""

from lines.feeds import device, line, service, sim  # noqa: F401

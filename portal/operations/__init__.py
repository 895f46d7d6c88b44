"""What one asks for: declared operations, drafts, requests, orders, their fulfilment and their histories."""

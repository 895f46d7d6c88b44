"""What one belongs to: agreement, organizations, contracts, referents, and the access that follows from them."""

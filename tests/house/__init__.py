"""The rules of the house, as code. Each rule takes a file and says what in it breaks the rule."""

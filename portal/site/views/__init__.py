"""The web face of the site: public area, home, search, health."""

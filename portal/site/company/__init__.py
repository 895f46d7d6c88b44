"""«Dati aziendali» (7.1): who the organization is, who speaks for it, where its papers go."""

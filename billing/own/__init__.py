"""What an employee used, paid and was told on the own line (9.2.2, 9.2.3). Nobody else sees these pages."""

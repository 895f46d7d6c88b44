"""What we send: every SMS and e-mail is a row written with its cause, delivered afterwards."""

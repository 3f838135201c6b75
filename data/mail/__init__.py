"""Mail by SMTP: `model` says what a letter and a server are (pure), `transport` hands letters over."""

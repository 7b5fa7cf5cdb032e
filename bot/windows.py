"""How long after a person's last message Messenger lets a page write to them."""

from datetime import timedelta

#: Anything may be sent; then only a person's own words.
STANDARD = timedelta(hours=24)
BY_PERSON = timedelta(days=7)

"""The counter that the way in and the sorting share."""

from prometheus_client import Counter

events_total = Counter("weeweiser_messenger_events_total", "Events of webhooks", ["kind", "result"])

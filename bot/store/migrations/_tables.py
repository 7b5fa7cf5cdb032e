"""All tables a database of ours holds. (Not those of `messenger_arrivals`: see its module.)"""

import bot.store  # noqa: F401  every table registers itself
from bot.store._schema import meta
from bot.store.messenger._tables import meta as messenger

ALL = [meta, messenger]

"""`python -m tests.forking_server`: `tests.light_server`, started anew within moments.

The program is loaded once. For each line on standard input a child serves, and its number is
written; who asks for it kills it.
"""

import os
import signal
import sys

from bot import logs, serving
from bot.channels.web import _turns
from bot.settings import Settings
from knowledge import directory
from tests.light_server import build


def main() -> None:
    logs.configure("WARNING")
    # How long a killed server's claim of a message is respected, shortened like the beat.
    _turns._BEAT = 0.2
    _turns.Turns.__init__.__kwdefaults__["patience"] = 1.0
    assert directory().current, "read once, for all children"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    for _ in sys.stdin:
        number = os.fork()
        if not number:
            given = Settings()
            serving.run(build(given), given)
            os._exit(0)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""One file per format: functions from an Answer or a Network. They compute nothing, and escape all that AWS says."""

from __future__ import annotations

import logging

# matplotlib tells everybody whose home is not writable (a container, a CI job) where it put its cache instead.
if logging.getLogger("matplotlib").level == logging.NOTSET:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)

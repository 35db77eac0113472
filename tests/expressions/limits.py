"""A child with limits on memory and processor time, for what could take the machine down."""

from __future__ import annotations

import os
import resource
import signal
import traceback
from collections.abc import Callable

CPU_SECONDS = 4
MEMORY = 400 * 1024 * 1024


def in_a_limited_child(attack: Callable[[], None]) -> int:
    """Run `attack` in a forked child with limits on memory and processor time; give its wait status."""
    child = os.fork()
    if child == 0:
        try:
            with open("/proc/self/statm", encoding="ascii") as statm:
                size = int(statm.read().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            signal.signal(signal.SIGXCPU, signal.SIG_DFL)
            attack()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]

"""What runs with nobody at the keyboard: due timers, deadlines, the outbox, clean-up.

May import services. Due work is rows of ours with an indexed due moment, and every job is idempotent, so that a driver
may call it at any time, twice, or from another machine. Says nothing to the engine and commits nothing itself.
"""

from jobs.embedded import start_jobs

__all__ = ["start_jobs"]

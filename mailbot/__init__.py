"""mailbot keeps a school's consultation mailbox: every letter registered, understood, and answered or handed over."""

__version__ = "0.1.0"

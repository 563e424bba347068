"""The daemon: rounds over the mailbox, payment of owed mail, timed jobs, signals."""

"""The fault matrix (RELIABILITY.md §10): each row is done to a real mailbot between real servers; results are recorded."""

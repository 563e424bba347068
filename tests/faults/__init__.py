"""The fault matrix: each row is done to a real mailbot between real servers, and what it measured is recorded."""

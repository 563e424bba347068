"""What a letter may cost, counted and not timed: fsyncs, IMAP commands, SMTP transactions and connections."""

import pytest

from bench.ground import corpus_letters
from bench.work import work_of

pytestmark = pytest.mark.slow

LETTERS = 120  # three batches: two of fifty and a rest
BATCHES = 3


def test_a_letter_costs_no_more_writes_and_no_more_talk_with_servers_than_was_agreed() -> None:
    done = work_of(corpus_letters(LETTERS))

    mails = done.smtp_transactions
    assert mails <= 1.5 * LETTERS, "about 1.4 mails a letter of the corpus' mix"
    assert done.fsyncs <= 2 * mails + 8 * BATCHES + 30, "two for each mail (its bytes; its step and its forerunner's)"
    assert done.imap_commands <= 9 * BATCHES + 30, "fetched, moved and asked for by the batch, never by the letter"
    assert done.smtp_connections <= BATCHES + 2, "one connection carries a batch's mail"

"""Schools that live by a clock the test sets, for conversations that take days."""

from tests.scenarios.conftest import founded

__all__ = ["founded"]

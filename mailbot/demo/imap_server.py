"""A mailbox in memory behind real IMAP, for `mailbot demo` and for tests that need no full server.

pymap speaks LOGIN, APPEND, SEARCH, STORE, COPY, MOVE, UIDPLUS and IDLE. Embedding it is not a documented interface:
`_options` stands for its command line, and the version is pinned in pyproject.toml for that reason.
"""

import asyncio
from argparse import Namespace
from types import TracebackType
from typing import Self

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard
from pysasl.hashing import Cleartext

from mailbot.demo.loop_thread import LoopThread

LOOPBACK = "127.0.0.1"


class PymapServer:
    """One user's mailbox on a loopback port: empty at the start, forgotten at the end.

    Without `allow_keywords` the server keeps no keywords of its users' own, as Mail.ru does.
    """

    def __init__(self, user: str = "school", password: str = "secret", *, allow_keywords: bool = True) -> None:
        self.host = LOOPBACK
        self.port = 0
        self.user = user
        self.password = password
        self._allow_keywords = allow_keywords
        self._thread = LoopThread("demo-imap", self._open)

    def __enter__(self) -> Self:
        self.port = self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.stop()

    async def _open(self) -> asyncio.Server:
        # Cleartext: the password guards nothing but a toy, and hashing costs 100 ms a login
        backend, config = await DictBackend.init(_options(self.user, self.password), hash_context=Cleartext())
        config.apply_context()
        if self._allow_keywords:
            config.set_cache[self.user] = (_KeywordMailboxes(), FilterSet())
        session = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        return await asyncio.start_server(session, self.host, 0)


class _KeywordMailbox(MailboxData):  # type: ignore[misc]  # pymap is taken as untyped
    """A folder that says `\\*` in PERMANENTFLAGS: any keyword may be set (RFC 3501 §7.1)."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        """The system flags and the wildcard."""
        return frozenset({*super().permanent_flags, Wildcard})


class _KeywordMailboxes(MailboxSet):  # type: ignore[misc]  # pymap is taken as untyped
    """A user's folders, each of which takes keywords."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = _KeywordMailbox(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        """Creates folder `name`; ValueError if there is one."""
        await super().add_mailbox(name)
        self._set[name] = folder = _KeywordMailbox(self._content_cache, self._thread_cache)
        return folder.mailbox_id


def _options(user: str, password: str) -> Namespace:
    """What pymap's own command line would have made of its arguments."""
    return Namespace(
        host=LOOPBACK,
        port=0,
        debug=False,
        cert=None,
        key=None,
        tls=False,
        passlib_cfg=None,
        proxy_protocol=None,
        inherited_sockets=None,
        demo_data=False,
        demo_user=user,
        demo_password=password,
    )

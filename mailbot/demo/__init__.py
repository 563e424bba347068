"""The demo: embedded servers on loopback, sample letters, and the daemon's own rounds shown at work.

Raises BadSettings on import where the packages of the extra «demo» are not installed.
"""

from importlib.util import find_spec

from mailbot.errors import BadSettings, Words

if find_spec("pymap") is None or find_spec("aiosmtpd") is None:
    raise BadSettings(
        where="mailbot demo",
        what=Words("не установлены почтовые серверы для показа", "the embedded mail servers are not installed"),
        mend=Words(
            "Выполните: pip install 'mailbot[demo]' или make demo", "Run pip install 'mailbot[demo]' or make demo"
        ),
    )

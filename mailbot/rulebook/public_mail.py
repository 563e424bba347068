"""Domains of public mail: a whole town writes from each, so none is a school's own and none is capped as one party."""

# fmt: off
PUBLIC_DOMAINS = frozenset((
    "yandex.ru", "ya.ru", "yandex.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "vk.com",
    "rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru", "gmail.com", "googlemail.com", "outlook.com",
    "hotmail.com", "live.com", "icloud.com", "me.com", "yahoo.com",
))
# fmt: on

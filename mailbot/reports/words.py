"""Russian words of the reports: how a request stands, who wrote, when."""

from datetime import datetime

from mailbot.cases.working_time import WorkingTime
from mailbot.replies.words import day
from mailbot.reports.digest import Section
from mailbot.reports.entries import Result
from mailbot.rulebook.ids import Flag

RESULT_SAID = {
    Result.GUIDED: "дана справка",
    Result.VENDOR: "направлено в поддержку системы",
    Result.BY_STAFF: "ответил сотрудник",
    Result.REFUSED: "отказано",
    Result.IN_WORK: "в работе",
    Result.WAITING: "ждём сведений",
    Result.CLOSED: "закрыто без письма",
}
SECTION_SAID = {
    Section.OVERDUE: "Просрочено",
    Section.DUE_TODAY: "Срок сегодня",
    Section.NEW: "Новые",
    Section.IN_WORK: "В работе",
    Section.WAITING: "Ждём сведений",
    Section.CLOSED: "Завершено",
}
TONE = {Section.OVERDUE: "alarm", Section.DUE_TODAY: "today"}
FLAG_SAID = {
    Flag.ABUSE: "брань",
    Flag.SAFETY: "безопасность",
    Flag.LEAK: "утечка данных",
    Flag.PRIVACY: "чужие данные",
    Flag.MULTI: "несколько вопросов",
    Flag.FOREIGN: "не на русском",
    Flag.EMPTY: "без текста",
    Flag.DOUBTFUL: "сомнительный отправитель",
}


def day_of(at: datetime, works: WorkingTime) -> str:
    """«20 ноября» in the school's time."""
    return day(works.local(at))


def hours_said(hours: float | None) -> str:
    """«3 ч», «2 сут 4 ч», «меньше часа»; "" where there is nothing to say."""
    if hours is None:
        return ""
    whole = round(hours)
    if whole < 1:
        return "меньше часа"
    days, rest = divmod(whole, 24)
    if not days:
        return f"{whole} ч"
    return f"{days} сут {rest} ч" if rest else f"{days} сут"

"""Reasons as the admin reads them: every one of the chain, a rule by its place, a step of the contract in words."""

from mailbot.errors import Language
from mailbot.replies.why import PLACE, why_said
from mailbot.triage.finding import Evidence
from mailbot.triage.understand import MORE_THAN_A_QUESTION

LEARNED = {
    "model.npz": "обученная модель слышит",
    "watch.npz": "сторож опасности слышит",
    "sense.npz": "решил смысл письма, а не отдельные слова",
    MORE_THAN_A_QUESTION.rule: "похоже, кроме вопроса есть и дело для человека",
}


def reason_said(reason: Evidence, language: Language) -> str:
    """One reason on one line; what has no Russian words stays as the program says it."""
    if language is Language.EN or PLACE.search(reason.rule):
        return str(reason)
    said = LEARNED.get(reason.rule) or why_said(reason)
    if not said:
        return str(reason)
    return said if not reason.words or reason.words in said else f"{said}: «{reason.words}»"

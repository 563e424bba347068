"""Reasons as staff read them: Russian sentences for the steps of the contract, rules of the admin as they stand.

The full chain of reasons, in the program's own words, is what `mailbot explain` prints.
"""

import re

from mailbot.replies.subject import one_line
from mailbot.triage.finding import Evidence

STEP = re.compile(r"TRIAGE\.md step (\d+)")
STEP_SAID = {
    "2": "возможна опасность для детей или утечка данных",
    "3": "похоже на письмо программы или на поддельный адрес, поэтому заявителю ничего не отправлено",
    "4": "в письме брань или просьба о чужих данных",
    "5": "это жалоба",
    "6": "заявитель благодарит и ни о чём не просит",
    "7": "письмо без текста или не на русском языке",
    "8": "вопрос не об электронном журнале",
    "9": "общий вопрос, на который отвечает справка",
    "10": "нужно, чтобы данные посмотрел человек",
    "12": "программа не уверена, что поняла письмо верно",
}
SAID = (
    (re.compile(r"gate:"), "автоматический ответ не отправлен"),
    (re.compile(r"older than \d+ days"), "письмо пролежало слишком долго, автоматически на него не отвечают"),
    (re.compile(r"the word «ЧЕЛОВЕК»"), "заявитель просит, чтобы ответил человек"),
    (re.compile(r"screening\.yaml: authorities"), "письмо органа власти"),
    (re.compile(r"the letter could not be read"), "письмо не удалось прочитать"),
)


def why_said(evidence: Evidence) -> str:
    """One reason as a sentence for staff; a rule of the admin's is named by its place and the words it heard."""
    if step := STEP.match(evidence.rule):
        return STEP_SAID.get(step[1], evidence.rule)
    said = next((words for pattern, words in SAID if pattern.match(evidence.rule)), "")
    if said:
        return one_line(f"{said}: {evidence.words}" if evidence.words else said)
    return one_line(f"правило {evidence}")

"""Reasons as staff read them: Russian sentences for the steps of the contract, rules of the admin as they stand.

The full chain of reasons, in the program's own words, is what `mailbot explain` prints.
"""

import re

from mailbot.replies.subject import one_line
from mailbot.triage.finding import Evidence

STEP = re.compile(r"TRIAGE\.md step (\d+)")
PLACE = re.compile(r"\.yaml:\d+$")
ASKS = "step 10: asks for what is missing"
STEP_SAID = {
    "1": "письмо составлено программой, а не человеком",
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
SAID = {
    "gate:": "автоматический ответ не отправлен",
    "older than": "письмо пролежало слишком долго, автоматически на него не отвечают",
    "the word «ЧЕЛОВЕК»": "заявитель просит, чтобы ответил человек",
    "screening.yaml: authorities": "письмо органа власти",
    "the letter could not be read": "письмо не удалось прочитать",
    "the writer stayed silent": "заявитель не прислал недостающее",
    "mail of ours was not delivered": "наше письмо не доставлено",
    "the danger lane": "обращение срочное",
    "the same words once more": "заявитель прислал те же слова ещё раз",
    "our answer did not help": "наш ответ не помог",
    "rounds without a new fact": "на вопросы приходят ответы без новых сведений",
    "rounds used up": "на вопросы так и не ответили полностью",
    "the day of taking office": "сообщён день вступления в должность",
    "a further letter in a case that a person has": "новое письмо в обращении, которое у Вас",
    "two letters of ours brought nothing new": "два наших письма не принесли ничего нового",
    "an absence of today cannot wait": "о сегодняшнем пропуске нужно знать сразу",
    "sounds like an automatic reply": "ответ похож на автоматический",
    "a wave of outages": "о сбое пишут многие",
    "a colleague passed it on": "обращение переслал коллега",
    "a colleague cannot help": "коллега не может помочь",
    "a colleague corrected the topic": "коллега исправил тему обращения",
}
"""How the reasons of `mailbot.cases` begin, and what staff are told."""


def why_said(evidence: Evidence) -> str:
    """One reason as a sentence for staff; a rule of the admin's is named by its place and the words it heard.

    A reason without Russian words is "": staff do not read the program's English.
    """
    if evidence.rule.endswith(ASKS):
        return "для ответа не хватает сведений"
    if step := STEP.match(evidence.rule):
        return STEP_SAID.get(step[1], "")
    said = next((words for begins, words in SAID.items() if evidence.rule.startswith(begins)), "")
    if said:
        return one_line(f"{said}: {evidence.words}" if evidence.words else said)
    return one_line(f"правило {evidence}") if PLACE.search(evidence.rule) else ""

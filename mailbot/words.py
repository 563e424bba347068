"""What tables and stories on the terminal call things, in both languages."""

from mailbot.cases.case import CaseState, DueKind, Kind
from mailbot.cases.draft import MailState
from mailbot.errors import Words
from mailbot.rulebook.ids import Disposition, Flag, Intent, Route, Topic

TOPIC = {
    Topic.SCHEDULE: Words("расписание", "schedule"),
    Topic.ATTENDANCE: Words("посещаемость", "attendance"),
    Topic.GRADES: Words("оценки", "marks"),
    Topic.LESSONS: Words("уроки", "lessons"),
    Topic.PLANNING: Words("планирование", "planning"),
    Topic.ACCESS: Words("вход и доступ", "access"),
    Topic.PROFILE: Words("личные данные", "profile"),
    Topic.TRAINING: Words("обучение", "training"),
    Topic.CONTACTS: Words("график и контакты", "contacts"),
    Topic.OUTAGE: Words("сбой системы", "outage"),
    Topic.COMPLAINT: Words("жалоба", "complaint"),
    Topic.OTHER: Words("прочее", "other"),
}
INTENT = {
    Intent.HOWTO: Words("как сделать", "how to"),
    Intent.PROBLEM: Words("что-то не так", "problem"),
    Intent.REQUEST: Words("просьба", "request"),
    Intent.NOTICE: Words("сообщение", "notice"),
    Intent.COMPLAINT: Words("недовольство", "complaint"),
    Intent.THANKS: Words("благодарность", "thanks"),
    Intent.AUTO: Words("автомат", "a machine"),
}
FLAG = {
    Flag.ABUSE: Words("оскорбления", "abuse"),
    Flag.SAFETY: Words("ОПАСНОСТЬ", "DANGER"),
    Flag.LEAK: Words("УТЕЧКА", "LEAK"),
    Flag.PRIVACY: Words("чужие данные", "privacy"),
    Flag.MULTI: Words("две темы", "two topics"),
    Flag.FOREIGN: Words("не по-русски", "foreign"),
    Flag.EMPTY: Words("без текста", "empty"),
    Flag.DOUBTFUL: Words("сомнительно", "doubtful"),
}
DISPOSITION = {
    Disposition.ANSWER: Words("ответить", "answer"),
    Disposition.CLARIFY: Words("уточнить", "ask"),
    Disposition.ESCALATE: Words("передать", "hand over"),
    Disposition.REFUSE: Words("отклонить", "refuse"),
    Disposition.IGNORE: Words("не отвечать", "ignore"),
}
ROUTE = {
    Route.CONSULTANT: Words("консультант", "consultant"),
    Route.CLASS_TEACHER: Words("кл. руководитель", "class teacher"),
    Route.SUPERVISOR: Words("руководитель", "supervisor"),
    Route.DIRECTOR: Words("директор", "director"),
    Route.OFFICE: Words("канцелярия", "office"),
    Route.VENDOR: Words("служба поддержки", "vendor"),
}
KIND = {
    Kind.RECEIPT: Words("подтверждение", "receipt"),
    Kind.GUIDANCE: Words("инструкция", "guidance"),
    Kind.QUESTIONS: Words("вопросы", "questions"),
    Kind.NOTICE: Words("замечание", "notice"),
    Kind.VENDOR: Words("контакты поддержки", "vendor's contacts"),
    Kind.REMINDER: Words("напоминание", "reminder"),
    Kind.HANDED_OVER: Words("у кого обращение", "who has it now"),
    Kind.REFUSAL: Words("отказ", "refusal"),
    Kind.RELAY: Words("ответ сотрудника", "staff's answer"),
    Kind.KNOWN_OUTAGE: Words("о сбое известно", "known outage"),
    Kind.TRAINING_TERM: Words("срок обучения", "training term"),
    Kind.FORWARD: Words("пересылка", "forward"),
    Kind.URGENT: Words("срочная пересылка", "urgent forward"),
    Kind.STAFF_REMINDER: Words("напоминание сотруднику", "staff reminder"),
    Kind.STAFF_ANSWER: Words("ответ на команду", "answer to a command"),
    Kind.STAFF_NOTE: Words("записка сотруднику", "note to staff"),
    Kind.OUTAGE_DRAFT: Words("проект письма о сбое", "draft about the outage"),
    Kind.DIGEST: Words("сводка", "digest"),
    Kind.ALARM: Words("тревога", "alarm"),
}
EVENT = {
    "Machine": Words("письмо автомата", "a machine's letter"),
    "Bounce": Words("отчёт о недоставке", "a bounce"),
    "StaffWord": Words("слово сотрудника", "staff's word"),
    "StrangeWord": Words("чужой ответ на пересылку", "a stranger's word"),
    "OwnCopy": Words("копия нашего письма", "our own copy"),
    "Unreadable": Words("не читается", "unreadable"),
    "AnsweredByPerson": Words("ответил человек", "answered by a person"),
}
STATE = {
    CaseState.REGISTERED: Words("зарегистрировано", "registered"),
    CaseState.ANSWERED: Words("дан ответ", "answered"),
    CaseState.WAITING: Words("ждём сведений", "waiting for the writer"),
    CaseState.WITH_STAFF: Words("у сотрудника", "with staff"),
    CaseState.REFUSED: Words("отклонено", "refused"),
    CaseState.CLOSED: Words("закрыто", "closed"),
}
MAIL_STATE = {
    MailState.READY: Words("ждёт отправки", "ready"),
    MailState.SENDING: Words("отправляется, проверяем копию", "sending, looking for its copy"),
    MailState.SENT: Words("отправлено", "sent"),
    MailState.DONE: Words("готово", "done"),
    MailState.HELD: Words("задержано", "held"),
    MailState.FAILED: Words("не принято сервером", "refused by the server"),
    MailState.HUMAN: Words("нужен человек", "needs a person"),
}
DUE = {
    DueKind.REMIND_WRITER: Words("напомнить заявителю", "remind the writer"),
    DueKind.WRITER_SILENT: Words("ответа больше не ждём, передать сотруднику", "stop waiting, hand over to staff"),
    DueKind.REMIND_STAFF: Words("напомнить сотруднику", "remind staff"),
    DueKind.TO_SUPERVISOR: Words("сообщить руководителю", "tell the supervisor"),
    DueKind.EMERGENCY: Words("нештатная ситуация", "the emergency of the regulation"),
    DueKind.REPEAT_URGENT: Words("повторить срочное письмо", "repeat the urgent mail"),
}
NOTHING = Words("ничего", "nothing")
NOBODY = Words("–", "–")
NO_SUBJECT = Words("(без темы)", "(no subject)")

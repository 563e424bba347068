"""The closed sets of the triage contract. Ids are fixed: rules, JSON, the journal and the tests all use these words."""

from enum import StrEnum


class Audience(StrEnum):
    """Who writes."""

    PARENT = "parent"
    STAFF = "staff"
    STUDENT = "student"


class Topic(StrEnum):
    """What a letter is about; the first topic of a letter is its primary one."""

    SCHEDULE = "schedule"
    ATTENDANCE = "attendance"
    GRADES = "grades"
    LESSONS = "lessons"
    PLANNING = "planning"
    ACCESS = "access"
    PROFILE = "profile"
    TRAINING = "training"
    CONTACTS = "contacts"
    OUTAGE = "outage"
    COMPLAINT = "complaint"
    OTHER = "other"


class Intent(StrEnum):
    """What the writer wants of us."""

    HOWTO = "howto"
    PROBLEM = "problem"
    REQUEST = "request"
    NOTICE = "notice"
    COMPLAINT = "complaint"
    THANKS = "thanks"
    AUTO = "auto"


class Slot(StrEnum):
    """A fact a person needs before acting, in the order in which we ask for them."""

    STUDENT = "student"
    CLASS = "class"
    SUBJECT = "subject"
    DATE = "date"
    ERROR = "error"


class Flag(StrEnum):
    """Something about a letter that changes what may be done with it."""

    ABUSE = "abuse"
    SAFETY = "safety"
    LEAK = "leak"
    PRIVACY = "privacy"
    MULTI = "multi"
    FOREIGN = "foreign"
    EMPTY = "empty"
    DOUBTFUL = "doubtful"


class Disposition(StrEnum):
    """What is done with a letter."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ESCALATE = "escalate"
    REFUSE = "refuse"
    IGNORE = "ignore"


class Route(StrEnum):
    """Behind which door a letter is handed over."""

    CONSULTANT = "consultant"
    CLASS_TEACHER = "class_teacher"
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"
    OFFICE = "office"
    VENDOR = "vendor"


class WriterGets(StrEnum):
    """What the writer receives at once."""

    GUIDANCE = "guidance"
    QUESTIONS = "questions"
    RECEIPT = "receipt"
    NOTICE = "notice"
    NOTHING = "nothing"

"""Golden letters: each file of letters_mime/ says in its .md why it is there; here is what must come out of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.letters.letter import Address, Letter, Oddity
from mailbot.letters.read import read_letter

FOLDER = Path(__file__).parent / "letters_mime"


def golden(name: str) -> Letter:
    return read_letter((FOLDER / f"{name}.eml").read_bytes())


def letter_of(*lines: bytes | str) -> Letter:
    return read_letter(b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines))


def test_each_golden_letter_says_why_it_is_kept() -> None:
    letters = {path.stem for path in FOLDER.glob("*.eml")}

    assert letters == {path.stem for path in FOLDER.glob("*.md")}
    assert len(letters) >= 18


def test_a_raw_cyrillic_subject_is_not_lost() -> None:
    letter = golden("01-raw-subject-cp1251")

    assert letter.subject == "Re: вопрос об оценке по физике"
    assert letter.text == "Здравствуйте! Почему в журнале стоит тройка?"
    assert letter.oddities == (Oddity.CHARSET_GUESSED,)


def test_utf8_under_a_false_label_is_read_as_utf8() -> None:
    assert golden("02-utf8-declared-cp1251").text == "Здравствуйте! Не могу войти в дневник."


def test_a_lying_charset_is_seen_by_what_the_text_reads_like() -> None:
    letter = golden("03-koi8-declared-cp1251")

    assert letter.text == "Здравствуйте, подскажите расписание звонков на завтра"
    assert Oddity.CHARSET_GUESSED in letter.oddities


def test_nothing_hides_behind_a_malformed_header_line() -> None:
    letter = golden("04-header-with-space-before-colon")

    assert letter.header("auto-submitted") == "auto-generated"
    assert letter.header("x-foo") == "y"
    assert letter.subject == "Отчёт"
    assert letter.text == "Привет, мир!"
    assert letter.oddities == (Oddity.BROKEN_HEADERS,)


def test_a_forwarded_letter_is_kept_apart_from_the_writers_words() -> None:
    letter = golden("05-forwarded-rfc822")

    assert letter.text == "Подскажите, куда приходить на это собрание?"
    assert letter.forwarded == ("Собрание пятиклассников в четверг в 18:00.",)
    assert [file.media_type for file in letter.attachments] == ["message/rfc822"]
    assert letter.message_id == ""


def test_a_text_sent_as_a_file_is_the_letter_if_there_is_no_other() -> None:
    letter = golden("06-body-sent-as-attachment")

    assert letter.text == "Не приходит письмо для восстановления пароля."
    assert [file.name for file in letter.attachments] == ["text.txt"]


def test_a_container_without_boundary_is_read_as_text() -> None:
    assert golden("07-no-boundary").text == "Не открывается расписание 7Б."


def test_a_meeting_answer_is_marked_and_has_no_text() -> None:
    letter = golden("08-meeting-answer")

    assert letter.calendar
    assert (letter.text, letter.attachments) == ("", ())


def test_two_senders_are_noted() -> None:
    letter = golden("09-two-from-headers")

    assert Oddity.SEVERAL_FROM in letter.oddities
    assert letter.all_headers("from") == ("mama@example.org", "director@example.com")


def test_every_file_reaches_the_person_under_a_readable_name() -> None:
    files = golden("10-file-names").attachments

    assert [file.name for file in files] == [
        "справка от врача.pdf",
        "заявление.docx",
        "scan.jpg",
        "отчётfdp.exe",
        "O'Brien.pdf",
        "вложение.pdf",
        "вложение.png",
    ]
    assert [file.size for file in files] == [4, 4, 4, 4, 4, 15, 8]
    assert [file.is_image for file in files] == [False] * 6 + [True]


def test_a_stub_gives_way_to_the_html_without_its_hidden_words() -> None:
    letter = golden("11-html-stub")

    assert letter.html_only
    words = " ".join(letter.text.split())
    assert words == "Здравствуйте! Исправьте, пожалуйста, отметки: Ученик Класс Кравец Лев 4 Б Спасибо"


def test_names_in_old_charsets_and_long_ids_stay_whole() -> None:
    letter = golden("17-reply-to-in-koi8")

    assert letter.sender == Address("Служба поддержки", "office@example.org")
    assert letter.reply_to == (Address("Канцелярия школы", "desk@example.org"),)
    assert letter.message_id == "<a1@example.org>"
    assert len(letter.in_reply_to[0]) > 90
    assert letter.references == ("<one@example.org>", "<two@example.org>", "<three@example.org>")
    assert letter.subject == "привет мир"
    assert letter.date == datetime(2026, 11, 21, 6, tzinfo=UTC)


def test_answers_between_the_lines_of_our_letter_are_the_question() -> None:
    letter = golden("18-our-own-letter-quoted-inline")

    assert letter.question == "5Б\nматематика, учитель Семёнова"
    assert "Уточните, пожалуйста, класс" in letter.quoted


WORDS = "Здравствуйте! Почему в дневнике до сих пор нет оценки за контрольную?"


LABELS = ("", "utf-8", "us-ascii", "iso-8859-1", "unicode_escape", "no-such-charset", "utf-8\0", "gb2312", "rot13")
LIES = ("win-1251", "cp-1251", "windows1251", "x-cp1251", "koi8-r", "cp866", "iso-8859-5")


@pytest.mark.parametrize("declared", LABELS + LIES)
@pytest.mark.parametrize("real", ["utf-8", "cp1251", "koi8-r", "cp866", "iso-8859-5"])
def test_the_text_comes_out_whatever_charset_is_declared(real: str, declared: str) -> None:
    header = f'Content-Type: text/plain; charset="{declared}"' if declared else "Content-Type: text/plain"

    assert letter_of("From: a@example.org", header, "", WORDS.encode(real)).text == WORDS


@pytest.mark.parametrize("declared", LABELS)
def test_macintosh_text_comes_out_unless_another_cyrillic_charset_is_declared(declared: str) -> None:
    header = f"Content-Type: text/plain; charset={declared or 'x'}"

    assert letter_of("From: a@example.org", header, "", WORDS.encode("mac-cyrillic")).text == WORDS


@pytest.mark.parametrize("declared", ["x-mac-cyrillic", "macintosh-cyrillic", "mac-cyrillic"])
def test_the_names_of_the_macintosh_charset_are_known(declared: str) -> None:
    letter = letter_of(f"Content-Type: text/plain; charset={declared}", "", "Да, 5Б".encode("mac-cyrillic"))

    assert letter.text == "Да, 5Б"
    assert letter.oddities == ()


def test_a_truthful_declaration_is_no_oddity_however_short_the_text() -> None:
    letter = letter_of("Content-Type: text/plain; charset=windows-1251", "", "ДП".encode("cp1251"))

    assert letter.text == "ДП"
    assert letter.oddities == ()


def test_twice_encoded_text_is_mended() -> None:
    twice = WORDS.encode().decode("latin-1").encode()

    assert letter_of("Content-Type: text/plain; charset=utf-8", "", twice).text == WORDS


def test_a_german_letter_in_its_own_charset_stays_german() -> None:
    text = "Grüße aus Köln, können Sie mir bitte helfen?"

    assert letter_of("Content-Type: text/plain; charset=iso-8859-1", "", text.encode("latin-1")).text == text


def test_a_character_split_between_two_encoded_words_is_joined() -> None:
    letter = letter_of("Subject: =?utf-8?B?0J/RgNC40LI=?= =?utf-8?B?0Q==?=", " =?utf-8?B?jw==?=", "", "")

    assert letter.subject == "Привя"


def test_a_subject_cannot_smuggle_a_header_line() -> None:
    letter = letter_of("Subject: =?utf-8?Q?a=0D=0ABcc:_evil=E2=80=A8x=00?=", "", "")

    assert letter.subject == "a Bcc: evil x"


def test_a_letter_without_a_blank_line_keeps_its_text() -> None:
    letter = letter_of("From: a@example.org", "Subject: x", "Не могу войти в дневник", "помогите")

    assert letter.text == "Не могу войти в дневник\nпомогите"
    assert Oddity.BROKEN_HEADERS in letter.oddities


def test_a_text_without_any_header_is_a_letter_too() -> None:
    letter = letter_of("Здравствуйте", "не открывается дневник")

    assert letter.text == "Здравствуйте\nне открывается дневник"
    assert letter.sender.address == ""


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("mama@example.org", "mama@example.org"),
        ("=?utf-8?B?0JzQsNC80LA=?= <Mama@Example.ORG>", "mama@example.org"),
        ("teacher@school.example.org <evil@example.com>", "evil@example.com"),
        ('"teacher@school.example.org" <evil@example.com>', "evil@example.com"),
        ("mama@example.org (Мама)", "mama@example.org"),
        ('"Иванова, Анна" <a@example.org>', "a@example.org"),
        ("Анна <a@школа.рф>", "a@xn--80atdl2c.xn--p1ai"),
        ("Parents: a@example.org, b@example.org;", ""),
        ("undisclosed-recipients:;", ""),
        ("<a@example.org> <b@example.org>", ""),
        ("<@relay.example,@b.example:a@example.org>", ""),
        ("a@example.org SIZE=1", ""),
        ("a..b@example.org", ""),
        ('"a b"@example.org', ""),
        ("иван@example.org", ""),
        ("a@localhost", ""),
        ("a@example..org", ""),
        ("a@192.0.2.1", ""),
        ("MAILER-DAEMON", ""),
        ("", ""),
        ("(((((", ""),
        ('"' * 50, ""),
    ],
)
def test_only_a_sound_address_is_one_we_could_write_to(header: str, address: str) -> None:
    assert letter_of(f"From: {header}", "", "").sender.address == address


@pytest.mark.parametrize(
    "written", ["Лукина Валентина, приёмная <priem@example.org>", '"Лукина Валентина, приёмная" <priem@example.org>']
)
def test_a_comma_in_a_name_that_nobody_quoted_makes_no_second_sender(written: str) -> None:
    letter = letter_of(f"From: {written}", "", "")

    assert letter.sender == Address("Лукина Валентина, приёмная", "priem@example.org")
    assert not letter.oddities


def test_several_mailboxes_in_one_from_are_noted() -> None:
    assert Oddity.SEVERAL_FROM in letter_of("From: a@example.org, b@example.org", "", "").oddities


def test_odd_but_harmless_parameters_do_not_stop_the_reading() -> None:
    letter = letter_of("To: (c):", "Content-Type: text/plain; name*", "", "Добрый день")

    assert letter.text == "Добрый день"


def test_a_very_long_file_name_is_cut_but_keeps_its_ending() -> None:
    name = "очень длинное имя файла " * 20 + ".docx"
    letter = letter_of(
        "Content-Type: application/msword", f'Content-Disposition: attachment; filename="{name}"', "", "x"
    )

    assert len(letter.attachments[0].name) <= 120
    assert letter.attachments[0].name.endswith("….docx")


def test_html_alone_is_read_and_marked() -> None:
    letter = letter_of("Content-Type: text/html; charset=utf-8", "", "<p>Добрый&nbsp;день</p><p hidden>нет</p>")

    assert (letter.text.split(), letter.html_only) == (["Добрый", "день"], True)


def test_a_quotation_in_html_is_told_from_words_set_apart() -> None:
    letter = letter_of(
        "Content-Type: text/html; charset=utf-8",
        "",
        "<p>Браузер пишет:</p><blockquote style='border-left:1px'>Ошибка 500</blockquote><p>Что делать?</p>",
        "<div>чт, 19 нояб. 2026 г. в 14:02, Служба &lt;help@school.example.org&gt;:</div>",
        "<blockquote type='cite'><p>Здравствуйте!</p><p>Какой класс?</p></blockquote>",
    )

    assert " ".join(letter.question.split()) == "Браузер пишет: Ошибка 500 Что делать?"
    assert "> Какой класс?" in letter.quoted


def test_the_same_letter_has_the_same_key_whatever_its_line_ends() -> None:
    keys = {read_letter(f"From: a@example.org{end}{end}текст{end}".encode()).key for end in ("\r\n", "\n", "\r")}

    assert len(keys) == 1
    assert len(keys.pop()) == 32


@pytest.mark.parametrize(
    ("raw", "oddity"),
    [
        (b"Subject: big\r\n\r\n" + b"x" * (36 * 1024 * 1024), Oddity.TOO_BIG),
        (b"Subject: big\r\n" + b"X-A: b\r\n" * 1001 + b"\r\ntext", Oddity.TOO_BIG),
        (b"Subject: big\r\nX-A: " + b"b" * (256 * 1024) + b"\r\n\r\ntext", Oddity.TOO_BIG),
        (
            b"Subject: big\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 501,
            Oddity.TOO_BIG,
        ),
        (
            b"Subject: big\r\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(32)),
            Oddity.TOO_DEEP,
        ),
    ],
    ids=["letter", "header lines", "header block", "parts", "depth"],
)
def test_beyond_the_limits_only_the_headers_are_read(raw: bytes, oddity: Oddity) -> None:
    letter = read_letter(raw)

    assert oddity in letter.oddities
    assert (letter.subject, letter.text, letter.size) == ("big", "", len(raw))


def test_a_book_of_a_letter_is_read_from_its_beginning() -> None:
    letter = read_letter(b"Subject: x\r\n\r\n" + b"word\r\n" * 400_000)

    assert Oddity.TOO_BIG in letter.oddities
    assert letter.text.startswith("word\nword")

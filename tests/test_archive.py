"""What a zip says it holds: read from its list alone, within bounds, whatever the bytes."""

import base64
import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.letters.archive import MOST_FILES, contents_of
from mailbot.letters.read import read_letter
from mailbot.replies.dangerous import is_dangerous


def zipped(*names: str, content: bytes = b"x", comment: bytes = b"") -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(ZipInfo(name), content)
        archive.comment = comment
    return made.getvalue()


def locked(name: str) -> bytes:
    """The bit that says «a password is needed», set in the list."""
    data = bytearray(zipped(name))
    struct.pack_into("<H", data, data.rfind(b"PK\x01\x02") + 8, 1)
    return bytes(data)


def letter_with(name: str, data: bytes, kind: str = "application/zip") -> bytes:
    return (
        (
            "From: mama@mail.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
            f"--b\r\nContent-Type: {kind}; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ).encode()
        + base64.encodebytes(data).replace(b"\n", b"\r\n")
        + b"--b--\r\n"
    )


def test_names_are_told_without_folders_and_in_russian() -> None:
    found = contents_of(zipped("папка/справка.pdf", "../../etc/passwd", "a\\b.txt"))

    assert found
    assert found.names == ("справка.pdf", "passwd", "b.txt")
    assert not found.sealed


@pytest.mark.parametrize(
    ("name", "data", "dangerous"),
    [
        ("scans.zip", zipped("1.jpg", "2.jpg"), False),
        ("scans.zip", zipped("scan.pdf.exe"), True),
        ("scans.zip", zipped("фото.JPG.ScR"), True),
        ("scans.zip", zipped("photo\u202egpj.exe"), True),
        ("scans.zip", zipped("more.zip"), True),
        ("scans.zip", locked("1.jpg"), True),
        ("scans.zip", zipped("1.jpg")[:-8], True),
        ("scans.zip", zipped(*(f"{n}.jpg" for n in range(MOST_FILES + 1))), True),
        ("scans.zip", zipped("1.jpg", content=b"\0" * 20_000_000), False),
        ("scans.dat", zipped("setup.exe"), True),
        ("spravka.docx", zipped("word/document.xml", "word/media/image1.png"), False),
        ("page.txt", b"PK is a name", False),
    ],
)
def test_a_letter_travels_unless_its_zip_holds_or_hides_a_program(name: str, data: bytes, dangerous: bool) -> None:
    raw = letter_with(name, data)

    assert is_dangerous(raw, read_letter(raw)) is dangerous


def test_a_program_in_a_letter_attached_to_the_letter_is_found() -> None:
    inner = letter_with("setup.exe", b"MZ", "application/octet-stream")
    raw = (
        b"From: mama@mail.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        b"--a\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--a--\r\n"
    )

    assert is_dangerous(b"", read_letter(raw))


@given(st.binary(max_size=400), st.integers(0, 300))
def test_no_bytes_make_it_fail(noise: bytes, cut: int) -> None:
    whole = zipped("1.jpg", "папка/2.jpg")
    for data in (b"PK\x03\x04" + noise, whole[:cut] + noise, whole[:-cut] + noise + whole[-cut:]):
        found = contents_of(data)
        assert found is None or len(found.names) <= MOST_FILES

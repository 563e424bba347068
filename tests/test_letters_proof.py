"""Whose word it is: Authentication-Results as Mail.ru, Yandex, Gmail and a school's own server write them."""

import pytest

from mailbot.letters.letter import Letter, Proof
from mailbot.letters.proof import is_internal, proof_of
from mailbot.letters.read import read_letter

MAIL_RU = "mxs.mail.example"
DAY = "Fri, 20 Nov 2026 09:00:00 +0300"
OWN = f"Received: from out.example.net (out.example.net [192.0.2.1]) by mx7.mail.example with ESMTPS; {DAY}"
FOREIGN = f"Received: from [192.0.2.9] by out.example.net with ESMTPA; {DAY}"
FROM = "From: mama@example.org"


def letter(*headers: str) -> Letter:
    return read_letter("\r\n".join([*headers, "Subject: x", "", "текст"]).encode())


def proof(*headers: str, ids: tuple[str, ...] = (MAIL_RU,)) -> Proof:
    return proof_of(letter(*headers), ids)[0]


def results(text: str, server: str = MAIL_RU) -> str:
    return f"Authentication-Results: {server}; {text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spf=pass (ok) smtp.mailfrom=x@other.example; dkim=pass header.d=example.org", Proof.PROVEN),
        ("dmarc=pass header.from=mama@example.org", Proof.PROVEN),
        ("dmarc=pass (p=none dis=none) header.from=example.org", Proof.PROVEN),
        ("dkim=pass header.i=@example.org header.s=mail header.b=abc", Proof.PROVEN),
        ("dkim=pass header.d=mail.example.org", Proof.PROVEN),
        ("spf=pass smtp.mail=mama@example.org", Proof.PROVEN),
        ("spf=pass smtp.mailfrom=evil@example.com; dkim=pass header.d=example.com", Proof.UNPROVEN),
        ("dkim=pass header.d=org", Proof.UNPROVEN),
        ("dkim=pass header.d=evilexample.org", Proof.UNPROVEN),
        ("dmarc=pass header.from=example.com", Proof.UNPROVEN),
        ("none", Proof.UNPROVEN),
        ("spf=softfail smtp.mailfrom=mama@example.org; dkim=none", Proof.UNPROVEN),
        ("dmarc=fail (p=reject) header.from=example.org", Proof.FORGED),
        ("spf=fail smtp.mailfrom=mama@example.org", Proof.FORGED),
        ("dkim=fail header.d=example.org; spf=pass smtp.mailfrom=evil@example.com", Proof.FORGED),
        ("dkim=fail header.d=example.org; spf=pass smtp.mailfrom=mama@example.org", Proof.PROVEN),
        ("dkim=fail header.d=list.example; spf=fail smtp.mailfrom=list@list.example", Proof.UNPROVEN),
        ("spf=fail (dkim=pass header.d=example.org) smtp.mailfrom=mama@example.org", Proof.FORGED),
    ],
)  # fmt: skip
def test_a_pass_counts_only_for_the_domain_of_from(text: str, expected: Proof) -> None:
    assert proof(OWN, results(text), FOREIGN, FROM) is expected
    assert proof(results(text), OWN, FOREIGN, FROM) is expected


def test_without_a_configured_server_nothing_is_proven() -> None:
    assert proof(OWN, results("dmarc=pass header.from=example.org"), FROM, ids=()) is Proof.UNPROVEN


def test_results_below_a_foreign_hop_are_the_senders_own_text() -> None:
    assert proof(OWN, FOREIGN, results("dmarc=pass header.from=example.org"), FROM) is Proof.UNPROVEN


def test_results_below_a_forged_hop_of_our_provider_do_not_count() -> None:
    forged = "Received: from a.example by mx9.mail.example with ESMTP; Fri, 20 Nov 2026 08:00:00 +0300"

    assert proof(OWN, forged, results("dmarc=pass header.from=example.org"), FROM) is Proof.UNPROVEN


def test_results_of_an_unknown_server_do_not_count() -> None:
    passed = "dmarc=pass header.from=example.org"

    assert proof(OWN, results(passed, "mx.evil.example"), FROM) is Proof.UNPROVEN
    assert proof(OWN, results(passed, "mxs.mail.example.evil.example"), FROM) is Proof.UNPROVEN


@pytest.mark.parametrize(
    "host",
    [
        "evil.example (evil.example [203.0.113.5])",
        "evil.example (unknown [203.0.113.5])",
        "evil ([203.0.113.5])",
        "[203.0.113.5] (helo=mxs.mail.example)",
    ],
)
def test_a_sender_who_brings_a_result_of_our_own_server_along_proves_nothing(host: str) -> None:
    border = f"Received: from {host} by mx7.mail.example with ESMTP; {DAY}"
    inner = f"Received: from mx7.mail.example by mx8.mail.example with ESMTP; {DAY}"
    brought = results("dmarc=pass header.from=example.org")

    assert proof(results("dmarc=fail header.from=example.org"), border, brought, FROM) is Proof.FORGED
    assert proof(results("dkim=none"), border, brought, FROM) is Proof.UNPROVEN
    assert proof(border, inner, brought, FROM) is Proof.UNPROVEN


def test_who_logged_in_at_the_schools_own_server_is_internal() -> None:
    domains = ("school.example.org",)
    colleague = "From: journal@school.example.org"
    taken = f"Received: from [192.168.1.7] (unknown [192.168.1.7]) by mx.school.example.org with ESMTPSA; {DAY}"
    handed_on = f"Received: from localhost (localhost [127.0.0.1]) by mx.school.example.org with LMTP; {DAY}"
    outside = f"Received: from evil (unknown [203.0.113.5]) by mx.school.example.org with ESMTPS; {DAY}"
    elsewhere = f"Received: from [192.168.1.7] by smtp.mail.example with ESMTPSA; {DAY}"

    assert is_internal(letter(taken, colleague), domains)
    assert is_internal(letter(handed_on, taken, colleague), domains)
    assert not is_internal(letter(outside, taken, colleague), domains)
    assert not is_internal(letter(elsewhere, colleague), domains)
    assert not is_internal(letter(taken, "From: mama@example.org"), domains)
    assert not is_internal(letter(colleague), domains)


def test_a_second_servers_word_does_not_mend_the_first_ones() -> None:
    first = results("dkim=fail header.d=example.org", "iva1.qloud.yandex.example")
    second = results("dkim=pass header.d=example.org", "iva2.qloud.yandex.example")

    assert proof(first, second, FROM, ids=(".yandex.example",)) is Proof.FORGED


def test_a_provider_whose_servers_have_changing_names_is_known_by_its_domain() -> None:
    yandex = results("spf=pass smtp.mail=mama@example.org", "vla1-f55d97afef99.qloud-c.yandex.example")
    border = (
        "Received: from out.example.net (out.example.net) by vla1-f55d97afef99.qloud-c.yandex.example with ESMTP; x"
    )
    inner = "Received: from iva5.yandex.example (localhost [127.0.0.1]) by sas1.qloud-c.yandex.example with LMTP; x"

    assert proof(inner, border, yandex, FOREIGN, FROM, ids=(".yandex.example",)) is Proof.PROVEN
    assert proof(inner, border, yandex, FROM, ids=("yandex.example",)) is Proof.UNPROVEN


def test_inner_hops_without_a_name_are_passed() -> None:
    inner = "Received: by 2002:a05:6402:1111:b0:55 with SMTP id x; Fri, 20 Nov 2026 00:00:00 -0800"

    assert proof(inner, OWN, results("dmarc=pass header.from=example.org"), FOREIGN, FROM) is Proof.PROVEN


def test_several_senders_are_never_proven() -> None:
    passed = results("dmarc=pass header.from=example.org")

    assert proof(OWN, passed, FROM, "From: director@example.com") is Proof.UNPROVEN
    assert proof(OWN, passed, "From: mama@example.org, director@example.com") is Proof.UNPROVEN
    assert proof(OWN, passed, "From: undisclosed:;") is Proof.UNPROVEN


def test_the_name_in_front_of_the_address_proves_nothing() -> None:
    passed = results("dkim=pass header.d=school.example.org")

    assert proof(OWN, passed, "From: teacher@school.example.org <evil@example.com>") is Proof.UNPROVEN


def test_the_reason_names_the_method_and_the_domain() -> None:
    reason = proof_of(letter(OWN, results("dmarc=fail header.from=example.org"), FROM), (MAIL_RU,))[1]

    assert reason == "dmarc=fail for example.org"


PASSED = "dmarc=pass header.from=example.org"


@pytest.mark.parametrize(
    "written",
    [
        "mxs.mail.example.evil.example; " + PASSED,
        "evil.example (mxs.mail.example); " + PASSED,
        "(mxs.mail.example) evil.example; " + PASSED,
        '"mxs.mail.example" evil.example; ' + PASSED,
        "evil.example mxs.mail.example; " + PASSED,
        "xmxs.mail.example; " + PASSED,
        "mxs.mail.example.; " + PASSED,
        "mail.example; " + PASSED,
        "; mxs.mail.example; " + PASSED,
        "mxs.mail.example; none; x=(dmarc=pass header.from=example.org)",
        "mxs.mail.example; dkim=fail (dmarc=pass header.from=example.org) header.d=evil.example",
        "mxs.mail.example; dkim=pass header.d=evil.example (header.d=example.org)",
        "mxs.mail.example; spf=pass smtp.helo=example.org",
        "mxs.mail.example; spf=pass smtp.mailfrom=mama@example.org.evil.example",
        "mxs.mail.example; dkim=pass header.d=evil.example header.i=@example.org",
        "mxs.mail.example; arc=pass header.d=example.org; x-dmarc=pass header.from=example.org",
        "mxs.mail.example; dmarc=passed header.from=example.org",
    ],
)
def test_no_spelling_of_a_result_makes_it_more_than_it_is(written: str) -> None:
    assert proof(OWN, f"Authentication-Results: {written}", FOREIGN, FROM) is not Proof.PROVEN


@pytest.mark.parametrize(
    "name", ["ARC-Authentication-Results", "X-Authentication-Results", "Authentication-Results-Original"]
)
def test_headers_of_another_name_are_no_results(name: str) -> None:
    assert proof(OWN, f"{name}: i=1; {MAIL_RU}; {PASSED}", f"{name}: {MAIL_RU}; {PASSED}", FROM) is Proof.UNPROVEN


def test_a_folded_result_and_one_in_capitals_are_read_all_the_same() -> None:
    assert (
        proof(OWN, "AUTHENTICATION-RESULTS:\r\n MXS.Mail.Example;\r\n\tDMARC=Pass header.From=Example.ORG", FROM)
        is Proof.PROVEN
    )


def test_a_name_made_up_under_the_providers_domain_proves_nothing_where_the_provider_wrote_no_result() -> None:
    border = f"Received: from evil.example (evil.example [203.0.113.5]) by front-7.yandex.example with ESMTP; {DAY}"
    made_up, true = results(PASSED, "front-1.yandex.example"), results(PASSED, "front-7.yandex.example")

    forged = f"Received: from a.example by front-1.yandex.example with ESMTP; {DAY}"

    assert proof(border, made_up, FROM, ids=(".yandex.example",)) is Proof.UNPROVEN
    assert proof(border, made_up, forged, FROM, ids=(".yandex.example",)) is Proof.UNPROVEN
    assert proof(border, true, FROM, ids=(".yandex.example",)) is Proof.PROVEN

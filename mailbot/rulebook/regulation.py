"""A regulation pack with the school's own values: what the document says stands, what it leaves open is filled."""

from collections.abc import Iterator, Mapping

from mailbot.errors import Words
from mailbot.rulebook.positions import Document
from mailbot.rulebook.problems import Problem, ProblemCode, nearest
from mailbot.rulebook.regulation_models import ClauseForm, PackForm, RegulationForm, ValuesForm, VendorHoursForm
from mailbot.rulebook.types import Clause, Regulation, Vendor, VendorHours


def regulation_of(
    name: str, pack: PackForm, pack_document: Document, own: RegulationForm, own_document: Document
) -> Regulation:
    """The regulation `name`; `own` must be empty of values if it was written for another document."""
    values, roles = own.values, pack.roles
    return Regulation(
        id=name,
        title=pack.title,
        system=values.system or pack.system,
        clauses=_clauses(pack.clauses, pack_document) | _clauses(own.clauses, own_document),
        rejection_incomplete=roles.rejection_incomplete,
        rejection_not_constructive=roles.rejection_not_constructive,
        emergency=roles.emergency,
        etiquette=roles.etiquette,
        training=roles.training,
        materials=roles.materials,
        publish=roles.publish,
        vendor=_vendor(pack, values),
        training_working_days=values.training_working_days or pack.training_working_days,
        answer_working_days=values.answer_working_days or pack.answer_working_days,
        inferred=tuple(key for key in ("region", "zone") if getattr(pack, key)),
        place=own_document.place("use"),
        school=pack.school,
        dated=pack.dated or "",
        zone=pack.zone.value if pack.zone else "",
        emergency_definition=roles.emergency_definition,
        answer=roles.answer,
        clear_question=roles.clear_question,
        clear_question_parents=roles.clear_question_parents,
        publish_contacts=roles.publish_contacts,
        locked_by=roles.locked_by,
        audiences=pack.who_may_ask,
        staff_topics=pack.topics_for_staff,
        staff_channels=pack.staff_channels,
        parent_channels=pack.parent_channels,
        who_helps=pack.who_helps,
        open=pack.open,
    )


def _clauses(forms: Mapping[str, ClauseForm], document: Document) -> dict[str, Clause]:
    return {
        name: Clause(
            id=name,
            printed=form.printed,
            text=" ".join(form.text.split()),
            locked=form.locked,
            place=document.key("clauses", name),
        )
        for name, form in forms.items()
    }


def _vendor(pack: PackForm, values: ValuesForm) -> Vendor:
    said, added = pack.vendor, values.vendor
    hours = said.hours if added.hours is None else added.hours
    return Vendor(
        name=said.name,
        mail=added.mail or said.mail or "",
        phone=added.phone or said.phone or "",
        phone_note=added.phone_note or said.phone_note or "",
        site=added.site or said.site or "",
        registers=added.registers or said.registers or "",
        hours=tuple(map(_vendor_hours, hours)),
        requirements=said.requirements,
    )


def _vendor_hours(form: VendorHoursForm) -> VendorHours:
    return VendorHours(
        what=form.what,
        days=form.days,
        start=form.hours[0],
        end=form.hours[1],
        zone=form.zone or "",
        except_holidays=form.except_holidays,
    )


def pack_problems(pack: PackForm, document: Document) -> Iterator[Problem]:
    """Roles of a pack that name a clause it does not have."""
    for role, clause in pack.roles:
        if clause and clause not in pack.clauses:
            yield unknown_clause(document, ("roles", role), clause, pack.clauses)


def unknown_clause(document: Document, path: tuple[str, ...], clause: str, known: Mapping[str, object]) -> Problem:
    """A clause that the regulation in use does not have."""
    what = Words(ru=f"в регламенте нет пункта «{clause}»", en=f"the regulation has no clause «{clause}»")
    place = document.place(*path)
    return Problem(place=place, code=ProblemCode.UNKNOWN_CLAUSE, what=what, mend=nearest(clause, known))


def own_problems(own: RegulationForm, document: Document, pack: PackForm) -> Iterator[Problem]:
    """Where the school says something the document does not leave to it."""
    yield from _locked_problems(own, document, pack)
    for key in _values_given(own.values):
        if key not in pack.open:
            what = Words(ru=f"«{key}» уже определено документом", en=f"the document itself settles «{key}»")
            mend = Words(
                ru="Удалите строку; школа указывает только: " + (", ".join(pack.open) or "ничего"),
                en="Remove the line; open to the school: " + (", ".join(pack.open) or "nothing"),
            )
            place = document.key("values", *key.split("."))
            yield Problem(place=place, code=ProblemCode.NOT_OPEN, what=what, mend=mend)


def _values_given(values: ValuesForm) -> Iterator[str]:
    yield from (key for key in ValuesForm.model_fields if key != "vendor" and getattr(values, key) is not None)
    given = ((key, value) for key, value in values.vendor if value is not None)
    yield from (f"vendor.{key}" for key, _ in given)


def _locked_problems(own: RegulationForm, document: Document, pack: PackForm) -> Iterator[Problem]:
    note = pack.clauses.get(pack.roles.locked_by)
    for name in own.clauses:
        if name in pack.clauses and pack.clauses[name].locked:
            by = f" ({note.printed})" if note else ""
            quoted = f"«{' '.join(note.text.split()).rstrip('.')}»" if note else ""
            what = Words(ru=f"пункт «{name}» школа изменять не может{by}", en=f"clause «{name}» is locked{by}")
            mend = Words(ru=f"Удалите его отсюда. {quoted}".strip(), en=f"Remove it here. {quoted}".strip())
            place = document.key("clauses", name)
            yield Problem(place=place, code=ProblemCode.LOCKED_CLAUSE, what=what, mend=mend)

#!/usr/bin/env python3
"""Whether the labels of a corpus agree with the triage contract and its letters with each other.

    check_labels.py LETTERS.jsonl... [--against OTHER.jsonl...]

What follows from audience, topics, intent, slots and flags (missing, disposition, route) is derived
here a second time, straight from the contract's table and independent of mailbot's own code, and
compared with what the labels say. Also told: unknown ids, letters without a field, ids used twice,
and pairs of letters above 0.5 Jaccard on word 5-grams. Exit 1 if anything was found.
"""

import argparse
import json
import re
import sys
from pathlib import Path

TOPICS = (
    "schedule", "attendance", "grades", "lessons", "planning", "access",
    "profile", "training", "contacts", "outage", "complaint", "other",
)  # fmt: skip
INTENTS = ("howto", "problem", "request", "notice", "complaint", "thanks", "auto")
FLAGS = ("abuse", "safety", "leak", "privacy", "multi", "foreign", "empty", "doubtful")
AUDIENCES = ("parent", "staff", "student")
SLOTS = ("student", "class", "subject", "date", "error")
REQUIRED = {
    "schedule": ["class", "date"],
    "attendance": ["student", "class", "date"],
    "grades": ["student", "class", "subject"],
    "lessons": ["class", "subject", "date"],
    "planning": ["class", "subject"],
    "access": ["student", "class"],
    "profile": ["student", "class"],
    "outage": ["error"],
}
STAFF_ABOUT_THEMSELVES = {"access", "profile"}  # none is needed, if the staff member writes about an own account


def one_topic(topic: str, intent: str, missing: list[str]) -> tuple[str, str | None]:
    """Disposition and route of one topic alone: steps 5 and 8–10 of the contract."""
    if topic == "complaint":
        return "escalate", "supervisor"
    if topic == "other":
        return "escalate", "office"
    if intent == "howto":
        return "answer", None
    if missing:
        return "clarify", None
    if topic == "outage":
        return "escalate", "vendor"
    if topic == "attendance" and intent == "notice":
        return "escalate", "class_teacher"
    return "escalate", "consultant"


def derived(labels: dict) -> tuple[set[str], str, str | None]:
    """What is missing, the disposition and the route that follow from the rest of the labels."""
    topics, flags = labels["topics"], set(labels["flags"])
    intents = {t: (labels.get("topic_intents") or {}).get(t, labels["intent"]) for t in topics}
    lacks: dict[str, list[str]] = {}
    for topic in topics:
        needs = REQUIRED.get(topic, []) if intents[topic] in ("problem", "request", "notice") else []
        lacks[topic] = [s for s in needs if s not in labels["slots"]]
    missing = {s for lack in lacks.values() for s in lack}
    if labels["intent"] == "auto":
        return set(), "ignore", None
    if flags & {"safety", "leak"}:
        return missing, "escalate", "director"
    if "abuse" in flags:
        return missing, "refuse", "supervisor"
    if "privacy" in flags or "complaint" in topics:
        return missing, "escalate", "supervisor"
    if labels["intent"] == "thanks":
        return set(), "ignore", None
    if "empty" in flags:
        return set(), "clarify", None
    if "foreign" in flags:
        return missing, "escalate", "consultant"
    alone = [one_topic(t, intents[t], lacks[t]) for t in topics]
    best = min(alone, key=lambda a: ["escalate", "clarify", "answer"].index(a[0]))
    return missing, *best


def label_problems(row: dict) -> list[str]:
    """Every way in which one letter's labels break the contract."""
    labels, found = row["labels"], []
    for key, known in (("topics", TOPICS), ("flags", FLAGS)):
        found += [f"unknown {key}: {x}" for x in labels[key] if x not in known]
    found += [f"unknown slot {s}" for s in labels["slots"] if s not in SLOTS]
    if labels["audience"] not in AUDIENCES or labels["intent"] not in INTENTS:
        found.append("unknown audience or intent")
    if not 1 <= len(labels["topics"]) <= 2 or ("multi" in labels["flags"]) != (len(labels["topics"]) == 2):
        found.append("topics and the flag multi disagree")
    if len(labels["topics"]) == 2 and set(labels.get("topic_intents") or {}) != set(labels["topics"]):
        found.append("two topics need topic_intents for both")
    missing, disposition, route = derived(labels)
    own_account = labels["audience"] == "staff" and set(labels["topics"]) & STAFF_ABOUT_THEMSELVES
    if not own_account:
        if missing != set(labels["missing"]) and labels["intent"] not in ("auto", "thanks"):
            found.append(f"missing is {labels['missing']}, follows {sorted(missing)}")
        if (disposition, route) != (labels["disposition"], labels["route"]):
            found.append(f"outcome is {labels['disposition']}/{labels['route']}, follows {disposition}/{route}")
    return found


def five_grams(row: dict) -> set[tuple[str, ...]]:
    words = re.findall(
        r"\w+", (row.get("subject") or "") + " " + re.sub(r"<[^>]+>", " ", row.get("body") or "").lower()
    )
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def near_pairs(rows: list[dict], others: list[dict]) -> list[tuple[str, str, float]]:
    """Pairs above 0.5 Jaccard on word 5-grams: among `rows`, and between `rows` and `others`."""
    everything = [(r["id"], five_grams(r)) for r in rows + others]
    index: dict[tuple[str, ...], list[int]] = {}
    for i, (_, grams) in enumerate(everything):
        for gram in grams:
            index.setdefault(gram, []).append(i)
    seen = {(a, b) for holders in index.values() for a in holders for b in holders if a < b and a < len(rows)}
    close = []
    for a, b in sorted(seen):
        one, two = everything[a][1], everything[b][1]
        share = len(one & two) / len(one | two)
        if share > 0.5:
            close.append((everything[a][0], everything[b][0], share))
    return close


def load(paths: list[str]) -> list[dict]:
    return [
        json.loads(line) for p in paths for line in Path(p).read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+")
    parser.add_argument("--against", nargs="*", default=[])
    args = parser.parse_args()
    rows, found, ids = load(args.corpora), 0, set()
    for row in rows:
        lacking = [k for k in ("id", "from_name", "from_addr", "subject", "body", "html", "labels") if k not in row]
        twice = ["id used twice"] if row["id"] in ids else []
        ids.add(row["id"])
        for problem in [f"no {k}" for k in lacking] + twice + label_problems(row):
            found += 1
            print(f"{row['id']}: {problem}")
    for one, two, share in near_pairs(rows, load(args.against)):
        found += 1
        print(f"{one}: too near to {two} ({share:.2f})")
    print(f"{len(rows)} letters, {found} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Proves a file of evidence that `pepost audit export FILE` wrote, without pepost.

Each record's hash is the SHA-256 of its fields one after the other, as stated
in the project's README: a text is 8 bytes of length and then its bytes in
UTF-8, a number is 8 bytes, both big-endian, and "prev" is the hash of the
record before. Usage: verify-evidence.py FILE; the last line printed is the
number and the hash of the last record, to be compared with what was noted."""
import calendar, hashlib, json, struct, sys, time


def number(n):
    return struct.pack(">q", n)


def text(s):
    return number(len(s.encode())) + s.encode()


def micros(at):  # 2026-02-02T09:00:00.123456Z, in UTC
    whole, _, part = at.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 1000000 + int((part or "0").ljust(6, "0"))


last, prev = 0, ""
for line in open(sys.argv[1], encoding="utf-8"):
    r = json.loads(line)
    body = text("pepost evidence 1") + text(r["prev"]) + number(r["seq"]) + number(micros(r["at"]))
    body += b"".join(text(r.get(key, "")) for key in ("action", "ref", "delivery", "by", "why"))
    facts = r.get("facts") or []
    body += number(len(facts)) + b"".join(text(f["name"]) + text(f["value"]) for f in facts)
    if r["seq"] != last + 1 or r["prev"] != prev or r["hash"] != hashlib.sha256(body).hexdigest():
        sys.exit(f"record {last + 1} is not the one that was written, or is missing")
    last, prev = r["seq"], r["hash"]
print(f"{last} records hold; the last is {prev}")

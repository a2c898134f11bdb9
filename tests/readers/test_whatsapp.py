from __future__ import annotations

import pytest

from graph.model import Record
from graph.readers.whatsapp import WhatsAppReader

from .samples import read, records, rejects


def messages(text: str, name: str = "chat.txt") -> list[Record]:
    return records(read(WhatsAppReader(), text, name))


@pytest.mark.parametrize(
    ("line", "timestamp"),
    [
        ("13/03/25, 09:05 - Ana: Hi", "2025-03-13T09:05:00"),
        ("3/13/25, 9:05 PM - Ana: Hi", "2025-03-13T21:05:00"),
        ("3/13/25, 9:05\u202fPM - Ana: Hi", "2025-03-13T21:05:00"),
        ("13/03/2025, 9:05 p. m. - Ana: Hi", "2025-03-13T21:05:00"),
        ("13/03/2025, 12:05 a.\u00a0m. - Ana: Hi", "2025-03-13T00:05:00"),
        ("[13.03.25, 09:05:07] Ana: Hi", "2025-03-13T09:05:07"),
        ("\u200e[13/03/2025, 9:05:07 PM] Ana: Hi", "2025-03-13T21:05:07"),
        ("[2025-03-13, 9:05:07 AM] ~\u202fAna: Hi", "2025-03-13T09:05:07"),
        ("2025/3/13 21:05 - Ana: Hi", "2025-03-13T21:05:00"),
        ("13.3.2025 klo 9.05 - Ana: Hi", "2025-03-13T09:05:00"),
        ("[2025/3/13 下午9:05:07] Ana: Hi", "2025-03-13T21:05:07"),
        ("30.02.2025, 09:05 - Ana: Hi", None),
    ],
)
def test_clocks_and_calendars(line: str, timestamp: str | None) -> None:
    (record,) = messages(line)
    assert (record.timestamp, record.speaker, record.text) == (timestamp, "Ana", "Hi")
    assert bool(record.metadata) == (timestamp is None)
    assert WhatsAppReader().claims("x.txt", line.encode())


@pytest.mark.parametrize(
    ("dates", "months"),
    [
        (["01/02/25", "02/02/25", "13/02/25"], ["02", "02", "02"]),
        (["01/02/25", "02/02/25", "02/13/25"], ["01", "02", "02"]),
        (["01/02/25", "01/03/25", "02/01/25"], ["01", "01", "02"]),
        (["01/02/25", "02/03/25"], ["02", "03"]),
        (["25-02-01", "25-02-28", "25-03-01"], ["02", "02", "03"]),
    ],
)
def test_the_order_of_the_date_is_told_by_the_whole_file(dates: list[str], months: list[str]) -> None:
    found = messages("".join(f"{date}, 10:00 - Ana: Hi\n" for date in dates))
    assert [(each.timestamp or "")[:7] for each in found] == [f"2025-{month}" for month in months]


def test_several_lines_notices_and_media() -> None:
    found = messages(
        "13/03/25, 10:00 - Messages are end-to-end encrypted.\n"
        "13/03/25, 10:00 - Ana changed the subject from “a: b” to “c”\n"
        "13/03/25, 10:01 - Ana: first\r\n\r\nsecond: line\r\n"
        "13/03/25, 10:01 - Bo: <Media omitted>\n"
        "13/03/25, 10:02 - Bo: IMG-20250313-WA0001.jpg (file attached)\nThe oven\n"
        "13/03/25, 10:03 - Bo: <Medien ausgeschlossen>\n"
        "13/03/25, 10:04 - Bo: use <b>bold</b> https://example.org <This message was edited>\n"
        "[13/03/25, 10:05:00] Bo: \u200eimage omitted\n"
        "[13/03/25, 10:06:00] Bo: My cake \u200e<attached: 0001-PHOTO.jpg>\n"
        "13/03/25, 10:07 - Bo:\n"
    )
    assert [(each.line, each.text) for each in found] == [
        (3, "first\n\nsecond: line"),
        (7, "The oven"),
        (10, "use <b>bold</b> https://example.org"),
        (12, "My cake"),
    ]


@pytest.mark.parametrize(
    ("name", "conversation"),
    [
        ("WhatsApp Chat with Ana Ek.txt", "Ana Ek"),
        ("in/WhatsApp Chat with Ana.txt", "Ana"),
        ("WhatsApp-Chat mit Ana.txt", "Ana"),
        ("Chat de WhatsApp con Ana.txt", "Ana"),
        ("WhatsApp Chat - Ana.zip/_chat.txt", "Ana"),
        ("Family/_chat.txt", "Family"),
        ("_chat.txt", "_chat"),
        ("in/other.txt", "in/other"),
    ],
)
def test_the_conversation_is_named_by_the_file(name: str, conversation: str) -> None:
    (record,) = messages("13/03/25, 10:00 - Ana: Hi", name)
    assert record.conversation == conversation


def test_keys_count_messages_of_one_minute() -> None:
    found = messages("13/03/25, 10:00 - Ana: a\n13/03/25, 10:00 - Bo: b\n13/03/25, 10:01 - Bo: c\n")
    assert [each.key for each in found] == ["2025-03-13T10:00:00#1", "2025-03-13T10:00:00#2", "2025-03-13T10:01:00#1"]


def test_a_message_that_is_too_long_does_not_end_the_chat() -> None:
    text = "13/03/25, 10:00 - Ana: " + "a" * 300_000 + "\n13/03/25, 10:01 - Bo: b\n"
    found = read(WhatsAppReader(), text, longest=1000)
    assert [each.line for each in rejects(found)] == [1]
    assert [(each.line, each.text) for each in records(found)] == [(2, "b")]


def test_sixteen_bits_and_old_code_pages() -> None:
    line = "13/03/25, 10:00 - Åsa: é\n"
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        (record,) = records(read(WhatsAppReader(), line.encode(encoding)))
        assert (record.speaker, record.text) == ("Åsa", "é")


def test_a_document_with_a_date_is_no_chat() -> None:
    claims = WhatsAppReader().claims
    assert not claims("x.txt", b"13/03/2025, 10:00 - kickoff of the project\n")
    assert not claims("x.txt", b"Notes\n13/03/25, 10:00 - Ana: a\n13/03/25, 10:01 - Bo: b\n")

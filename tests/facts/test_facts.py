"""Facts: what is stated, since when it holds, what ends it, and what is taken back."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from graph.doctor import check
from graph.errors import NotFoundError
from graph.facts import Stating, Turned
from graph.forgetting.choosing import Wanted
from graph.ids import note_id
from graph.memory import Memory
from graph.model import (
    Action,
    Changes,
    Edge,
    EdgeKind,
    Extraction,
    Fact,
    Form,
    Interaction,
    Mention,
    NodeKind,
    Relation,
    Removal,
    Selection,
)
from graph.store.registry import open_store
from graph.tiers.statements import statements
from tests.ingest.memories import edges, exported, ingested, memory, nodes, written


def told(day: str, *turns: str, conversation: str | None = None) -> list[dict[str, Any]]:
    """Messages of turns written `Ann: text`, all of one day, a minute apart, in a conversation of that day."""
    found = []
    for number, turn in enumerate(turns):
        speaker, _, text = turn.partition(": ")
        at = f"{day}T10:{number:02}:00"
        name = conversation or f"talk {day}"
        found.append({"conversation": name, "id": at, "speaker": speaker, "text": text, "timestamp": at})
    return found


def facts(store: Path) -> list[Fact]:
    with memory(store, create=False) as opened:
        return opened.facts(Selection(), past=True)


def kept(store: Path) -> list[tuple[Any, ...]]:
    return [(each.relation, each.object, each.valid_from, each.valid_to) for each in facts(store)]


def take_in(folder: Path, *messages: list[dict[str, Any]], **settings: Any) -> Path:
    """A memory of these files, one after the other."""
    folder.mkdir()
    for number, each in enumerate(messages):
        ingested(folder / "a.db", written(folder / f"{number}.jsonl", each), **settings)
    return folder / "a.db"


MOVES = (
    told("2022-01-10", "Ann: I live in Lisbon."),
    told("2023-05-20", "Ann: I moved to Porto two weeks ago.", "Bob: Nice!"),
    told("2024-02-01", "Ann: I live in Porto, and my favourite dish is bacalhau."),
    told("2024-03-01", "Ann: I moved to Braga last month."),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in Lisbon.", ("Ann", "home", "Lisbon", "2024-03-05")),
        ("I have lived in Porto since 2019.", ("Ann", "home", "Porto", "2019")),
        ("I've lived in Porto for two years.", ("Ann", "home", "Porto", "2022")),
        ("I moved to Porto last Friday.", ("Ann", "home", "Porto", "2024-03-01")),
        ("I moved to Porto in May 2023.", ("Ann", "home", "Porto", "2023-05")),
        ("I work for Acme.", ("Ann", "employer", "Acme", "2024-03-05")),
        ("I just turned 33.", ("Ann", "age", "33", "2024-03-05")),
        ("I moved from Porto to Faro last Friday.", ("Ann", "home", "Faro", "2024-03-01")),
        ("I moved to Research Triangle in May 2023.", ("Ann", "home", "Research Triangle", "2023-05")),
        ("I got married in 2021.", ("Ann", "marital status", "married", "2021")),
        ("My rent is now 950 euros a month.", ("Ann", "amount of rent", "950 euros a month", "2024-03-05")),
        ("Our travel budget is $1,200.", ("Ann", "amount of travel budget", "$1,200", "2024-03-05")),
        ("My wage is $20 an hour now.", ("Ann", "amount of wage", "$20 an hour", "2024-03-05")),
        ("I got engaged in Porto last Friday.", ("Ann", "marital status", "engaged", "2024-03-01")),
        ("I work at McDonald's in Porto.", ("Ann", "employer", "McDonald's", "2024-03-05")),
        ("I'm 32.", ("Ann", "age", "32", "2024-03-05")),
        ("I'm divorced, and Oslo is far.", ("Ann", "marital status", "divorced", "2024-03-05")),
        ("My favorite color is green.", ("Ann", "favourite color", "green", "2024-03-05")),
        ("I've read 5 books so far.", ("Ann", "number of books read", "5", "2024-03-05")),
        ("I have 37 followers.", ("Ann", "number of followers", "37", "2024-03-05")),
        ("My personal best is 25:50 now.", ("Ann", "personal best", "25:50", "2024-03-05")),
        ("My sister moved to Oslo in 2021.", ("Ann's sister", "home", "Oslo", "2021")),
        ("My friend Rachel just moved to Chicago.", ("Rachel", "home", "Chicago", "2024-03-05")),
        ("The meeting was moved to Friday.", ("Ann", "date of meeting", "8 March 2024", "2024-03-05")),
        ("I adopted a puppy in January.", ("Ann", "adopted", "a puppy", "2024-01")),
        ("I love hiking in Sintra.", ("Ann", "likes", "hiking in Sintra", "2024-03-05")),
    ],
)
def test_statements_are_facts(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    (found,) = facts(take_in(tmp_path / "a", told("2024-03-05", f"Ann: {text}")))
    assert (found.subject, found.relation, found.object, found.valid_from) == expected
    assert (found.valid_to, found.recorded_at, found.state) == (None, "2024-03-05T10:00:00", "certain")


@pytest.mark.parametrize(
    "text",
    [
        "You live in Lisbon.",
        "I'm 10 minutes away.",
        'He said "I live in Lisbon."',
        "Do I live in Lisbon?",
        "I moved to the sofa.",
        "I've read about 5G masts.",
        "The party was on fire.",
        "If I lived in Lisbon I would swim.",
        "I moved to Marketing.",
        "I moved to Customer Support in May.",
        "I moved from Sales to Marketing last Friday.",
        "I moved from Windows to Linux.",
        "I moved from Apple Music to Spotify.",
        "I moved to Windows 11.",
        "My sister moved to Engineering.",
        "I live in Bob's house.",
        "I work for Acme's marketing team.",
        "I got engaged in a discussion.",
        "I'm engaged with my work.",
        "My rent is $200 more than yours.",
        "My rent is $200 less.",
    ],
)
def test_what_says_nothing_of_the_kind(tmp_path: Path, text: str) -> None:
    assert facts(take_in(tmp_path / "a", told("2024-03-05", f"Ann: {text}"))) == []


def test_a_newer_value_ends_the_older_and_deletes_nothing(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES)
    assert kept(store) == [
        ("home", "Lisbon", "2022-01-10", "2023-05-06"),
        ("home", "Porto", "2023-05-06", "2024-02"),
        ("home", "Porto", "2024-02-01", "2024-02"),
        ("favourite dish", "bacalhau", "2024-02-01", None),
        ("home", "Braga", "2024-02", None),
    ]
    names = {each.id: each.object for each in facts(store)}
    ends = {(names[each.source], names[each.target]) for each in edges(store, EdgeKind.ENDED_BY)}
    assert ("Lisbon", "Porto") in ends
    (ann,) = [each for each in nodes(store, NodeKind.ENTITY) if each.name == "Ann"]
    assert {each.target for each in edges(store, EdgeKind.CONCERNS)} == {ann.id}
    assert len(edges(store, EdgeKind.STATED_IN)) == len(names)


@pytest.mark.parametrize("batch", [1, 2, 64])
def test_the_order_in_which_things_are_taken_in_does_not_matter(tmp_path: Path, batch: int) -> None:
    wanted = of_facts(take_in(tmp_path / "wanted", *MOVES))
    for number, some in enumerate(permutations(MOVES)):
        if number % 5 == 0:
            assert of_facts(take_in(tmp_path / str(number), *some, ingest_batch=batch)) == wanted


def of_facts(store: Path) -> list[str]:
    """What an export says of facts."""
    return [line for line in exported(store).splitlines() if '"f_' in line]


CORRECTED = told("2024-03-05", "Ann: The meeting is on Tuesday.", "Bob: Fine.", "Ann: No, I meant Wednesday.")


@pytest.mark.parametrize("batch", [1, 64])
def test_a_correction_takes_back_and_states_anew(tmp_path: Path, batch: int) -> None:
    store = take_in(tmp_path / "a", CORRECTED, ingest_batch=batch)
    old, new = facts(store)
    assert (old.object, old.retracted_at, old.valid_to) == ("12 March 2024", "2024-03-05T10:02:00", None)
    assert (new.object, new.retracted_at, new.valid_from) == ("6 March 2024", None, "2024-03-05")
    assert new.text == "Ann's meeting is on 6 March 2024."
    with memory(store, create=False) as opened:
        assert [each.object for each in opened.facts(Selection())] == ["6 March 2024"]
        assert [each.object for each in opened.facts(Selection(), as_of="2024-03-05T10:01")] == ["12 March 2024"]
        (event,) = opened.fact(old.id).events
    assert (event.action, event.new) == (Action.RETRACT, {"retracted_at": "2024-03-05T10:02:00"})


def test_what_is_scratched_opens_what_it_had_ended(tmp_path: Path) -> None:
    talk = told("2024-03-05", "Ann: I live in Porto now, Bob.", "Ann: Scratch that, Bob, it is only a plan of mine.")
    store = take_in(tmp_path / "a", MOVES[0], talk)
    assert kept(store) == [("home", "Lisbon", "2022-01-10", None), ("home", "Porto", "2024-03-05", None)]
    assert [each.retracted_at for each in facts(store)] == [None, "2024-03-05T10:01:00"]


def test_a_doubt_stays_open(tmp_path: Path) -> None:
    store = take_in(
        tmp_path / "a",
        MOVES[0],
        told("2023-05-20", "Ann: I think my favourite city is Rome.", "Ann: Maybe I live in Porto."),
    )
    lisbon, rome, porto = facts(store)
    assert (lisbon.valid_to, porto.state, rome.state) == (None, "doubtful", "doubtful")
    (edge,) = edges(store, EdgeKind.CONFLICTS_WITH)
    assert (edge.source, edge.target, edge.reason) == (porto.id, lisbon.id, "doubted")
    with memory(store, create=False) as opened:
        assert [each.object for each in opened.fact(porto.id).conflicts] == ["Lisbon"]


def test_without_a_time_nothing_ends(tmp_path: Path) -> None:
    talk = [
        {"conversation": "c", "id": str(n), "speaker": "Ann", "text": f"I live in {city}."}
        for n, city in enumerate(["Rome", "Oslo"])
    ]
    store = take_in(tmp_path / "a", talk)
    assert {each.valid_to for each in nodes(store, NodeKind.FACT)} == {None}
    assert len(edges(store, EdgeKind.CONFLICTS_WITH)) == 1
    assert [(each.object, each.valid_to) for each in facts(store)] == [("Rome", ""), ("Oslo", None)]
    with memory(store, create=False) as opened:
        assert [each.object for each in opened.facts(Selection())] == ["Oslo"]


@pytest.mark.parametrize(
    ("text", "relation", "value", "since"),
    [
        ("I no longer live in Porto.", "home", "Porto", "2024-03-05"),
        ("I don't live in Porto any more, Bob.", "home", "Porto", "2024-03-05"),
        ("I moved out of Porto last Friday.", "home", "Porto", "2024-03-01"),
        ("I used to live in Porto.", "home", "Porto", "2024-03-05"),
        ("I used to live in Porto, with a sea view.", "home", "Porto", "2024-03-05"),
        ("I used to work for Acme with Bob.", "employer", "Acme", "2024-03-05"),
        ("I no longer live in Porto, but I love it.", "home", "Porto", "2024-03-05"),
        ("I no longer live in Porto since 2022.", "home", "Porto", "2022"),
        ("I left Porto for good last Friday.", "home", "Porto", "2024-03-01"),
        ("I left Acme at the end of January.", "employer", "Acme", "2024-01"),
        ("I left Acme in the summer of 2023.", "employer", "Acme", "2023-06"),
        ("I left Acme (finally).", "employer", "Acme", "2024-03-05"),
        ("I left my job at Acme.", "employer", "Acme", "2024-03-05"),
        ("I lost my job at the engineering company.", "employer", "", "2024-03-05"),
        ("I left my job at the bank.", "employer", "", "2024-03-05"),
        ("I retired two weeks ago.", "employer", "", "2024-02-20"),
        ("I don't work at Acme anymore.", "employer", "Acme", "2024-03-05"),
        ("I no longer work for Acme.", "employer", "Acme", "2024-03-05"),
        ("I quit Acme two weeks ago.", "employer", "Acme", "2024-02-20"),
        ("I left Acme in January.", "employer", "Acme", "2024-01"),
        ("I quit my job yesterday.", "employer", "", "2024-03-04"),
        ("I lost my job at Acme.", "employer", "Acme", "2024-03-05"),
        ("I've been laid off.", "employer", "", "2024-03-05"),
        ("I was laid off last week.", "employer", "", "2024-02-29"),
        ("I'm no longer a nurse.", "job", "a nurse", "2024-03-05"),
        ("I'm not a nurse any more.", "job", "a nurse", "2024-03-05"),
        ("I'm no longer married.", "marital status", "married", "2024-03-05"),
        ("My favourite colour is no longer blue.", "favourite colour", "blue", "2024-03-05"),
        ("My sister no longer lives in Oslo.", "home", "Oslo", "2024-03-05"),
        ("My sister Ada doesn't live in Oslo any more.", "home", "Oslo", "2024-03-05"),
    ],
)
def test_what_holds_no_longer(tmp_path: Path, text: str, relation: str, value: str, since: str) -> None:
    store = take_in(tmp_path / "a", told("2024-03-05", f"Ann: {text}"))
    (found,) = [each for each in nodes(store, NodeKind.FACT) if each.relation == relation]
    assert found.state == "over"
    assert (found.relation, found.object, found.valid_from) == (relation, value, since)


@pytest.mark.parametrize(
    "text",
    [
        "I don't live in Porto.",
        "Maybe I no longer live in Porto.",
        "I left my book in Porto.",
        "I've left The Times at yours.",
        "I quit smoking.",
        "I left Acme early today.",
        "I left Acme at six.",
        "I lost my job application.",
        "I resigned myself to it.",
        "I don't live in Porto alone anymore.",
        "I no longer live in Porto alone.",
        "I no longer live in Porto with my parents.",
        "My sister doesn't live in Porto alone any more.",
        "I used to live in Porto in 2010.",
        "I used to live in Porto as a child.",
        "I used to live in Porto with my parents.",
        "I used to work for Acme back in May.",
        "I left Acme for lunch.",
        "I left Acme to pick up the kids.",
        "I left Google five stars.",
        "I left Acme's marketing team.",
        "I quit Acme's book club.",
        "I don't work at Acme on Fridays any more.",
        "I don't work at Acme any more than you do.",
        "I no longer work at Acme on Fridays.",
        "I retired from tennis.",
        "I retired last night.",
        "I resigned as treasurer.",
        "I lost the job.",
        "I left my job at five.",
        "So I quit my job?",
        "I no longer live in Porto?",
        "I quit my job tomorrow.",
        "I quit Acme next week.",
    ],
)
def test_what_ends_nothing(tmp_path: Path, text: str) -> None:
    store = take_in(tmp_path / "a", told("2024-03-05", f"Ann: {text}"))
    assert [each.text for each in nodes(store, NodeKind.FACT) if each.state == "over"] == []


def test_what_is_over_and_what_holds_of_one_value_are_two_facts(tmp_path: Path) -> None:
    talk = told("2024-03-05", "Ann: I work for Acme. I left Acme in January.")
    assert {each.state for each in facts(take_in(tmp_path / "a", talk))} == {"certain", "over"}


ENDING = (
    told("2023-01-10", "Ann: I live in Lisbon.", "Ann: I work at Acme."),
    told("2023-05-20", "Ann: I moved to Porto."),
    told("2023-06-20", "Ann: I no longer live in Lisbon.", "Ann: I left Paris."),
    told("2023-08-20", "Ann: I moved out of Porto.", "Ann: I quit my job yesterday."),
    told("2023-10-20", "Ann: I moved to Braga."),
)


def test_what_is_over_ends_what_it_names(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *ENDING)
    with memory(store, create=False) as opened:
        assert not healthy(opened)
        known = [(each.object, each.valid_to, each.state) for each in opened.facts_of("Ann", "home")]
        assert [each.object for each in opened.facts(Selection())] == ["their job", "Braga"]
        assert [each.object for each in opened.facts(Selection(), as_of="2023-09")] == ["their job"]
        works = [(each.object, each.valid_to) for each in opened.facts_of("Ann", "employer")]
    assert known == [
        ("Lisbon", "2023-05-20", "certain"),
        ("Porto", "2023-08-20", "certain"),
        ("Lisbon", None, "over"),
        ("Porto", "2023-10-20", "over"),
        ("Braga", None, "certain"),
    ]
    assert works == [("Acme", "2023-08-19"), ("", None)]
    wanted = of_facts(store)
    for number, some in enumerate(permutations(ENDING)):
        if number % 17 == 0:
            assert of_facts(take_in(tmp_path / str(number), *some)) == wanted


def test_what_is_over_has_its_place_on_the_page_of_an_entity(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *ENDING)
    with memory(store, create=False) as opened:
        told_of = {each.node.text: each.aspect.value for each in opened.portrait("Ann").told}
    assert {told_of["Ann moved out of Porto."], told_of["Ann lives in Lisbon."]} == {"place"}
    assert {told_of["Ann left their job."], told_of["Ann works for Acme."]} == {"role"}
    assert "Ann left Paris." not in told_of


def test_what_is_over_in_talk_without_times(tmp_path: Path) -> None:
    said = ["I live in Rome.", "I work at Acme.", "I no longer live in Rome.", "I no longer live in Oslo."]
    talk = [{"conversation": "c", "id": str(n), "speaker": "Ann", "text": text} for n, text in enumerate(said)]
    store = take_in(tmp_path / "a", talk)
    with memory(store, create=False) as opened:
        assert [each.object for each in opened.facts(Selection())] == ["Acme"]
        assert not healthy(opened)
        listed = {each.id: each.valid_to for each in opened.facts(Selection(), past=True)}
        shown = {each.node.id: each.ended for each in opened.portrait("Ann").told}
        pages = [opened.fact(each) for each in listed]
        assert sorted(listed.values(), key=str) == ["", None, None]
        assert shown == listed == {each.fact.id: each.fact.valid_to for each in pages}
        assert all(each.valid_to == listed[each.id] for page in pages for each in page.history if each.id in listed)


def test_what_is_over_is_known_from_other_conversations(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *ENDING)
    with memory(store, create=False) as opened:
        found = opened.facts(Selection(conversation="talk 2023-08-20"), relation="home", past=True)
        assert [each.text for each in found] == ["Ann moved out of Porto."]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (None, [("Braga", None)]),
        ("2024-02-15", [("Porto", None), ("Porto", None)]),
        ("2023-05-19", [("Lisbon", None)]),
        ("2023-05-20", [("Porto", None)]),
        ("2023-05", [("Porto", None)]),
        ("2023", [("Porto", None)]),
        ("2021", []),
    ],
)
def test_what_was_known_then(tmp_path: Path, as_of: str | None, expected: list[tuple[str, str | None]]) -> None:
    store = take_in(tmp_path / "a", *MOVES)
    with memory(store, create=False) as opened:
        found = opened.facts(Selection(), "Ann", "home", as_of)
        assert [(each.object, each.valid_to) for each in found] == expected
        history = opened.facts_of("Ann", "home")
    assert [each.object for each in history] == ["Lisbon", "Porto", "Porto", "Braga"]


def test_forgetting_opens_what_had_ended(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES[:2], CORRECTED)
    with memory(store, create=False) as opened:
        opened.forget(Wanted(conversation="talk 2023-05-20"))
        opened.forget(Wanted(messages=("2024-03-05T10:02:00",)))
        assert not healthy(opened)
    assert kept(store) == [
        ("home", "Lisbon", "2022-01-10", None),
        ("date of meeting", "12 March 2024", "2024-03-05", None),
    ]
    assert {each.retracted_at for each in facts(store)} == {None}


def test_forgetting_a_place_opens_what_it_had_ended(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES[:2])
    with memory(store, create=False) as opened:
        opened.forget(Wanted(entity="Porto"))
        assert not healthy(opened)
    assert kept(store) == [("home", "Lisbon", "2022-01-10", None)]


def healthy(opened: Memory) -> list[str]:
    return [str(each) for each in opened.check().found]


def test_the_end_of_a_fact_is_undone_for_good(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES[:2])
    with memory(store, create=False) as opened:
        (event,) = [each for each in opened.fact(facts(store)[0].id).events if each.action is Action.CLOSE]
        undone = opened.undo(event.id, agree=lambda _: None)
        assert len(undone.events) == 1
        assert not healthy(opened)
    assert [(each.object, each.valid_to, each.decided_by) for each in facts(store)] == [
        ("Lisbon", None, "person"),
        ("Porto", None, "rule"),
    ]
    ingested(store, written(tmp_path / "more.jsonl", MOVES[3]))
    assert [(each.object, each.valid_to) for each in facts(store)] == [
        ("Lisbon", None),
        ("Porto", "2024-02"),
        ("Braga", None),
    ]
    with memory(store, create=False) as opened:
        (undo,) = [each for each in opened.fact(facts(store)[0].id).events if each.action is Action.UNDO]
        opened.undo(undo.id, agree=lambda _: None)
        assert not healthy(opened)
    assert facts(store)[0].valid_to == "2023-05-06"


def test_a_fact_that_somebody_takes_back(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", MOVES[0], MOVES[3], told("2024-03-02", "Ann: I live in Lisbon."))
    before = facts(store)
    braga = next(each for each in before if each.object == "Braga")
    assert kept(store)[0] == ("home", "Lisbon", "2022-01-10", "2024-02")
    with memory(store, create=False) as opened:
        [event] = opened.retract(braga.id, "a joke")
        assert opened.retract(braga.id) == []
        assert (event.action, event.decided_by, event.reason) == (Action.RETRACT, "person", "a joke")
        assert [each.object for each in opened.facts(Selection())] == ["Lisbon", "Lisbon"]
        assert next(each for each in facts(store) if each.id == braga.id).retracted_at == event.new["retracted_at"]
        assert healthy(opened) == []
        opened.undo(event.id, agree=lambda _: None)
        assert healthy(opened) == []
    assert facts(store) == before
    with memory(store, create=False) as opened:
        since = opened.retract(braga.id)[0].at
        opened.undo(since=since, agree=lambda _: None)
        assert healthy(opened) == []
    assert facts(store) == before
    # It is no person's fact: newer ones end it as ever.
    later = told("2024-06-01", "Ann: I moved to Faro.")
    ingested(store, written(tmp_path / "later.jsonl", later))
    assert ("home", "Lisbon", "2024-03-02", "2024-06-01") in kept(store)


def test_the_doctor_puts_times_right(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES)
    wanted = exported(store)
    opened = open_store(f"sqlite:///{store}", create=False)
    lisbon, porto, *_ = facts(store)
    (end,) = [each for each in edges(store, EdgeKind.ENDED_BY) if each.source == lisbon.id]
    with opened.transaction(write=True):
        loose = Edge(porto.id, lisbon.id, EdgeKind.CONFLICTS_WITH)
        gone = Removal(edges=((end.source, end.kind, end.target),))
        opened.save(Changes((replace(lisbon, valid_to="2020"),), (loose,), removed=gone))
    found = check(opened, repair=True)  # type: ignore[arg-type]
    opened.close()
    assert {each.rule for each in found.found} == {"facts end where the next begins", "facts are ended by the next"}
    assert found.left == ()
    assert exported(store) == wanted


def test_a_fact_that_is_not_there(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES[:1])
    with memory(store, create=False) as opened, pytest.raises(NotFoundError):
        opened.fact("f_none")


def test_an_older_memory_is_given_its_facts(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", *MOVES, CORRECTED)
    wanted = of_facts(store)
    opened = open_store(f"sqlite:///{store}", create=False)
    with opened.transaction(write=True):
        opened.save(Changes(removed=Removal(nodes=tuple(each.id for each in facts(store)))))
    opened.close()
    assert facts(store) == []
    with memory(store, create=False) as again:
        assert again.restate().facts == len({each for each in wanted if '"type": "node"' in each})
        assert of_facts(store) == wanted
        assert again.restate().facts == 0
    assert of_facts(store) == wanted


def test_who_was_forgotten_is_told_of_no_more(tmp_path: Path) -> None:
    store = take_in(tmp_path / "a", told("2024-05-01", "Ann: I live in Porto.", "Bob: I live in Leeds."))
    with memory(store, create=False) as opened:
        opened.forget(Wanted(entity="Bob"))
        assert opened.restate().facts == 0
        assert [each.text for each in opened.facts(Selection())] == ["Ann lives in Porto."]
        assert opened.check().found == ()


def test_a_correction_finds_a_value_that_a_name_has_made_longer() -> None:
    at = "2024-03-05T10:00:00"
    text = "My favourite band is Guns and Roses."
    said = Interaction("m_1", Form.MESSAGE, "1", text, speaker="Ann", timestamp=at)
    turn = replace(said, id="m_2", text="No, I meant Queen.", position=1)
    named = Extraction((Mention("Guns and Roses", "ORG", 21, 35),), ())
    stated = [(each, note_id(said.id)) for each in statements(said, named)]
    stating = Stating.of([(said, stated, ())], [Turned(turn, said, Relation.SUPERSEDES)])
    found = {each.object: each.retracted_at for each in stating.settled([]).nodes}
    assert found == {"Guns and Roses": at, "Queen": None}


def test_what_copies_state_is_taken_back_with_it(tmp_path: Path) -> None:
    # "Kestrel" joins the copies.
    said = "I live in Lisbon, and my favourite boat is called the Kestrel."
    talks = [told("2022-01-10", f"Ann: {said}", conversation=name) for name in ("one", "two", "three")]
    store = take_in(tmp_path / "a", *talks)
    homes = [each for each in facts(store) if each.relation == "home"]
    assert len(homes) == 3
    with memory(store, create=False) as opened:
        events = opened.retract(homes[1].id)
        assert {each.subject for each in events} == {each.id for each in homes}
        assert [each.relation for each in opened.facts(Selection()) if each.relation == "home"] == []
        assert healthy(opened) == []
        opened.undo(events[0].id, agree=lambda _: None)
    assert [each for each in facts(store) if each.relation == "home"] == homes

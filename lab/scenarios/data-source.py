"""The database behind the servers is full: another server would not help, and Headgate says so, until the database has room."""
from lab.parts.data_source import DataSources, prove_refusal, wait_until_full
from lab.parts.load import Loads
from lab.parts.story import FILLS_ONE, LIGHT, members, named, of_kind, prove_agreement, prove_no_failure, prove_serving

CLIENTS, ROOM = 80, 400  # that the database takes for each member at first, and in the end


def tell(lab, teller):
    lab.manager.do("resume", "web")
    count = len(members(lab))
    with DataSources(lab, {"db1": CLIENTS * count}) as sources, Loads(lab) as loads:
        database = sources["db1"]
        since = teller.now()
        teller.say("clients come; each page needs a connection to db1, a Redis, for a second")
        loads.add((LIGHT + FILLS_ONE) * count, page="page")
        wait_until_full(lab, teller, [database], since)
        prove_refusal(lab, teller, ["db1"])
        since = teller.now()
        teller.say(f"an operator gives db1 more room: {ROOM * count} clients")
        database.allow(ROOM * count)
        clear = teller.until("the end of the alarm", lambda e: e["kind"] == "data-source-full" and e["severity"] == "clear",
                             since, 15)
        teller.prove("the alarm is over", "the data source db1 is normal: clients" in clear["text"], clear["text"])
        grown = teller.until("the pool to grow", of_kind("pool-grown"), since, 60)
        added = named(lab, grown["server"])
        prove_serving(lab, teller, added)
        prove_agreement(lab, teller)
        pages = database.pages()
        teller.prove("the pages are made with it", pages > 0, f"{pages} pages")
        prove_no_failure(teller, *loads.stop())

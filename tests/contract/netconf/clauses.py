"""Declaring a clause of an RFC, and what may be said of it besides that it holds."""
CLAUSES = []
REFUSALS = {}
RFCS = {"6241": "NETCONF", "6242": "NETCONF over SSH", "6243": "With-defaults", "6022": "Monitoring", "8525": "YANG library",
        "8526": "Network management datastores",
        "8341": "Access control", "5277": "Event notifications", "6470": "Base notifications",
        "8632": "Alarms", "7589": "NETCONF over TLS", "8071": "Call home", "7950": "YANG 1.1"}


class Clause:
    def __init__(self, call, place, says, needs, lacks, deviations):
        self.call, self.place, self.says, self.needs, self.lacks = call, place, says, needs, lacks
        self.deviations = deviations
        self.name = call.__name__

    @property
    def rfc(self):
        return self.place.split()[0]


def clause(place, says, needs=None, lacks=None, deviations=None):
    """`place`: RFC and section. `needs`: a capability; a server that does not offer it must refuse (see `refusal`).
    `lacks`: a word of Model.lacks, of a statement that a model may not have. `deviations`: by server, why it does not hold;
    the test then must fail."""
    def declare(call):
        assert call.__name__ not in {c.name for c in CLAUSES}, f"two tests are called {call.__name__}"
        CLAUSES.append(Clause(call, place, says, needs, lacks, deviations or {}))
        return call
    return declare


def refusal(capability):
    """What must be refused by a server that does not offer a capability."""
    def declare(call):
        REFUSALS[capability] = call
        return call
    return declare

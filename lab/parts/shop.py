"""A second pool for the time of a story: shop, with the same application as web, behind a virtual server of its own."""
from .appliance import SHOP
from .manager import POLICY
from .process import LabError
from .story import members

# It leaves by hand, and while it is held; whoever tells story after story would flap, and wait the longer.
CALM = {"damping": False, "shrink-after": "600.0"}


class Shop:
    """`servers` are its members; the policies of both pools have `web` and `shop` besides, and each server of `shares` the shares
    that it has for them, by pool. Afterwards the shop is gone, and everybody who was in it is spare, or back."""

    def __init__(self, lab, servers=(), web=None, shop=None, shares=None):
        self.lab, self.servers, self.web, self.shop, self.shares = lab, servers, web or {}, shop or {}, shares or {}

    def __enter__(self):
        try:
            self._configure()
            for server in self.servers:
                self._do("allocate", "shop", server.name)
            self._do("resume", "shop")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        configuration = self.lab.manager.configuration()
        if not any(pool["name"] == "shop" for pool in configuration["headgate:headgate"]["pool"]):
            return
        for pool in ("web", "shop"):
            self._do("hold", pool)
        for name in members(self.lab, "shop"):
            self._do("release", "shop", name)
        configuration = self.lab.manager.configuration()
        top = configuration["headgate:headgate"]
        top["pool"] = [pool for pool in top["pool"] if pool["name"] != "shop"]
        top["pool"][0]["policy"] = self.policy
        for server in top["server"]:
            server.pop("share", None)
        self._load(configuration)

    def _configure(self):
        configuration = self.lab.manager.configuration()
        top = configuration["headgate:headgate"]
        self.policy = dict(top["pool"][0]["policy"])
        top["pool"][0]["policy"].update({**CALM, **self.web})
        top["pool"].append({"name": "shop", "application": "web", "held": True, "policy": {**POLICY, **CALM, "minimum": 0, **self.shop},
                            "appliance": [{"name": a.name, "object": SHOP[a.family]} for a in self.lab.appliances]})
        for server in top["server"]:
            if shares := self.shares.get(server["name"]):
                server["share"] = [{"pool": pool, "permille": part} for pool, part in shares.items()]
        self._load(configuration)

    def _load(self, configuration):
        code, said = self.lab.manager.load(configuration)
        if code:
            raise LabError(f"headgate config load: {said}")

    def _do(self, *words):
        code, said = self.lab.manager.do(*words)
        if code:
            raise LabError(f"headgate {' '.join(words)}: {said}")

"""easysnmp asking a farm; prints what it cost as JSON.

    python3 -m tests.bench.parts.easysnmp_client PORT SERVERS THREADS OID...
"""
import concurrent.futures
import json
import resource
import sys
import time

import easysnmp

from .farm import address


def used():
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime


def main():
    port, servers, threads = map(int, sys.argv[1:4])
    names = sys.argv[4:]
    sessions = [easysnmp.Session(hostname=address(n), remote_port=port, community="bench", version=2, timeout=2, retries=1)
                for n in range(servers)]

    def ask(some):
        for session in some:
            if any(not answer.value or answer.snmp_type.startswith("NOSUCH") for answer in session.get(names)):
                raise ValueError("an object is missing")

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        shares = [sessions[n::threads] for n in range(threads)]
        list(pool.map(ask, shares))
        before, begin = used(), time.monotonic()
        list(pool.map(ask, shares))
        print(json.dumps({"cpu_us": 1e6 * (used() - before) / servers, "rate": servers / (time.monotonic() - begin)}))


if __name__ == "__main__":
    main()

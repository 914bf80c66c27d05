"""Ports for what runs beside other tests on one machine."""
import pathlib
import random
import socket

_taken = []  # held until this process ends


def free_port(address="127.0.0.1", kind=socket.SOCK_STREAM):
    """A port of `address` that is free, stays so until its server binds it, and is given to no other process that asks here.

    It is none of those that the kernel gives to clients: one of those may be some client's before the server binds it."""
    low, high = map(int, pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    choices = [*range(10000, low), *range(high + 1, 65536)]
    random.shuffle(choices)
    for port in choices:
        mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            mark.bind(f"\0headgate-port-{port}")  # abstract: of this network namespace, and gone with this process
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind((address, port))
        except OSError:
            mark.close()
            continue
        _taken.append(mark)
        return port
    raise OSError(f"no port of {address} is free outside {low}-{high}, which the kernel gives to clients")

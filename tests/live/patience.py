"""How the live tests wait: for what they want to see, until a deadline, never for a fixed time."""
import time

PATIENCE = 20


def wait_for(what, question, patience=PATIENCE):
    """The first true answer; fails when none came in time."""
    end = time.monotonic() + patience
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not in {patience} s: {what}")
        time.sleep(0.05)

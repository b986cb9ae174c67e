"""Starts moto on a free loopback port and prints `listening on <port>`.

Where moto answers unlike AWS, a correction makes it answer as AWS documents; where moto accepts what AWS refuses, a
refusal makes it refuse. `--without NAME` leaves one out, so that a test can show what it is for; `--list` names them.
"""

import argparse
import json
import os
import signal
import sys
import threading

from werkzeug.serving import make_server

from corrections import CORRECTIONS
from refusals import REFUSALS

CHANGES = CORRECTIONS + REFUSALS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", action="append", default=[], metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--until-stdin-ends", action="store_true", help="stop when whoever started it is gone")
    arguments = parser.parse_args()
    if arguments.list:
        print(json.dumps([{"name": each.name, "reason": each.reason, "reference": each.reference} for each in CHANGES]))
        return

    known = {each.name for each in CHANGES}
    unknown = set(arguments.without) - known
    if unknown:
        parser.error(f"no such change: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    for each in CHANGES:
        if each.name not in arguments.without:
            each.apply()
    if arguments.until_stdin_ends:
        threading.Thread(target=stop_with_stdin, daemon=True).start()
    serve()


def stop_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


def serve() -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    os.environ["MOTO_PORT"] = str(server.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on {server.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

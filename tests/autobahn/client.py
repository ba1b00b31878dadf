"""Autobahn's fuzzing client (Python 2.7), with a cookie: it has no setting for header fields.

Usage: client.py FOLDER SPEC COOKIE. The folder has the suite; the spec is the suite's own; a server
whose agent is `through` gets the cookie.
"""

import json
import site
import sys

# Some of its packages come by `.pth` files.
site.addsitedir(sys.argv[1])

from autobahntestsuite.fuzzing import FuzzingClientFactory
from twisted.internet import reactor


class Client(FuzzingClientFactory):
    agent = None

    def setSessionParameters(self, *positional, **parameters):
        if self.agent == "through":
            parameters["headers"] = {"Cookie": sys.argv[3]}
        FuzzingClientFactory.setSessionParameters(self, *positional, **parameters)


with open(sys.argv[2]) as spec:
    client = Client(json.load(spec))
reactor.run()

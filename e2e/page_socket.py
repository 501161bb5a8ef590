"""The socket of a page, between the browser and the server."""

import random
import re
from collections import deque


class PageSocket:
    """The socket of a person's page: a test cuts it, silences it, or repeats and resets what the server sends."""

    def __init__(self, person):
        self.is_cut = False
        self.is_silent = False
        self.random = random.Random(1)
        self.frames = []
        self.repeat = False
        self.reset = False
        self._routes = []
        # For each frame that the page will answer: whether the server asked for the answer.
        self._answers = deque()
        person.page.route_web_socket(re.compile(r"/live\?"), self._connect)

    def _connect(self, route):
        if self.is_cut:
            route.close()
            return
        server = route.connect_to_server()
        self._routes.append((route, server))
        server.on_message(lambda text: self._pass_on(route, text))
        route.on_message(lambda text: self._answer(server, text))

    def _pass_on(self, route, text):
        if self.is_silent:
            return
        self.frames.append(text)
        if self.reset:
            self.reset = False
            text = '{"reset": true}'
        repeats = [*self.random.sample(self.frames, len(self.frames)), text] if self.repeat else []
        self._answers += [True, *[False] * len(repeats)]
        for frame in [text, *repeats]:
            route.send(frame)

    def _answer(self, server, text):
        is_wanted = self._answers.popleft() if self._answers else True
        if is_wanted and not self.is_silent:
            server.send(text)

    def cut(self):
        """Cut the socket and every new one, until `mend`."""
        self.is_cut = True
        for route, server in self._routes:
            server.close()
            route.close()
        self._routes = []

    def mend(self):
        self.is_cut = self.is_silent = False

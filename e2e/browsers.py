"""People's browsers: one that a person has left is swept and given to the next one, whose pages cost half as much in it."""

import json

from .browser import ENGINE

# So many wait for the next person.
KEPT = 4
# Returns whether the clock is the real one.
SWEEP = "() => { localStorage.clear(); return Date.toString().includes('native code'); }"


class Browsers:
    """Browser contexts, each with a page that stays, the opener: the pages it opens share its process and cache."""

    def __init__(self, engine):
        self.engine = engine
        self.openers = {}
        self.free = []

    def arrive(self, url, state, options, is_new=False):
        """Return a new page of a browser with these options and nothing but the cookies of `state`."""
        if is_new or ENGINE != "chromium" or not options.get("java_script_enabled", True):
            return self.engine.new_context(storage_state=state, **options).new_page()
        kind = url + json.dumps(options, sort_keys=True)
        context = next((context for context in self.free if self.openers[context][0] == kind), None)
        if context:
            self.free.remove(context)
        else:
            context = self.engine.new_context(**options)
            self.openers[context] = kind, context.new_page()
            self.openers[context][1].goto(f"{url}/healthz")
        context.add_cookies(state["cookies"])
        with self.openers[context][1].expect_popup() as popup:
            self.openers[context][1].evaluate("() => { open('about:blank'); }")
        return popup.value

    def leave(self, context, is_usable=True):
        """Close a person's pages, and sweep the browser for the next one."""
        _, opener = self.openers.get(context, (None, None))
        if opener and is_usable:
            for page in context.pages:
                if page != opener:
                    page.close()
            context.set_offline(False)
            context.clear_cookies()
            if opener.evaluate(SWEEP):
                self.free.append(context)
                context = self.free.pop(0) if len(self.free) > KEPT else None
        if context:
            self.openers.pop(context, None)
            context.close()

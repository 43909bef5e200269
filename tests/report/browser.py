"""A browser without a window, driven as its developer tools drive it: real keys, real sizes."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-dev-shm-usage", "--enable-logging=stderr"),
)
CODES = {"Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Home": 36}


class Browser:
    """One tab of Chromium, spoken to over its debugging pipe (descriptors 3 and 4)."""

    def __init__(self, folder: Path) -> None:
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        # Out of the way of the two descriptors that they become in the browser.
        here = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (commands, answers)]
        self._process = subprocess.Popen(
            [BROWSER, *QUIET, "--remote-debugging-pipe", f"--user-data-dir={folder}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: [os.dup2(each, place) for place, each in enumerate(here, 3)],
            pass_fds=(3, 4),
        )
        for each in (commands, answers, *here):
            os.close(each)
        self._rest, self._sent, self._session = b"", 0, None
        self.complaints: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """End the browser that this object started."""
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._commands)
        os.close(self._answers)

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": given}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]

    def open(self, file: Path) -> None:
        """Open a page and wait until it is there."""
        self.call("Page.navigate", url=file.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def value(self, expression: str) -> Any:
        """Evaluate an expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key, as a person would."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=CODES[key],
            )

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._answers, 1 << 16)
            assert part, "the browser ended"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        read = json.loads(message)
        if re.search(r"exceptionThrown|consoleAPICalled|entryAdded", read.get("method", "")):
            self.complaints.append(json.dumps(read["params"]))
        return read

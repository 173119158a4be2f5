"""Chromium, spoken to over a pipe: pages in, what a reader has before them out. One browser for all tests."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_FLAGS = (
    "--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-extensions", "--force-color-profile=srgb",
    "--lang=nb", "--accept-lang=nb",
)  # fmt: skip
_AS_3_AND_4 = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
PATIENCE = 30.0  # seconds for one answer on a busy machine


def find() -> str | None:
    """CHROMIUM, else one from the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """The Chrome DevTools Protocol, JSON between zero bytes; no port is opened."""

    def __init__(self, program: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="fosen-graph-browser-", ignore_cleanup_errors=True)
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        high = [_above(os.dup(fd)) for fd in (to_browser, from_browser)]
        flags = [*_FLAGS, f"--user-data-dir={self._profile.name}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        command = [sys.executable, "-c", _AS_3_AND_4, str(high[0]), str(high[1]), program, *flags]
        self._process = subprocess.Popen(command, pass_fds=high, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for fd in (to_browser, from_browser, *high):
            os.close(fd)
        self._number, self._rest = 0, b""

    def close(self) -> None:
        """Ends what it began."""
        os.close(self._write)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        self._profile.cleanup()

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The result of one command. Raises RuntimeError, with what the browser said."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._send(message)
        deadline = time.monotonic() + PATIENCE
        while True:
            told = self._next(deadline)
            if told.get("id") == self._number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                return dict(told["result"])

    def _send(self, message: dict[str, Any]) -> None:
        data = memoryview(json.dumps(message).encode() + b"\0")
        while data:
            data = data[os.write(self._write, data) :]

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise RuntimeError("the browser does not answer")
            data = os.read(self._read, 2**20)
            if not data:
                raise RuntimeError("the browser has ended")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def page(self) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])


class Page:
    """One tab. Widths in CSS pixels."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        self._call("Page.enable")

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False, medium: str = "screen") -> None:
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        wishes = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self._call("Emulation.setEmulatedMedia", media=medium, features=features)

    def scripts(self, run: bool) -> None:
        self._call("Emulation.setScriptExecutionDisabled", value=not run)

    def open(self, address: str) -> None:
        """Until all of it has arrived."""
        told = self._call("Page.navigate", url=address)
        if "errorText" in told:
            raise RuntimeError(f"{address}: {told['errorText']}")
        self.settled()

    def settled(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.run("location.href !== 'about:blank' && document.readyState") != "complete":
            if time.monotonic() > deadline:
                raise RuntimeError("the page does not arrive")
            time.sleep(0.02)

    def run(self, script: str) -> Any:
        """The value of an expression; a promise is awaited."""
        told = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"].get("exception", {}).get("description", str(told)))
        return told["result"].get("value")

    def type(self, text: str) -> None:
        """Where the focus is."""
        self._call("Input.insertText", text=text)

    def before(self, script: str) -> None:
        """Run in every page that is opened from now on, before its own scripts."""
        self._call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def downloads(self, folder: Path) -> None:
        self._call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def until(self, script: str) -> None:
        """Until an expression is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.run(f"!!({script})"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never true: {script}")
            time.sleep(0.02)

    def press(self, key: str, *, control: bool = False) -> None:
        codes = {"Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "a": 65}
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            told = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": codes[key], **text}
            self._call("Input.dispatchKeyEvent", modifiers=2 if control else 0, **told)

    def follow(self, script: str) -> None:
        """Click on what the script gives, and wait for the page that comes."""
        before = self.run("performance.timeOrigin")
        self.run(f"({script}).click()")
        deadline = time.monotonic() + PATIENCE
        while self._origin() in (before, None):
            if time.monotonic() > deadline:
                raise RuntimeError("no page comes")
            time.sleep(0.02)
        self.settled()

    def _origin(self) -> Any:
        """When the page began; None in the moment when one page gives way to another."""
        try:
            return self.run("performance.timeOrigin")
        except RuntimeError as error:
            if "navigated" not in str(error):
                raise
            return None

    def picture(self, path: Path) -> None:
        told = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(told["data"]))


def _above(fd: int) -> int:
    """The same, but not 3 or 4, which the browser wants."""
    kept = []
    while fd in (3, 4):
        kept.append(fd)
        fd = os.dup(fd)
    for one in kept:
        os.close(one)
    return fd

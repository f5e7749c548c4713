"""The HTML report in a browser: opened from the disk, clicked through and typed into, under its own policy.

A script of the test is added to the page, and its hash to the policy, so that what is ours runs as it does for a user.
It does what a person would, and leaves what it saw in the page, which the browser then prints.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from test_formats import HOSTILE, hostile, of_reports

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="needs chromium (apt-get install chromium; .ci/run does as root)"
)

CODES = ("AUT101", "AUT102", "AUT201")
TOOLS = """
const see = {};
const rows = () => [...document.querySelectorAll(".finding")].filter((row) => !row.hidden && row.checkVisibility());
const opened = () => rows().filter((row) => row.querySelector(".details").checkVisibility());
const count = () => document.getElementById("count").textContent;
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
const type = (text) => {
  const field = document.getElementById("search");
  field.value = text;
  field.dispatchEvent(new Event("input", {bubbles: true}));
};
const pick = (name, value) => {
  const field = document.querySelector(`[name=${name}], #${name}`);
  field.value = value;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  field.dispatchEvent(new Event("change", {bubbles: true}));
};
"""


def browse(page: str, tmp_path: Path, script: str) -> dict[str, Any]:
    """What the script left in ``see``, together with what the policy or an error stopped."""
    script = f"{TOOLS}{script}\ndocument.body.dataset.seen = JSON.stringify(see);"
    watch = (
        'window.wrong = []; addEventListener("error", (event) => wrong.push(String(event.message)));'
        'addEventListener("securitypolicyviolation", (event) => wrong.push(event.violatedDirective));'
    )
    script += "\ndocument.body.dataset.wrong = JSON.stringify(window.wrong);"
    page = page.replace("script-src ", f"script-src {digest(watch)} {digest(script)} ", 1)
    page = page.replace("<title>", f"<script>{watch}</script><title>", 1)
    page = page.replace("</body>", f"<script>{script}</script></body>", 1)
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8", errors="backslashreplace")
    command = [str(BROWSER), "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium refuses to run as root with it
    done = subprocess.run(
        [*command, "--dump-dom", file.as_uri()], capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    body = re.search(r"<body([^>]*)>", done.stdout)
    assert body is not None, done.stderr[-2000:]
    seen = {name: json.loads(unescaped(value)) for name, value in re.findall(r'data-(\w+)="([^"]*)"', body[1])}
    assert seen["wrong"] == []
    left: dict[str, Any] = seen["seen"]
    return left


def digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def unescaped(text: str) -> str:
    return text.replace("&quot;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


@pytest.fixture(scope="module")
def page() -> str:
    from test_reporters import REPORTS  # noqa: PLC0415

    return "".join(of_reports("html", REPORTS))


def test_rows_open_and_close(page: str, tmp_path: Path) -> None:
    seen = browse(page, tmp_path, """
        see.rows = rows().length;
        see.opened = opened().length;
        const first = rows()[0].querySelector(".open");
        first.click();
        see.after = [opened().length, first.getAttribute("aria-expanded")];
        see.frame = rows()[0].querySelector("pre").textContent;
        first.click();
        see.closed = [opened().length, first.getAttribute("aria-expanded")];
        document.getElementById("expand").click();
        see.all = opened().length;
        document.getElementById("expand").click();
        see.none = opened().length;
    """)  # fmt: skip
    assert (seen["rows"], seen["opened"], seen["all"], seen["none"]) == (4, 0, 4, 0)
    assert (seen["after"], seen["closed"]) == ([1, "true"], [0, "false"])
    assert "ak_live_…(32 chars" in seen["frame"]


def test_search_and_filters(page: str, tmp_path: Path) -> None:
    seen = browse(page, tmp_path, """
        type("LOGIN.py escape");
        see.search = [rows().length, count()];
        type("");
        pick("level", "error");
        see.level = [rows().length, count()];
        pick("code", "AUT101");
        see.both = rows().length;
        type("nothing has this");
        see.nothing = [rows().length, document.getElementById("nothing").checkVisibility()];
        document.getElementById("clear").click();
        see.cleared = [rows().length, count(), document.getElementById("nothing").checkVisibility()];
        pick("order", "path");
        see.order = rows().map((row) => row.dataset.path);
    """)  # fmt: skip
    assert seen["search"] == [1, "1 of 4"]
    assert seen["level"] == [2, "2 of 4"]
    assert seen["both"] == 1
    assert seen["nothing"] == [0, True]
    assert seen["cleared"] == [4, "4 of 4", False]
    assert seen["order"] == ["app/login.py", "app/login.py", "docs/é.md", "docs/é.md"]


def test_charts_filter(page: str, tmp_path: Path) -> None:
    seen = browse(page, tmp_path, """
        see.charts = [...document.querySelectorAll(".panel h2")].map((head) => head.textContent);
        const bar = (value) => document.querySelector(`.bar[data-value="${value}"]`);
        bar("credentials").click();
        see.family = [rows().length, bar("credentials").getAttribute("aria-pressed")];
        bar("docs").click();
        see.both = rows().length;
        see.chosen = document.getElementById("chosen").textContent;
        document.querySelector("#chosen button").click();
        see.left = rows().length;
        const drawn = bar("python").querySelector("svg").getBoundingClientRect();
        see.drawn = drawn.width > 20 && drawn.height > 4;
        see.colour = getComputedStyle(bar("python").querySelector("rect")).fill;
    """)  # fmt: skip
    assert seen["charts"] == ["Family", "Language", "Provider", "Folder"]
    assert seen["family"] == [1, "true"]
    assert seen["both"] == 0
    assert seen["chosen"] == "family: credentials \xd7folder: docs \xd7"
    assert seen["left"] == 2
    assert seen["drawn"] is True
    assert seen["colour"] == "rgb(198, 47, 59)"


def test_the_keyboard_is_enough(page: str, tmp_path: Path) -> None:
    seen = browse(page, tmp_path, """
        const place = () => rows().indexOf(document.activeElement.closest("tbody"));
        press("/");
        see.search = document.activeElement.id;
        press("j");
        see.typed = document.activeElement.id;
        type("login");
        press("Escape");
        see.cleared = [rows().length, document.activeElement === document.body];
        press("j"); press("j");
        see.second = place();
        press("k");
        see.first = place();
        press("k");
        see.stays = place();
        const usable = [...document.querySelectorAll("button, select, input, a, pre")];
        see.reachable = usable.every((each) => each.tabIndex === 0);
    """)  # fmt: skip
    assert seen["search"] == "search"
    assert seen["typed"] == "search"
    assert seen["cleared"] == [4, True]
    assert (seen["second"], seen["first"], seen["stays"]) == (1, 0, 0)
    assert seen["reachable"] is True


def test_dark_and_light(page: str, tmp_path: Path) -> None:
    seen = browse(page, tmp_path, """
        const back = () => getComputedStyle(document.body).backgroundColor;
        see.colours = [back()];
        for (let at = 0; at < 2; at += 1) {
          document.getElementById("theme").click();
          see.colours.push(back());
        }
    """)  # fmt: skip
    light, dark = "rgb(246, 247, 249)", "rgb(17, 22, 29)"
    assert seen["colours"] in ([light, dark, light], [dark, light, dark])


def test_nothing_that_a_name_says_is_done(tmp_path: Path) -> None:
    page = "".join(of_reports("html", tuple(map(hostile, HOSTILE))))
    seen = browse(page, tmp_path, """
        see.foreign = document.querySelectorAll("img, x, b b, [onerror], [onmouseover]").length;
        document.getElementById("expand").click();
        for (const bar of document.querySelectorAll(".bar")) { bar.click(); bar.click(); }
        see.rows = rows().length;
        see.first = rows()[0].querySelector(".where").textContent;
    """)  # fmt: skip
    assert seen["foreign"] == 0
    assert seen["rows"] == 2 * len(HOSTILE)
    assert seen["first"].startswith(HOSTILE[0])

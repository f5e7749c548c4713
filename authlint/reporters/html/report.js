
"use strict";
(() => {
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  find("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  const table = find("findings");
  if (!table) return;

  const findings = [...table.tBodies];
  const texts = new Map(findings.map((body) => [body, body.rows[0].textContent.toLowerCase()]));
  const form = find("filters");
  const search = find("search");
  const order = find("order");
  const bars = [...document.querySelectorAll(".bar")];
  const chosen = new Map();

  const opener = (body) => body.querySelector(".open");
  const visible = () => [...table.tBodies].filter((body) => !body.hidden);

  function open(body, wanted) {
    body.classList.toggle("is-open", wanted);
    opener(body).setAttribute("aria-expanded", String(wanted));
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [...form.querySelectorAll("select[name]")].filter((each) => each.value).map((each) => [each.name, each.value]);
    wanted.push(...chosen);
    let count = 0;
    for (const body of findings) {
      const fits = wanted.every(([key, value]) => body.dataset[key] === value) && words.every((word) => texts.get(body).includes(word));
      body.hidden = !fits;
      count += fits;
    }
    find("count").textContent = `${count.toLocaleString("en")} of ${findings.length.toLocaleString("en")}`;
    find("nothing").hidden = count > 0;
    table.hidden = count === 0;
  }

  function showChosen() {
    for (const bar of bars) bar.setAttribute("aria-pressed", String(chosen.get(bar.dataset.key) === bar.dataset.value));
    const place = find("chosen");
    place.replaceChildren();
    for (const [key, value] of chosen) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${key}: ${value} ×`;
      button.addEventListener("click", () => choose(key, value));
      place.append(button);
    }
  }

  function choose(key, value) {
    if (chosen.get(key) === value) chosen.delete(key);
    else chosen.set(key, value);
    showChosen();
    filter();
  }

  function clear() {
    form.reset();
    chosen.clear();
    showChosen();
    sort();
    filter();
  }

  function sort() {
    const key = order.value;
    const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
    const place = (body) => Number(body.dataset.number);
    const sorted = [...findings].sort((one, other) =>
      (key && compare(one.dataset[key], other.dataset[key])) || place(one) - place(other));
    table.append(...sorted);
  }

  function step(by) {
    const bodies = visible();
    const at = bodies.indexOf(document.activeElement?.closest?.("tbody"));
    const next = bodies[at < 0 ? (by > 0 ? 0 : bodies.length - 1) : Math.min(Math.max(at + by, 0), bodies.length - 1)];
    if (next) opener(next).focus();
  }

  for (const body of findings) {
    open(body, false);
    body.rows[0].addEventListener("click", (event) => {
      if (String(getSelection()) && !event.target.closest(".open")) return;
      open(body, !body.classList.contains("is-open"));
    });
  }
  for (const bar of bars) bar.addEventListener("click", () => choose(bar.dataset.key, bar.dataset.value));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  order.addEventListener("change", sort);
  find("clear").addEventListener("click", clear);
  find("expand").addEventListener("click", () => {
    const wanted = visible().some((body) => !body.classList.contains("is-open"));
    for (const body of visible()) open(body, wanted);
    find("expand").textContent = wanted ? "Close all" : "Open all";
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      clear();
      document.activeElement?.blur?.();
      return;
    }
    if (event.target.closest?.("input, select, textarea")) return;
    const keys = { "/": () => search.focus(), j: () => step(1), k: () => step(-1) };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  filter();
})();

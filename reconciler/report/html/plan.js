"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const STEP = 1000; // stored changes that are laid out at once
  const names = ["target", "kind", "action", "risk", "text"].filter((name) => form.elements[name]);
  const shown = document.getElementById("shown");
  const rest = document.getElementById("rest");
  const number = new Intl.NumberFormat("en");
  const signs = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };
  const plain = (text) => text.replace(/&(?:amp|lt|gt|#34|#39);/g, (each) => signs[each]);

  // A change that is laid out has an item, a stored one its HTML.
  const laidOut = (item) => ({ item, data: item.dataset, words: null });
  const stored = (html) => {
    const pairs = html.slice(0, html.indexOf(">")).matchAll(/data-(\w+)="([^"]*)"/g);
    return { html, data: Object.fromEntries([...pairs].map(([, name, value]) => [name, plain(value)])), words: null };
  };
  const changesOf = (list) => {
    const store = list.nextElementSibling;
    if (store?.tagName !== "SCRIPT") return [...list.children].map(laidOut);
    return store.textContent.split(/(?=<li class="change )/).map(stored);
  };
  const groups = [...document.querySelectorAll("section.group")].map((section) => ({
    section,
    chunks: [...section.querySelectorAll(".chunk")].map((list) => ({ list, changes: changesOf(list) })),
  }));
  const total = groups.reduce((sum, { chunks }) => chunks.reduce((n, { changes }) => n + changes.length, sum), 0);
  let most = STEP;

  const words = (change) =>
    (change.words ??= (change.item?.textContent ?? plain(change.html.replace(/<[^>]*>/g, ""))).toLowerCase());

  const matches = (change, wanted) => {
    const { step, kind, target, risk } = change.data;
    return (
      (!wanted.target || wanted.target === target) &&
      (!wanted.kind || wanted.kind === kind) &&
      (!wanted.action || wanted.action === step) &&
      (!wanted.risk || (risk ?? "").split(" ").includes(wanted.risk)) &&
      (!wanted.text || words(change).includes(wanted.text.toLowerCase()))
    );
  };

  // Lays out what matches of a chunk, of stored changes at most `room`. Gives how many are laid out now.
  const layOut = ({ list, changes }, met, room) => {
    let here = met;
    if (changes[0]?.item) {
      const visible = new Set(met);
      for (const change of changes) change.item.hidden = !visible.has(change);
    } else {
      here = met.slice(0, room);
      list.innerHTML = here.map((change) => change.html).join("");
    }
    list.hidden = here.length === 0;
    return here.length;
  };

  const filter = () => {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));
    const filtered = names.some((name) => wanted[name]);
    let [found, visible, room] = [0, 0, most];
    for (const { section, chunks } of groups) {
      let [inGroup, here] = [0, 0];
      for (const chunk of chunks) {
        const met = chunk.changes.filter((change) => matches(change, wanted));
        const now = layOut(chunk, met, room);
        if (!chunk.changes[0]?.item) room -= now;
        inGroup += met.length;
        here += now;
      }
      section.hidden = here === 0 && (filtered || inGroup > 0);
      found += inGroup;
      visible += here;
    }
    tell(found, visible, filtered);
    return wanted;
  };

  const tell = (found, visible, filtered) => {
    const [all, some, few] = [total, found, visible].map((each) => number.format(each));
    const match = filtered && visible < found ? ` ${some} match.` : "";
    shown.textContent =
      visible === total ? `All ${all} listed changes are shown.` : `${few} of ${all} listed changes are shown.${match}`;
    if (!rest) return;
    rest.hidden = visible === found;
    rest.firstElementChild.textContent = `… and ${number.format(found - visible)} more.`;
  };

  const fromAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (!names.some((name) => wanted.has(name))) return;
    for (const name of names) form.elements[name].value = wanted.get(name) ?? "";
    most = STEP;
    filter();
    form.focus(); // what the link asked for stands below it
  };

  const changed = () => {
    most = STEP;
    const wanted = new URLSearchParams(Object.entries(filter()).filter(([, value]) => value));
    history.replaceState(null, "", `#${wanted}`);
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 150);
  });
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => event.preventDefault());
  rest?.addEventListener("click", (event) => {
    if (event.target.tagName !== "BUTTON") return;
    most += STEP;
    filter();
  });
  addEventListener("hashchange", fromAddress);
  form.hidden = false;
  filter();
  fromAddress();
})();

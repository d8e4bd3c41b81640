"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const names = ["target", "kind", "action", "text"];
  const shown = document.getElementById("shown");
  const groups = [...document.querySelectorAll("section.group")].map((section) => ({
    section,
    chunks: [...section.querySelectorAll(".chunk")].map((list) => ({
      list,
      changes: [...list.children].map((item) => ({ item, words: null })),
    })),
  }));
  const total = groups.reduce((sum, { chunks }) => chunks.reduce((n, { changes }) => n + changes.length, sum), 0);
  const number = new Intl.NumberFormat("en");

  const words = (change) => (change.words ??= change.item.textContent.toLowerCase());

  const matches = (change, wanted) => {
    const { step, kind, target } = change.item.dataset;
    return (
      (!wanted.target || wanted.target === target) &&
      (!wanted.kind || wanted.kind === kind) &&
      (!wanted.action || wanted.action === step) &&
      (!wanted.text || words(change).includes(wanted.text.toLowerCase()))
    );
  };

  const filter = () => {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));
    let count = 0;
    for (const { section, chunks } of groups) {
      let here = 0;
      for (const { list, changes } of chunks) {
        let inChunk = 0;
        for (const change of changes) {
          const met = matches(change, wanted);
          change.item.hidden = !met;
          inChunk += met;
        }
        list.hidden = inChunk === 0;
        here += inChunk;
      }
      section.hidden = here === 0 && names.some((name) => wanted[name]);
      count += here;
    }
    shown.textContent =
      count === total
        ? `All ${number.format(total)} listed changes are shown.`
        : `${number.format(count)} of ${number.format(total)} listed changes are shown.`;
    return wanted;
  };

  const fromAddress = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (!names.some((name) => wanted.has(name))) return;
    for (const name of names) form.elements[name].value = wanted.get(name) ?? "";
    filter();
  };

  const changed = () => {
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
  addEventListener("hashchange", fromAddress);
  form.hidden = false;
  filter();
  fromAddress();
})();

// Rows to choose one of: native radio buttons in a native table, so that Tab, the arrow keys and screen readers
// know what to do; a click anywhere in a row chooses it. All text is set as text, never as HTML.

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function render({ model, el }) {
  const group = `ac-choice-${Math.random().toString(36).slice(2)}`;
  let radios = [];
  let caption = element("caption", "");

  function choose(index) {
    model.set("value", index);
    model.save_changes();
  }

  function line(cells, index) {
    const row = document.createElement("tr");
    const columns = model.get("columns");
    const radio = element("input", "", { type: "radio", name: group, "aria-label": model.get("names")[index] });
    radio.addEventListener("change", () => choose(index));
    row.addEventListener("click", (event) => {
      if (event.target !== radio && !window.getSelection().toString()) radio.click();
    });
    const first = element("th", "", { scope: "row", "data-label": columns[0] });
    first.append(radio, element("span", cells[0]));
    row.append(first, ...cells.slice(1).map((cell, at) => element("td", cell, { "data-label": columns[at + 1] })));
    radios.push(radio);
    return row;
  }

  function mark() {
    const chosen = model.get("value");
    radios.forEach((radio, index) => {
      radio.checked = index === chosen;
      radio.closest("tr").classList.toggle("chosen", index === chosen);
    });
  }

  function draw() {
    radios = [];
    const rows = model.get("rows");
    el.hidden = rows.length === 0;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    head.append(...model.get("columns").map((name) => element("th", name, { scope: "col" })));
    caption = element("caption", model.get("caption"), { "aria-live": "polite" });
    table.prepend(caption);
    table.createTBody().append(...rows.map(line));
    el.replaceChildren(table);
    mark();
  }

  el.classList.add("ac-scroll", "ac-choices");
  model.on("change:rows", draw);
  model.on("change:value", mark);
  model.on("change:caption", () => { caption.textContent = model.get("caption"); });
  draw();
}

export default { render };

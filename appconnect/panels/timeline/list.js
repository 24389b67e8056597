// The list of the timeline: a tree that is worked by mouse or keys. All texts are set as texts, never as HTML.

const PAGE = 10;
const COLUMNS = ["What was done", "Outcome", "When, within the operation", "Took", "Limit"];

function piece(name, text, kind = "span") {
  const node = document.createElement(kind);
  node.className = name;
  if (text) node.textContent = text;
  return node;
}

function bars(row) {
  const lane = piece("ac-tl-lane");
  for (const bar of row.bars) {
    const drawn = piece(`ac-tl-bar ${bar.kind}`);
    drawn.style.left = `${Math.min(bar.start, 99.2)}%`;
    drawn.style.width = `${Math.max(0.8, Math.min(bar.width, 100 - bar.start))}%`;
    lane.append(drawn);
  }
  return lane;
}

function made(row) {
  const node = piece(`ac-tl-row ${row.parent ? "below" : row.path ? "top lone" : "top"} ${row.tone}`, "", "div");
  node.dataset.id = row.id;
  node.dataset.parent = row.parent;
  node.setAttribute("role", "treeitem");
  node.setAttribute("aria-level", row.parent ? "2" : "1");
  node.setAttribute("aria-label", row.says);
  node.tabIndex = -1;
  const what = piece("ac-tl-what");
  if (!row.path) what.append(piece("ac-tl-twisty"));
  if (row.crm) what.append(piece("ac-tl-crm", row.crm));
  what.append(piece(row.path ? "ac-tl-method" : "ac-tl-name", row.title));
  if (row.path) what.append(piece("ac-tl-path", row.path));
  if (row.note) what.append(piece("ac-tl-note", row.note));
  if (row.more) what.append(piece("ac-tl-more", row.more));
  what.title = [row.title, row.path, row.note, row.more].filter(Boolean).join(" ");
  node.append(what, piece("ac-tl-status", row.status), bars(row), piece("ac-tl-time", row.time));
  node.append(piece("ac-tl-limits", row.limits));
  for (const cell of node.children) cell.setAttribute("aria-hidden", "true");
  return node;
}

function headed() {
  const head = piece("ac-tl-row ac-tl-head", "", "div");
  head.setAttribute("aria-hidden", "true");
  for (const name of COLUMNS) head.append(piece("", name));
  return head;
}

function render({ model, el }) {
  const frame = piece("ac-tl", "", "div");
  const tree = piece("ac-tl-tree", "", "div");
  tree.setAttribute("role", "tree");
  tree.setAttribute("aria-label", model.get("label"));
  frame.append(headed(), tree);
  el.append(frame);
  const nodes = new Map(); // by id: the row's node, and what it shows
  let toggled = new Set(model.get("toggled"));
  let focused = "";

  const isFolded = (id) => toggled.has(id) !== model.get("fold_all");
  const shown = () => [...tree.children].filter((node) => !node.hidden);
  const hasRows = (node) => node.nextSibling?.dataset.parent === node.dataset.id;

  function mark() {
    const visible = shown();
    const entry = visible.find((node) => node.dataset.id === focused)
      ?? visible.find((node) => node.dataset.id === model.get("selected")) ?? visible[0];
    for (const node of tree.children) {
      const { id } = node.dataset;
      node.setAttribute("aria-selected", String(id === model.get("selected")));
      node.classList.toggle("pinned", id === model.get("pinned"));
      node.tabIndex = node === entry ? 0 : -1;
      if (hasRows(node)) node.setAttribute("aria-expanded", String(!isFolded(id)));
      else node.removeAttribute("aria-expanded");
    }
  }

  function fold() {
    for (const node of tree.children) {
      node.hidden = Boolean(node.dataset.parent) && isFolded(node.dataset.parent);
    }
    mark();
  }

  function draw() {
    const atEnd = tree.scrollTop + tree.clientHeight >= tree.scrollHeight - 8;
    const hadFocus = tree.contains(document.activeElement);
    const kept = new Set();
    let place = tree.firstChild;
    for (const row of model.get("rows")) {
      kept.add(row.id);
      const shows = JSON.stringify(row);
      const known = nodes.get(row.id);
      let node = known?.node;
      if (known?.shows !== shows) {
        const fresh = made(row);
        if (node) {
          if (place === node) place = fresh;
          node.replaceWith(fresh);
        }
        node = fresh;
        nodes.set(row.id, { node, shows });
      }
      if (place === node) place = node.nextSibling;
      else tree.insertBefore(node, place);
    }
    for (const [id, { node }] of nodes) {
      if (kept.has(id)) continue;
      node.remove();
      nodes.delete(id);
    }
    fold();
    if (hadFocus && !tree.contains(document.activeElement)) tree.querySelector("[tabindex='0']")?.focus();
    if (model.get("follow") && atEnd) tree.scrollTop = tree.scrollHeight;
  }

  function select(node) {
    if (!node) return;
    focused = node.dataset.id;
    model.set("selected", focused);
    model.save_changes();
    node.focus();
    node.scrollIntoView({ block: "nearest" });
  }

  function toggle(node, folded) {
    const { id } = node.dataset;
    if (!hasRows(node) || isFolded(id) === folded) return;
    if (!toggled.delete(id)) toggled.add(id);
    model.set("toggled", [...toggled]);
    model.save_changes();
    fold();
  }

  function left(node) {
    if (hasRows(node) && !isFolded(node.dataset.id)) toggle(node, true);
    else select(nodes.get(node.dataset.parent)?.node);
  }

  function right(node) {
    if (hasRows(node) && isFolded(node.dataset.id)) toggle(node, false);
    else if (hasRows(node)) select(node.nextSibling);
  }

  const KEYS = {
    ArrowDown: (rows, at) => select(rows[at + 1]),
    ArrowUp: (rows, at) => select(rows[at - 1]),
    PageDown: (rows, at) => select(rows[Math.min(at + PAGE, rows.length - 1)]),
    PageUp: (rows, at) => select(rows[Math.max(at - PAGE, 0)]),
    Home: (rows) => select(rows[0]),
    End: (rows) => select(rows[rows.length - 1]),
    ArrowLeft: (rows, at) => left(rows[at]),
    ArrowRight: (rows, at) => right(rows[at]),
    Enter: (rows, at) => select(rows[at]),
    " ": (rows, at) => select(rows[at]),
  };

  tree.addEventListener("keydown", (event) => {
    const node = event.target.closest("[role='treeitem']");
    const act = KEYS[event.key];
    if (!node || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // or JupyterLab would take it for the notebook
    const rows = shown();
    act(rows, rows.indexOf(node));
  });
  tree.addEventListener("click", (event) => {
    const node = event.target.closest("[role='treeitem']");
    if (!node) return;
    if (event.target.classList.contains("ac-tl-twisty")) toggle(node, !isFolded(node.dataset.id));
    else select(node);
  });

  const chosen = () => { focused = model.get("selected"); mark(); };
  const refolded = () => { toggled = new Set(model.get("toggled")); fold(); };
  const followed = () => { if (model.get("follow")) tree.scrollTop = tree.scrollHeight; };
  const heard = [
    ["change:rows", draw], ["change:selected", chosen], ["change:pinned", mark],
    ["change:toggled", refolded], ["change:fold_all", refolded], ["change:follow", followed],
  ];
  for (const [event, react] of heard) model.on(event, react);
  draw();
  return () => heard.forEach(([event, react]) => model.off(event, react));
}

export default { render };

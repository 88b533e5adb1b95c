"use strict";
// The table of functions × destinations. Only what is in sight is in the document, so that ten thousand
// rows cost what fifty do. Text goes in as text: nothing from the data is ever parsed as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const ROW = 32, HEAD = 44, SPARE = 4, SCROLLBAR = 20, MOST_PRINTED = 1000, NARROWEST = 112, WIDEST = 190;
  let NAME = 220, COLUMN = WIDEST; // what a window has room for
  const GLYPHS = { reachable: "✓", blocked: "✕", partial: "◐", unknown: "?" };
  const VERDICTS = ["blocked", "partial", "unknown", "reachable"];
  const $ = (id) => document.getElementById(id);
  const grid = $("grid"), head = $("head"), body = $("body"), detail = $("detail");
  const names = data.functions.map(([name, home]) => `${name} ${home}`.toLowerCase());
  const targetNames = data.targets.map((target) => target.toLowerCase());
  const state = { rows: [], columns: [], row: 0, column: 0, open: null };

  // -- small parts --------------------------------------------------------------------------------------

  const make = (tag, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const add = (parent, ...children) => { parent.append(...children); return parent; };
  const place = (element, left, width) => {
    element.style.left = `${left}px`;
    element.style.width = `${width}px`;
    return element;
  };
  const said = (verdict) => make("span", `${GLYPHS[verdict]} ${verdict}`, { class: `verdict ${verdict}` });
  const cellOf = (row, column) => data.cells[data.rows[data.functions[row][2]][column]];

  // -- which rows and columns ---------------------------------------------------------------------------

  const bits = data.cells.map(([verdict]) => 1 << VERDICTS.indexOf(verdict));
  const masks = new Uint8Array(data.rows.length); // verdicts of a class of functions over the chosen columns
  const choose = (target) => {
    if (state.target === target) return;
    state.target = target;
    state.columns = [...data.targets.keys()].filter((at) => targetNames[at].includes(target));
    data.rows.forEach((cells, kind) => { masks[kind] = state.columns.reduce((all, column) => all | bits[cells[column]], 0); });
  };
  const filter = () => {
    const part = $("by-function").value.trim().toLowerCase(), target = $("by-target").value.trim().toLowerCase();
    choose(target);
    const boxes = [...$("by-verdict").querySelectorAll("input:checked")].map((box) => box.value);
    const wanted = VERDICTS.reduce((all, verdict, at) => boxes.includes(verdict) ? all | 1 << at : all, 0);
    state.rows = [];
    names.forEach((name, at) => {
      if (name.includes(part) && masks[data.functions[at][2]] & wanted) state.rows.push(at);
    });
    state.row = state.column = 0;
    grid.scrollTop = 0;
    draw();
    tell();
  };
  const tell = () => {
    const [rows, columns] = [state.rows.length, state.columns.length];
    const of = rows === names.length ? "" : ` of ${names.length.toLocaleString("en")}`;
    const all = rows === names.length && columns === data.targets.length;
    $("tally").textContent = `${rows.toLocaleString("en")}${of} functions × ${columns} destinations${all ? ": " : ". In all: "}${data.summary}`;
  };

  // -- the grid -----------------------------------------------------------------------------------------

  const window_ = (offset, size, unit, count) => {
    const first = Math.max(0, Math.floor(offset / unit) - SPARE);
    return [first, Math.min(count, Math.ceil((offset + size) / unit) + SPARE)];
  };
  const draw = () => {
    NAME = Math.min(220, Math.round(grid.clientWidth * 0.42));
    COLUMN = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((grid.clientWidth - NAME) / Math.max(1, state.columns.length))));
    const wide = NAME + state.columns.length * COLUMN;
    head.style.width = body.style.width = `${wide}px`;
    body.style.height = `${state.rows.length * ROW}px`;
    const bar = wide > grid.clientWidth ? SCROLLBAR : 2;
    grid.style.height = `min(70vh, ${HEAD + state.rows.length * ROW + bar}px)`;
    grid.setAttribute("aria-rowcount", state.rows.length + 1);
    grid.setAttribute("aria-colcount", state.columns.length + 1);
    const [top, bottom] = window_(grid.scrollTop, grid.clientHeight, ROW, state.rows.length);
    const [left, right] = window_(grid.scrollLeft, grid.clientWidth, COLUMN, state.columns.length);
    head.replaceChildren(header(left, right, wide));
    body.replaceChildren(...state.rows.slice(top, bottom).map((_, at) => line(top + at, left, right, wide)));
    const active = $("active");
    if (active) grid.setAttribute("aria-activedescendant", "active"); else grid.removeAttribute("aria-activedescendant");
  };
  const header = (left, right, wide) => {
    const row = place(make("div", "", { role: "row", "aria-rowindex": 1 }), 0, wide);
    const corner = make("div", "Function", { role: "columnheader", "aria-colindex": 1, class: "corner" });
    add(row, place(corner, 0, NAME));
    for (let at = left; at < right; at++) {
      const target = data.targets[state.columns[at]];
      const cell = make("div", target, { role: "columnheader", "aria-colindex": at + 2, title: target });
      add(row, place(cell, NAME + at * COLUMN, COLUMN));
    }
    return row;
  };
  const line = (at, left, right, wide) => {
    const [name, home] = data.functions[state.rows[at]];
    const row = place(make("div", "", { role: "row", "aria-rowindex": at + 2 }), 0, wide);
    row.style.top = `${at * ROW}px`;
    add(row, place(make("div", name, { role: "rowheader", "aria-colindex": 1, title: `${name} ${home}` }), 0, NAME));
    for (let column = left; column < right; column++) add(row, gridcell(at, column, name));
    return row;
  };
  const gridcell = (at, column, name) => {
    const [verdict, code] = cellOf(state.rows[at], state.columns[column]);
    const words = `${name} to ${data.targets[state.columns[column]]}: ${verdict}${code ? `, ${code}` : ""}`;
    const cell = make("div", `${GLYPHS[verdict]} ${verdict}`, {
      role: "gridcell", "aria-colindex": column + 2, "aria-label": words, title: words, class: verdict,
    });
    cell.dataset.at = `${at} ${column}`;
    if (at === state.row && column === state.column) { cell.id = "active"; cell.classList.add("active"); }
    if (state.open === `${state.rows[at]} ${state.columns[column]}`) cell.classList.add("open");
    return place(cell, NAME + column * COLUMN, COLUMN);
  };
  const move = (row, column) => { focus(row, column); draw(); };
  const focus = (row, column) => {
    state.row = Math.min(Math.max(row, 0), state.rows.length - 1);
    state.column = Math.min(Math.max(column, 0), state.columns.length - 1);
    const high = state.row * ROW, wide = state.column * COLUMN;
    const room = grid.clientHeight - HEAD - ROW, across = grid.clientWidth - NAME - COLUMN;
    if (grid.scrollTop > high) grid.scrollTop = high; else if (grid.scrollTop < high - room) grid.scrollTop = high - room;
    if (grid.scrollLeft > wide) grid.scrollLeft = wide; else if (grid.scrollLeft < wide - across) grid.scrollLeft = wide - across;
  };
  const page = () => Math.max(1, Math.floor((grid.clientHeight - HEAD) / ROW) - 1);
  const KEYS = {
    ArrowUp: () => move(state.row - 1, state.column), ArrowDown: () => move(state.row + 1, state.column),
    ArrowLeft: () => move(state.row, state.column - 1), ArrowRight: () => move(state.row, state.column + 1),
    PageUp: () => move(state.row - page(), state.column), PageDown: () => move(state.row + page(), state.column),
    Home: () => move(state.row, 0), End: () => move(state.row, Infinity),
    Enter: () => { explain(); detail.focus(); }, " ": () => explain(),
  };

  // -- one cell explained -------------------------------------------------------------------------------

  const explain = () => {
    if (!state.rows.length || !state.columns.length) return;
    const [row, column] = [state.rows[state.row], state.columns[state.column]];
    state.open = `${row} ${column}`;
    const [verdict, , at] = cellOf(row, column);
    const [name, home] = data.functions[row], target = data.targets[column];
    detail.replaceChildren(make("h2", `${name} → ${target}`, { id: "detail-title" }),
      add(make("p"), said(verdict), make("span", ` in ${home}`, { class: "small" })));
    if (at >= 0) tellAnswer(data.answers[at], name);
    else add(detail, make("p", "The explanation is not in this page; ask for it with:"),
      make("pre", `reach path ${quoted(name)} ${quoted(target)}`));
    draw();
    try { history.replaceState(null, "", `#${encodeURIComponent(name)}/${encodeURIComponent(target)}`); } catch { /* in a frame */ }
  };
  const quoted = (word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  const tellAnswer = (answer, name) => {
    add(detail, make("p", answer.headline));
    if (answer.source !== name) add(detail, make("p", `Told for ${answer.source}, which is in the same subnets with the same groups.`, { class: "small" }));
    if (answer.picture >= 0) add(detail, picture(data.pictures[answer.picture], answer.headline));
    answer.blockers.forEach((blocker) => add(detail, ...finding(blocker, "blocked")));
    answer.unknowns.forEach((unknown) => add(detail, ...finding(unknown, "unknown")));
    if (answer.after) add(detail, add(make("p", "After a failover: "), said(answer.after)));
    answer.paths.forEach((path) => add(detail, way(path)));
    listed("Notes", answer.notes);
    listed("Assumed", answer.assumptions);
  };
  const picture = (source, words) => add(make("figure"), make("img", "", { src: source, alt: words }));
  const finding = (one, verdict) => {
    const facts = make("dl");
    const fact = (term, ...values) => add(facts, make("dt", term), ...values);
    if (one.symptom) fact("symptom", make("dd", one.symptom));
    fact("because", make("dd", one.why));
    one.evidence.forEach(([resource, field, value]) => fact("seen", add(make("dd"), make("code", `${resource} ${field} = ${value}`))));
    if (one.needs) fact("needs", make("dd", one.needs));
    if (one.after) fact("already stopped by", make("dd", one.after));
    if (one.fix) fact("fix", add(make("dd"), make("pre", one.fix)));
    one.snippets.forEach(([language, text]) => fact(language, add(make("dd"), make("pre", text))));
    const title = add(make("h3"), make("span", `${GLYPHS[verdict]} ${one.title} `, { class: verdict }), make("code", one.code));
    return [title, facts];
  };
  const way = (path) => {
    const box = make("details");
    const where = path.subnet ? `from ${path.subnet}` : "the way";
    add(box, add(make("summary", `${where}: `), said(path.verdict)));
    const list = make("ol", "", { class: "hops" });
    for (const [direction, kind, resource, words, verdict] of path.hops) {
      const hop = make("li", `${direction === "return" ? "reply: " : ""}${kind} `);
      add(hop, make("code", resource), words ? ` ${words} ` : " ");
      if (verdict !== "reachable") add(hop, said(verdict));
      add(list, hop);
    }
    return add(box, list);
  };
  const listed = (title, texts) => {
    if (texts.length) add(detail, make("h3", title), add(make("ul"), ...texts.map((text) => make("li", text))));
  };

  // -- the rest of the page -----------------------------------------------------------------------------

  const network = () => {
    const part = $("network");
    if (!data.maps.length) add(part, make("p", "No VPC was read.", { class: "hint" }));
    data.maps.forEach(([title, source], at) => {
      const box = make("details", "", at === 0 ? { open: "" } : {});
      add(part, add(box, make("summary", title), picture(source, title)));
    });
    if (data.unmapped) add(part, make("p", data.unmapped, { class: "small" }));
  };
  const openQuestions = () => {
    const part = $("unknowns");
    const list = (texts, none) => texts.length ? add(make("ul"), ...texts.map((text) => make("li", text))) : make("p", none);
    add(part, make("h3", "Not read"), list(data.gaps, "Everything that was asked for was read."));
    add(part, make("h3", "Assumed"), list(data.assumptions, "Nothing was taken for granted."));
  };
  const printed = () => {
    const table = make("table", "", { id: "printed" });
    add(table, add(make("tr"), make("th", "Function"), ...state.columns.map((at) => make("th", data.targets[at]))));
    state.rows.slice(0, MOST_PRINTED).forEach((row) => {
      const cells = state.columns.map((at) => make("td", `${GLYPHS[cellOf(row, at)[0]]} ${cellOf(row, at)[0]}`));
      add(table, add(make("tr"), make("th", data.functions[row][0]), ...cells));
    });
    $("split").before(table);
    document.querySelectorAll("details:not([open])").forEach((box) => { box.open = true; box.dataset.printed = ""; });
  };
  const afterPrint = () => {
    $("printed")?.remove();
    document.querySelectorAll("details[data-printed]").forEach((box) => { box.open = false; delete box.dataset.printed; });
  };
  const fromAddress = () => {
    const [name, target] = location.hash.slice(1).split("/").map(decodeURIComponent);
    const row = state.rows.findIndex((at) => data.functions[at][0] === name), column = data.targets.indexOf(target);
    return row >= 0 && column >= 0 ? [row, column] : null;
  };

  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell) return;
    const [row, column] = cell.dataset.at.split(" ").map(Number);
    grid.focus({ preventScroll: true });
    focus(row, column);
    explain();
  });
  detail.addEventListener("keydown", (event) => { if (event.key === "Escape") grid.focus(); });
  let pending = 0;
  const soon = () => { if (!pending) pending = requestAnimationFrame(() => { pending = 0; draw(); }); };
  grid.addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  $("tools").addEventListener("submit", (event) => event.preventDefault());
  $("tools").addEventListener("input", filter);
  addEventListener("beforeprint", printed);
  addEventListener("afterprint", afterPrint);
  VERDICTS.forEach((verdict) => {
    const box = make("input", "", { type: "checkbox", value: verdict, checked: "" });
    add($("by-verdict"), add(make("label"), box, " ", said(verdict)));
  });
  $("sources").textContent = data.sources;
  if (!data.functions.length) document.body.classList.add("bare");
  network();
  openQuestions();
  filter();
  const asked = fromAddress();
  if (asked || (data.functions.length === 1 && data.targets.length === 1)) { move(...(asked ?? [0, 0])); explain(); }
})();

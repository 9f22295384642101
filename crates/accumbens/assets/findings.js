(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const { findings, theories, cells, predictions, prior: asked } = data;
  const sign = { agrees: "✓", disagrees: "✗", cannot_say: "" };
  const words = { agrees: "agrees", disagrees: "disagrees", cannot_say: "cannot say" };
  const tone = { agrees: "#2a7a4b", disagrees: "#b3203a", cannot_say: "#8a90a0" };
  const at = (f, t) => f * theories.length + t;
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children.filter((c) => c !== null && c !== undefined));
    return node;
  };
  // What a theory says over its prior, in words; nothing where that was not asked.
  const percent = (n, prior) => `${Math.round((100 * n) / prior.draws)} %`;
  const overPrior = (cell) => {
    const p = cell.prior;
    if (!p) return "";
    const failed = p.failed ? `, ${p.failed} of ${p.draws} draws could not be lived` : "";
    return `over its prior (${p.draws} draws of ${p.drawn.join(", ")}; ${p.subjects} subjects each): agrees ${percent(p.agrees, p)}, disagrees ${percent(p.disagrees, p)}, cannot say ${percent(p.cannot_say, p)}${failed}`;
  };
  const observed = (test) => (test.observed === null ? "" : ` Dashed: observed, ${short(test.observed)} (${test.basis}).`);
  const noise = (test) => (test.reliability === null ? "" : ` The theory's r is multiplied by √${test.reliability.is} for the noise of the recordings (${test.reliability.source}).`);
  const short = (x) => (x === null || x === undefined ? "–" : Math.abs(x) >= 100 ? d3.format(".0f")(x) : d3.format(".3~g")(x));

  // What happens in a trial, drawn in its own time.
  const timeline = (panels) => {
    const box = make("div", { className: "timeline" });
    const kinds = [...new Set(panels.flatMap((p) => p.rows.flatMap((r) => r.marks.map((m) => m.event))))];
    const palette = ["#3b7dd8", "#e0912f", "#2f9e77", "#8d62c9", "#d1495b", "#00a0b0", "#b58900", "#c2478f", "#7d8597", "#6a994e"];
    const color = new Map(kinds.map((k, i) => [k, palette[i % palette.length]]));
    for (const panel of panels) {
      box.append(make("p", { className: "key" }, make("b", { textContent: panel.phase }), panel.words ? ` · ${panel.words}` : ""));
      const rows = panel.rows.slice(0, 12);
      const end = Math.max(1e-9, d3.max(rows, (r) => d3.max(r.marks, (m) => m.at)) || 0);
      const width = 1040, step = 34, left = 130;
      const x = d3.scaleLinear([0, end], [left + 14, width - 150]);
      const svg = d3.create("svg").attr("viewBox", [0, 0, width, step * rows.length + 6]).attr("width", width).attr("role", "img");
      rows.forEach((row, i) => {
        const y = step * i + 20;
        svg.append("text").attr("x", left - 6).attr("y", y + 4).attr("text-anchor", "end").attr("font-size", 12).attr("fill", "var(--soft)").text(row.often);
        svg.append("line").attr("x1", left + 6).attr("x2", width - 140).attr("y1", y).attr("y2", y).attr("stroke", "var(--line)");
        const places = d3.rollups(row.marks, (m) => m, (m) => m.at);
        places.forEach(([time, marks], p) => {
          const room = (places[p + 1] ? x(places[p + 1][0]) : width) - x(time) - 14;
          marks.forEach((m, j) => svg.append("circle").attr("cx", x(time)).attr("cy", y - 6 * j).attr("r", 5).attr("fill", m.probability < 1 ? "var(--card)" : color.get(m.event)).attr("stroke", color.get(m.event)).attr("stroke-width", 2));
          const label = marks.map((m) => `${m.event}${m.choice ? "?" : ""}${m.magnitude !== null ? ` ×${short(m.magnitude)}` : ""}${m.probability < 1 ? ` (p ${short(m.probability)})` : ""}`).join(" + ");
          const fit = Math.max(2, Math.floor(room / 6.4));
          svg.append("text").attr("x", x(time) + 9).attr("y", y + 4).attr("font-size", 12).attr("fill", "currentColor").text(label.length > fit ? `${label.slice(0, fit - 1)}…` : label).append("title").text(`${label} at ${short(time)} s`);
        });
      });
      if (end > 1e-6) svg.append("text").attr("x", width - 4).attr("y", step * (rows.length - 1) + 24).attr("text-anchor", "end").attr("font-size", 11).attr("fill", "var(--soft)").text(`${short(end)} s long`);
      box.append(svg.node());
      if (panel.rows.length > rows.length) box.append(make("p", { className: "note", textContent: `and ${panel.rows.length - rows.length} more sorts of trial` }));
    }
    return box;
  };

  // Every theory's value of one test, the chosen one marked, the accepted range shaded, the observed value ruled.
  const testPlot = (f, i, chosen, width) => {
    const test = findings[f].tests[i];
    const rows = theories.map((t, k) => ({ theory: t.label, k, ...cells[at(f, k)].tests[i] })).filter((r) => r.estimate);
    const values = rows.flatMap((r) => [r.estimate.low, r.estimate.high]).concat([test.above, test.below, test.observed].filter((v) => v !== null));
    let [low, high] = d3.extent(values.filter((v) => Math.abs(v) < 1e6));
    // A few theories far out would hide the rest: the scale holds nine in ten.
    const sorted = rows.map((r) => r.estimate.mean).sort(d3.ascending);
    const inner = [d3.quantile(sorted, 0.05), d3.quantile(sorted, 0.95)], spread = Math.max(inner[1] - inner[0], 1e-9);
    const keep = [test.above, test.below, test.observed, cells[at(f, chosen)].tests[i].estimate?.low, cells[at(f, chosen)].tests[i].estimate?.high].filter((v) => v !== null && v !== undefined);
    low = Math.max(low, Math.min(inner[0] - spread, ...keep)); high = Math.min(high, Math.max(inner[1] + spread, ...keep));
    const pad = 0.06 * (high - low || 1);
    const domain = [low - pad, high + pad];
    const from = test.above === null ? domain[0] : Math.max(domain[0], test.above), to = test.below === null ? domain[1] : Math.min(domain[1], test.below);
    return Plot.plot({
      width, height: 60 + 15 * rows.length, marginLeft: 150, marginBottom: 36, style: { fontSize: "11px", fontFamily: "inherit", background: "transparent" },
      x: { domain, label: `${test.value} →`, grid: true, clamp: true, ticks: 6 }, y: { domain: rows.map((r) => r.theory), label: null },
      marks: [
        Plot.rect([0], { x1: from, x2: to, fill: "#2a7a4b", fillOpacity: 0.12 }),
        domain[0] < 0 && domain[1] > 0 ? Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.35 }) : null,
        test.observed === null ? null : Plot.ruleX([test.observed], { stroke: "#e0912f", strokeWidth: 2, strokeDasharray: "4 3" }),
        Plot.link(rows, { x1: (r) => r.estimate.low, x2: (r) => r.estimate.high, y1: "theory", y2: "theory", stroke: (r) => tone[r.verdict], strokeWidth: (r) => (r.k === chosen ? 3 : 1.5) }),
        Plot.dot(rows, { x: (r) => r.estimate.mean, y: "theory", r: (r) => (r.k === chosen ? 5.5 : 3), fill: (r) => tone[r.verdict], tip: true, title: (r) => `${r.theory}: ${words[r.verdict]}\n${short(r.estimate.mean)} (${short(r.estimate.low)} to ${short(r.estimate.high)}), ${r.estimate.n} subjects` }),
      ],
    });
  };

  const measures = (f, t) => {
    const rows = Object.entries(cells[at(f, t)].measures);
    const table = make("table");
    table.append(make("thead", {}, make("tr", {}, make("th", { textContent: "measure" }), make("th", { textContent: "mean" }), make("th", { textContent: "95 % interval" }), make("th", { textContent: "s.d. over subjects" }))));
    const body = make("tbody");
    for (const [name, e] of rows) body.append(make("tr", {}, make("th", { textContent: name }), make("td", { textContent: short(e?.mean) }), make("td", { textContent: e ? `${short(e.low)} to ${short(e.high)}` : "–" }), make("td", { textContent: short(e?.sd) })));
    table.append(body);
    return make("div", { className: "scroll" }, table);
  };

  const published = (f, t) => {
    const rows = findings[f].published;
    if (!rows.length) return null;
    const mine = cells[at(f, t)].published;
    let used = 0;
    const table = make("table");
    table.append(make("thead", {}, make("tr", {}, make("th", { textContent: "theory as published" }), make("th", { className: "word", textContent: "quantity" }), make("th", { textContent: "published" }), make("th", { textContent: "here" }), make("th", { className: "word", textContent: "what it is" }))));
    const body = make("tbody");
    for (const p of rows) {
      const here = p.theory === theories[t].label ? mine[used++] : null;
      body.append(make("tr", {}, make("th", { textContent: p.theory }), make("td", { className: "word", textContent: p.value }), make("td", { textContent: short(p.is) }), make("td", { textContent: here?.[1] ? `${short(here[1].mean)} ± ${short(here[1].sd)}` : "" }), make("td", { className: "word", textContent: [p.note, p.differs && `differs: ${p.differs}`].filter(Boolean).join("; ") })));
    }
    table.append(body);
    return make("div", {}, make("h4", { textContent: "Published simulated values" }), make("div", { className: "scroll" }, table));
  };

  const detail = (f, t) => {
    const finding = findings[f], theory = theories[t], cell = cells[at(f, t)];
    const box = make("div", { className: "detail" });
    box.append(make("h3", {}, `${theory.label} on “${finding.title}”: `, make("b", { textContent: words[cell.verdict] })));
    if (cell.reason) box.append(make("p", { className: "note", textContent: `${cell.reason[0].toUpperCase()}${cell.reason.slice(1)}.` }));
    if (cell.prior) box.append(make("p", { className: "prior" }, make("b", { textContent: cell.prior.contradicts ? "Most of its prior says the opposite: " : "Its prior: " }), `at the defaults it ${words[cell.verdict]}; ${overPrior(cell)}.`));
    box.append(make("p", {}, make("b", { textContent: "Observed: " }), `${finding.observed}${finding.n ? ` (${finding.n})` : ""} `, make("span", { className: `grade ${finding.evidence}`, textContent: finding.evidence }), ` ${finding.evidence_words}`));
    for (const s of finding.sources) box.append(make("p", { className: "note" }, `${s.text} `, s.link ? make("a", { href: s.link, textContent: s.link }) : ""));
    if (finding.note) box.append(make("p", { className: "note", textContent: finding.note }));
    box.append(make("p", {}, make("b", { textContent: "The theory: " }), `${theory.summary}; dopamine is ${theory.dopamine}.`, predictions[at(f, t)] ? " The literature has not confronted it with this finding: what it says here is a prediction." : ""));
    box.append(make("h4", { textContent: `Design: ${finding.design}` }), timeline(finding.panels));
    if (finding.design_note) box.append(make("p", { className: "note", textContent: finding.design_note }));
    const plots = make("div", { className: "pair" });
    box.append(plots);
    box.append(make("h4", { textContent: `What was measured in ${theory.label}` }), measures(f, t));
    const values = published(f, t);
    if (values) box.append(values);
    return [box, () => {
      const wide = Math.min(1060, box.clientWidth - 40);
      const width = wide > 760 ? wide / 2 - 20 : wide;
      finding.tests.forEach((test, i) => plots.append(make("div", {}, make("h4", { textContent: `${test.says[0].toUpperCase()}${test.says.slice(1)}` }), make("div", { className: "plot" }, testPlot(f, i, t, width)), make("p", { className: "note", textContent: `${theory.label}: ${cells[at(f, t)].tests[i].estimate ? short(cells[at(f, t)].tests[i].estimate.mean) : "not defined"}. Shaded: what agrees with the observation.${observed(test)}${noise(test)}` }))));
    }];
  };

  let open = null;
  const close = () => {
    if (!open) return;
    open.row.remove();
    open.button.setAttribute("aria-expanded", "false");
    open = null;
  };
  const show = (f, t, button) => {
    const same = open && open.button === button;
    close();
    if (same) { history.replaceState(null, "", location.pathname); return; }
    const [box, draw] = detail(f, t);
    const row = make("tr", { className: "open" }, make("td", { colSpan: theories.length + 2 }, box));
    button.closest("tr").after(row);
    button.setAttribute("aria-expanded", "true");
    open = { row, button };
    draw();
    history.replaceState(null, "", `#${findings[f].name}/${theories[t].label}`);
  };

  const grid = make("table", { className: "grid" });
  const head = make("tr", {}, make("th"));
  theories.forEach((t) => head.append(make("th", { scope: "col", title: t.summary }, make("div", { textContent: t.label }))));
  head.append(make("th", { className: "filler" }));
  grid.append(make("thead", {}, head));
  const body = make("tbody");
  findings.forEach((finding, f) => {
    const row = make("tr", {}, make("th", { scope: "row", title: finding.observed }, finding.title, make("small", {}, `${finding.name} `, make("span", { className: `grade ${finding.evidence}`, title: finding.evidence_words, textContent: finding.evidence }))));
    theories.forEach((theory, t) => {
      const cell = cells[at(f, t)];
      const contradicted = cell.prior?.contradicts ? " contradicted" : "";
      const classes = `cell ${cell.verdict}${predictions[at(f, t)] && cell.verdict !== "cannot_say" ? " prediction" : ""}${cell.prior ? " shared" : ""}${contradicted}`;
      const said = [`${theory.label}: ${words[cell.verdict]}${cell.reason ? ` – ${cell.reason}` : ""}`, overPrior(cell)].filter(Boolean).join("; ");
      const button = make("button", { className: classes, textContent: sign[cell.verdict], title: said });
      if (cell.prior) button.append(make("small", { textContent: Math.round((100 * cell.prior.agrees) / cell.prior.draws) }));
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-label", [`${finding.title}, ${theory.label}: ${words[cell.verdict]}`, contradicted && "most of its prior says the opposite", overPrior(cell)].filter(Boolean).join("; "));
      button.addEventListener("click", () => show(f, t, button));
      row.append(make("td", {}, button));
    });
    row.append(make("td", { className: "filler" }));
    body.append(row);
  });
  grid.append(body);
  document.getElementById("table").append(grid);

  const list = document.getElementById("theories");
  list.append(make("thead", {}, make("tr", {}, make("th", { textContent: "theory" }), make("th", { className: "word", textContent: "family" }), make("th", { className: "word", textContent: "what it says" }), make("th", { textContent: "agrees" }), make("th", { textContent: "disagrees" }), make("th", { textContent: "cannot say" }), make("th", { textContent: "prior says the opposite" }), make("th", { className: "word", textContent: "speaks of" }))));
  const rows = make("tbody");
  for (const t of theories) rows.append(make("tr", {}, make("th", { textContent: t.label }), make("td", { className: "word", textContent: t.family }), make("td", { className: "word", textContent: t.summary }), make("td", { textContent: t.agrees }), make("td", { textContent: t.disagrees }), make("td", { textContent: t.cannot_say }), make("td", { textContent: asked ? t.contradicts : "–" }), make("td", { className: "word", textContent: t.speaks.join(", ") })));
  list.append(rows);

  const [name, label] = decodeURIComponent(location.hash.slice(1)).split("/");
  const f = findings.findIndex((x) => x.name === name), t = theories.findIndex((x) => x.label === label);
  if (f >= 0) {
    const button = body.rows[f].cells[1 + Math.max(t, 0)].firstChild;
    show(f, Math.max(t, 0), button);
    button.scrollIntoView();
  } else if (findings.length === 1) show(0, 0, body.rows[0].cells[1].firstChild);
})();

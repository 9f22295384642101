(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const palette = ["#d1495b", "#3b7dd8", "#e0912f", "#2f9e77", "#8d62c9", "#7d8597", "#b58900", "#00a0b0", "#c2478f", "#6a994e"];
  const color = new Map(data.order.map((label, i) => [label, palette[i % palette.length]]));
  const shown = new Set(data.order.filter((l) => data.ranking.find((r) => r.theory === l).family !== "null").slice(0, 2));
  const dark = () => matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches;
  const textOf = (s) => ({ fontSize: "12px", fontFamily: "inherit", ...s });
  const widest = (labels) => 12 + 7 * d3.max(labels, (l) => l.length);

  const figures = {
    "fig-ranking": (w) => Plot.plot({
      width: w, height: 56 + 30 * data.order.length, marginBottom: 42, marginLeft: Math.min(widest(data.order), w * 0.42), marginRight: 24, style: textOf(),
      x: { label: "Δ nats →", nice: true, grid: true, ticks: w < 420 ? 4 : 7 }, y: { domain: data.order, label: null },
      marks: [
        Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
        Plot.link(data.ranking.filter((d) => d.error), { x1: (d) => d.delta - d.error, x2: (d) => d.delta + d.error, y1: "theory", y2: "theory", stroke: (d) => color.get(d.theory), strokeWidth: 2 }),
        Plot.dot(data.ranking, { x: "delta", y: "theory", r: 5, fill: (d) => color.get(d.theory), tip: true, title: (d) => `${d.theory}${d.truth ? " (the truth)" : ""}\nΔ ${d.delta} ± ${d.error ?? "–"}` }),
        Plot.text(data.ranking.filter((d) => d.truth), { x: "delta", y: "theory", text: () => "truth", dy: -11, textAnchor: "end", fill: "currentColor" }),
      ],
    }),
    "fig-frequency": (w) => Plot.plot({
      width: w, height: 56 + 30 * data.order.length, marginBottom: 42, marginLeft: Math.min(widest(data.order), w * 0.42), marginRight: 24, style: textOf(),
      x: { label: "probability →", domain: [0, 1], grid: true, ticks: 5 }, y: { domain: data.order, label: null },
      marks: [
        Plot.barX(data.ranking, { x: "frequency", y: "theory", fill: (d) => color.get(d.theory), fillOpacity: 0.35, insetTop: 5, insetBottom: 5 }),
        Plot.dot(data.ranking, { x: "protected", y: "theory", r: 5, fill: (d) => color.get(d.theory), tip: true, title: (d) => `${d.theory}\nfrequency ${d.frequency}\nprotected exceedance ${d.protected}` }),
      ],
    }),
    "fig-evidence": (w) => {
      const subjects = [...new Set(data.evidence.map((d) => d.subject))];
      const low = d3.min(data.evidence, (d) => d.delta);
      const tight = w < 560;
      const dim = dark();
      return Plot.plot({
        width: w, height: (tight ? 30 + 0.9 * widest(data.order) : 50) + 28 * subjects.length, marginLeft: Math.min(widest(subjects), w * 0.3), marginTop: tight ? 20 + 0.9 * widest(data.order) : 40, marginRight: tight ? 48 : 20, style: textOf(),
        x: { domain: data.order, label: null, axis: "top", tickRotate: tight ? -60 : 0 }, y: { domain: subjects, label: null },
        color: { type: "sqrt", domain: [0, Math.max(-low, 1)], range: dim ? ["#20242e", "#c9506a"] : ["#f3f4f6", "#a5243d"] },
        marks: [
          Plot.cell(data.evidence, { x: "theory", y: "subject", fill: (d) => -d.delta, inset: 1 }),
          Plot.text(data.evidence, { x: "theory", y: "subject", text: (d) => (d.delta === 0 ? "best" : d3.format(".0f")(d.delta)), fill: (d) => (Math.sqrt(-d.delta / Math.max(-low, 1)) > 0.55 ? "#fff" : "currentColor") }),
        ],
      });
    },
    "fig-curves": (w) => panels(w, data.curves, data.events.length > 1 ? ["subject", "event"] : ["subject"], "event number →"),
    "fig-choices": (w) => panels(w, data.choices, new Set(data.choices.map((d) => d.event)).size > 1 ? ["subject", "event"] : ["subject"], "choice →"),
    "fig-intervals": (w) => panels(w, data.intervals, ["subject"], "time since the previous outcome (s) →"),
    "fig-averages": (w) => Plot.plot({
      width: w, height: Math.min(340, 140 + 0.25 * w), marginLeft: 48, marginBottom: 42, style: textOf(),
      x: { label: "time (s) →" }, y: { label: `↑ ${data.signal}`, grid: true, nice: true },
      fx: { label: null, domain: data.events },
      marks: [
        Plot.rect(data.windows, { x1: "from", x2: "to", fx: "event", fill: "currentColor", fillOpacity: 0.07 }),
        Plot.areaY(data.averages.filter((d) => d.low !== null), { x: "t", y1: "low", y2: "high", fill: "#3b7dd8", fillOpacity: 0.25, fx: "event" }),
        Plot.lineY(data.averages, { x: "t", y: "y", stroke: "#3b7dd8", strokeWidth: 2, fx: "event" }),
        Plot.ruleX([0], { strokeOpacity: 0.5, strokeDasharray: "3,3" }),
      ],
    }),
    "fig-heat": (w) => grid(data.heat, w, (h, width) => {
      const values = h.cells.map((v) => v ?? NaN);
      const finite = values.filter((v) => !Number.isNaN(v)).sort(d3.ascending);
      const top = Math.max(Math.abs(d3.quantileSorted(finite, 0.01)), d3.quantileSorted(finite, 0.99)) || 1;
      return Plot.plot({
        width, height: 214, marginLeft: 42, marginBottom: 38, style: textOf({ fontSize: "11px" }),
        x: { label: "time (s) →", ticks: 5 }, y: { label: "↑ trial", reverse: true, domain: [0, h.trials], ticks: 4 },
        color: { domain: [-top, 0, top], range: dark() ? ["#4c8fe0", "#14161c", "#ff6f7d"] : ["#2b62b5", "#ffffff", "#c1263f"], type: "linear", interpolate: "rgb", clamp: true },
        marks: [
          Plot.raster(values, { width: h.columns, height: h.rows, x1: h.from, x2: h.to, y1: 0, y2: h.trials, interpolate: null, imageRendering: "pixelated" }),
          Plot.ruleX([0], { strokeOpacity: 0.6, strokeDasharray: "3,3" }),
        ],
      });
    }, (h) => `${h.subject}, ${h.event}`),
    "fig-example": (w) => {
      const e = data.example;
      if (!e) { byId("sec-example").remove(); return null; }
      byId("cap-example").textContent = `${e.subject}, ${e.session}: the trace (grey), and the dopamine of the leading theories through ${e.sensor}, scaled and shifted to this stretch by least squares (${data.signal} against s)`;
      const who = [...new Set(e.lines.map((d) => d.who))].filter((x) => x !== "observed");
      const kinds = [...new Set(e.events.map((d) => d.event))];
      return Plot.plot({
        width: w, height: 120 + 110 * who.length, marginLeft: 48, marginBottom: 42, marginRight: w < 560 ? 12 : 24, style: textOf(),
        x: { label: "time (s) →" }, y: { label: `↑ ${data.signal}`, ticks: 4 }, fy: { domain: who, label: null, axis: null },
        symbol: { legend: kinds.length > 1, domain: kinds, range: ["triangle", "circle", "square", "diamond", "star"] },
        marks: [
          Plot.lineY(e.lines.filter((d) => d.who === "observed"), { x: "t", y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeWidth: 1 }),
          Plot.lineY(e.lines.filter((d) => d.who !== "observed"), { x: "t", y: "y", fy: "who", stroke: (d) => color.get(d.who), strokeWidth: 1.6, z: "who" }),
          Plot.dot(e.events, { x: "t", frameAnchor: "bottom", symbol: "event", r: 3.5, fill: "currentColor", dy: -2 }),
          Plot.text(who, { fy: (d) => d, text: (d) => d, frameAnchor: "top-right", fill: (d) => color.get(d), fontWeight: 600, dy: 2 }),
        ],
      });
    },
    "fig-recovery": (w) => {
      const r = data.recovery;
      if (!r) return null;
      const labels = [...new Set(r.cells.map((d) => d.truth))];
      const answers = [...new Set(r.cells.map((d) => d.answer))];
      const dim = dark();
      const left = Math.min(widest(labels) + 14, w * 0.4);
      const tight = w < 620;
      const width = Math.min(w, 760);
      return Plot.plot({
        width, height: (tight ? 50 + 0.9 * widest(labels) : 80) + 32 * labels.length, marginLeft: left, marginTop: tight ? 40 + 0.9 * widest(labels) : 48, marginRight: tight ? 48 : 20, style: textOf(),
        x: { domain: answers, label: "what would be said", axis: "top", tickRotate: tight ? -60 : 0 }, y: { domain: labels, label: "truth" },
        color: { domain: [0, r.studies], range: dim ? ["#1d2029", "#4fae86"] : ["#f3f4f6", "#2f9e77"] },
        marks: [
          Plot.cell(r.cells, { x: "answer", y: "truth", fill: "n", inset: 1 }),
          Plot.text(r.cells.filter((d) => d.n), { x: "answer", y: "truth", text: "n", fill: (d) => (d.n > r.studies / 2 ? "#fff" : "currentColor"), fontWeight: 600 }),
        ],
      });
    },
  };

  function grid(items, w, draw, title) {
    const box = document.createElement("div");
    box.className = "subplots";
    const columns = Math.max(1, Math.floor((w + 24) / 324));
    const width = Math.floor((w - 24 * (columns - 1)) / columns);
    for (const item of items) {
      const cell = document.createElement("div");
      const head = document.createElement("h4");
      head.textContent = title(item);
      cell.append(head, draw(item, width));
      box.append(cell);
    }
    return box;
  }

  function panels(w, rows, keys, label) {
    const groups = d3.groups(rows, (d) => keys.map((k) => d[k]).join(", "));
    return grid(groups, w, ([, points], width) => Plot.plot({
      width, height: 206, marginLeft: 44, marginBottom: 38, style: textOf({ fontSize: "11px" }),
      x: { label, nice: true, ticks: 5 }, y: { label: null, nice: true, grid: true, ticks: 5 },
      marks: [
        Plot.link(points.filter((d) => d.error), { x1: "x", x2: "x", y1: (d) => d.y - d.error, y2: (d) => d.y + d.error, strokeOpacity: 0.35 }),
        Plot.dot(points, { x: "x", y: "y", r: 2.5, fill: "currentColor", fillOpacity: 0.7 }),
        ...[...shown].map((label) => Plot.lineY(points, { x: "x", y: `p:${label}`, stroke: color.get(label), strokeWidth: 2 })),
      ],
    }), ([name]) => name);
  }

  function draw(id) {
    const box = byId(id);
    if (!box) return;
    const plot = figures[id](Math.max(260, Math.floor(box.clientWidth)));
    if (plot) box.replaceChildren(plot);
  }
  const all = () => Object.keys(figures).forEach(draw);

  const legend = byId("legend");
  for (const label of data.order) {
    const item = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: shown.has(label) });
    const line = document.createElement("i");
    line.style.background = color.get(label);
    box.addEventListener("change", () => {
      if (box.checked) shown.add(label); else shown.delete(label);
      draw("fig-curves");
      draw("fig-intervals");
      draw("fig-choices");
    });
    item.append(box, line, label);
    legend.append(item);
  }
  let width = 0;
  const resized = () => {
    if (document.body.clientWidth !== width) {
      width = document.body.clientWidth;
      all();
    }
  };
  let timer;
  addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(resized, 120); });
  addEventListener("beforeprint", all);
  addEventListener("afterprint", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  resized();
})();

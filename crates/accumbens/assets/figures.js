// Draws the figures of a page: lines, bands, clouds, dots and rasters, each from plain arrays.
(() => {
  const width = (el) => Math.max(320, Math.min(1060, el.clientWidth || 960));
  const zip = (s, keys) => s.x.map((x, i) => {
    const row = { x, who: s.name };
    for (const k of keys) row[k] = s[k] ? s[k][i] : null;
    return row;
  });
  const axis = (f) => ({
    x: { label: f.x, type: f.log ? "log" : "linear" },
    y: { label: f.y, grid: true, type: f.log ? "log" : "linear", nice: !f.log },
  });
  const legend = (f) => (f.series && f.series.length > 1 ? { legend: true } : {});
  const names = (f) => f.series.map((s) => s.name);
  const marks = {
    lines: (f) => [
      ...(f.events || []).map((e) => Plot.ruleX(e.x, { stroke: "currentColor", strokeOpacity: 0.18 })),
      ...f.series.map((s) => Plot.line(zip(s, ["y"]).filter((d) => !f.log || (d.x > 0 && d.y > 0)),
        { x: "x", y: "y", stroke: "who", strokeWidth: s.wide ? 2.2 : 1.1 })),
      ...(f.events || []).flatMap((e, i) => [Plot.text(e.x.slice(0, 60), { x: (d) => d, frameAnchor: "top",
        dy: 4 + 11 * i, text: () => e.name, fontSize: 9, fillOpacity: f.events_named ? 0.8 : 0 })]),
    ],
    band: (f) => [
      Plot.ruleY([0], { strokeOpacity: 0.4 }), Plot.ruleX([0], { strokeOpacity: 0.4 }),
      ...f.series.flatMap((s) => [
        ...(s.low2 ? [Plot.areaY(zip(s, ["low2", "high2"]), { x: "x", y1: "low2", y2: "high2", fill: "who", fillOpacity: 0.13 })] : []),
        Plot.areaY(zip(s, ["low", "high"]), { x: "x", y1: "low", y2: "high", fill: "who", fillOpacity: 0.25 }),
        Plot.line(zip(s, ["y"]), { x: "x", y: "y", stroke: "who", strokeWidth: 1.8 }),
      ]),
    ],
    cloud: (f) => [
      Plot.dot(f.points.x.map((x, i) => ({ x, y: f.points.y[i] })), { x: "x", y: "y", r: 1.4, fillOpacity: 0.35, fill: "currentColor" }),
      ...(f.line ? [Plot.line(f.line.x.map((x, i) => ({ x, y: f.line.y[i] })), { x: "x", y: "y", stroke: "#c2410c", strokeWidth: 2 })] : []),
    ],
    dots: (f) => [
      Plot.ruleY([0], { strokeOpacity: 0.4 }), Plot.ruleX([0], { strokeOpacity: 0.4 }),
      ...f.series.flatMap((s) => [
        ...(f.loose ? [] : [Plot.line(zip(s, ["y"]), { x: "x", y: "y", stroke: "who", strokeWidth: 1, strokeOpacity: 0.6 })]),
        Plot.dot(zip(s, ["y"]), { x: "x", y: "y", fill: "who", r: 4, symbol: s.open ? "circle" : "square" }),
        Plot.text(zip(s, ["y", "label"]), { x: "x", y: "y", text: "label", dx: 7, textAnchor: "start", fontSize: 10 }),
      ]),
    ],
    raster: (f) => {
      const step = f.lags[1] - f.lags[0];
      const cells = f.rows.flatMap((r, j) => r.map((v, i) => ({ i: f.lags[i], j, v })));
      return [
        Plot.rect(cells.filter((c) => c.v !== null), { x1: (d) => d.i - step / 2, x2: (d) => d.i + step / 2, y1: (d) => d.j, y2: (d) => d.j + 1, fill: "v", inset: -0.2 }),
        Plot.ruleX([0], { stroke: "white" }),
      ];
    },
  };
  for (const f of FIGURES) {
    const el = document.getElementById(f.id);
    if (!el) continue;
    const options = { width: width(el), height: f.height || 280, marginLeft: 62, style: { background: "none" }, marks: marks[f.kind](f), ...axis(f) };
    if (f.kind === "raster") {
      const all = f.rows.flat().filter((v) => v !== null).map(Math.abs).sort((a, b) => a - b);
      const most = all[Math.floor(0.99 * (all.length - 1))] || 1;
      options.color = { scheme: "RdBu", reverse: true, domain: [-most, most], clamp: true, legend: true, label: f.z };
      options.y = { label: f.y, reverse: true };
    } else if (f.series) {
      options.color = { domain: names(f), range: ["#0f766e", "#7c3aed", "#c2410c", "#1d4ed8", "#a16207", "#be185d", "#4d7c0f", "#475569", "#0891b2", "#a21caf", "#b91c1c", "#78716c"], ...legend(f) };
    }
    el.replaceChildren(Plot.plot(options));
  }
})();

// Draws the charts of a page from their own tables: columns marked data-series are drawn, cells carry data-value.
"use strict";

(() => {
  const SERIES = ["--pl-series-1", "--pl-series-2", "--pl-series-3", "--pl-series-4", "--pl-series-5"];

  // Colour alone would not tell series apart: each has a pattern of its own as well.
  const STROKES = [
    null,
    (c, n) => { c.moveTo(0, n); c.lineTo(n, 0); },
    (c, n) => { c.moveTo(n / 2, n / 2 - 0.9); c.lineTo(n / 2, n / 2 + 0.9); },
    (c, n) => { c.moveTo(0, n / 2); c.lineTo(n, n / 2); },
    (c, n) => { c.moveTo(0, 0); c.lineTo(n, n); c.moveTo(0, n); c.lineTo(n, 0); },
  ];

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function fill(context, number) {
    const colour = style(SERIES[number % SERIES.length]);
    const stroke = STROKES[number % STROKES.length];
    if (!stroke) return colour;
    const size = 8;
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const drawing = tile.getContext("2d");
    drawing.fillStyle = colour;
    drawing.fillRect(0, 0, size, size);
    drawing.strokeStyle = style("--pl-series-line");
    drawing.lineWidth = 1.8;
    drawing.lineCap = "square";
    drawing.beginPath();
    stroke(drawing, size);
    drawing.stroke();
    return context.createPattern(tile, "repeat");
  }

  function read(table) {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    const columns = heads.flatMap((head, at) => ("series" in head.dataset ? [at] : []));
    return {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      series: columns.map((at) => ({
        label: heads[at].textContent.trim(),
        data: rows.map((row) => Number(row.cells[at].dataset.value)),
      })),
    };
  }

  function numbers(currency) {
    const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    const money = currency ? { style: "currency", currency } : {};
    const short = new Intl.NumberFormat(language, { ...money, maximumFractionDigits: 1, notation: "compact", useGrouping: "always" });
    const whole = new Intl.NumberFormat(language, money);
    return { short: (value) => short.format(value), whole: (value) => whole.format(value) };
  }

  function options(figure, write) {
    const stacked = figure.dataset.chart === "stacked";
    const ink = style("--pl-text-now");
    const line = style("--pl-line-now");
    return {
      animation: false,
      maintainAspectRatio: false,
      responsive: true,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { position: "top", align: "start", labels: { color: ink, boxWidth: 16, boxHeight: 12, padding: 16 } },
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${write.whole(item.parsed.y)}` } },
      },
      scales: {
        x: { stacked, grid: { display: false }, border: { color: line }, ticks: { color: ink, maxRotation: 0, autoSkipPadding: 12 } },
        y: {
          stacked, beginAtZero: true, grid: { color: line }, border: { display: false },
          ticks: { color: ink, maxTicksLimit: 6, precision: 0, callback: (value) => write.short(value) },
        },
      },
    };
  }

  function draw(figure) {
    const canvas = figure.querySelector("canvas");
    const found = read(figure.querySelector("table"));
    const write = numbers(figure.dataset.currency);
    const context = canvas.getContext("2d");
    const datasets = found.series.map((series, number) => ({
      ...series,
      backgroundColor: fill(context, number),
      borderColor: style(SERIES[number % SERIES.length]),
      borderWidth: 1,
      maxBarThickness: 36,
      categoryPercentage: 0.75,
      barPercentage: 0.9,
    }));
    Chart.getChart(canvas)?.destroy();
    new Chart(context, { type: "bar", data: { labels: found.labels, datasets }, options: options(figure, write) });
  }

  function drawAll() {
    Chart.defaults.font.family = "Inter, sans-serif";
    Chart.defaults.font.size = 12;
    document.querySelectorAll("figure[data-chart]").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawAll();
    // Light and dark are a class of the document's element.
    new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["class"] });
  });
})();

"use strict";
// Sorting: a click on a head sorts the table by that column; numbers by their data-n.
for (const table of document.querySelectorAll("table.sort")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].dataset.n ?? row.cells[column].textContent;
      const order = (a, b) => {
        const [x, y] = [key(a), key(b)];
        const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
        return numbers ? x - y : x.localeCompare(y);
      };
      const rows = [...table.tBodies[0].rows].sort(order);
      table.tBodies[0].append(...(down ? rows.reverse() : rows));
    });
  });
}
// Reading out: over a chart in time, the row of its table that lies under the pointer.
for (const figure of document.querySelectorAll("figure:has(svg[data-from] ~ details table)")) {
  const table = figure.querySelector("table");
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const box = document.createElement("div");
  const rule = document.createElement("div");
  box.className = "readout";
  rule.className = "rule";
  box.hidden = rule.hidden = true;
  figure.append(rule, box);
  for (const svg of figure.querySelectorAll("svg[data-from]")) {
    svg.addEventListener("pointerleave", () => { box.hidden = rule.hidden = true; });
    svg.addEventListener("pointermove", (event) => {
      const area = svg.getBoundingClientRect(), outer = figure.getBoundingClientRect();
      const from = svg.dataset.from * area.width;
      const share = (event.clientX - area.left - from) / (area.width - from);
      box.hidden = rule.hidden = share < 0 || 1 < share || !rows.length;
      if (box.hidden) return;
      const row = rows[Math.min(rows.length - 1, Math.floor(share * rows.length))];
      box.replaceChildren(...[...row.cells].map((cell, column) => {
        const line = document.createElement("div");
        line.textContent = column ? heads[column] + ": " + cell.textContent : cell.textContent;
        return line;
      }));
      rule.style.cssText = `left:${event.clientX - outer.left}px;top:${area.top - outer.top}px;height:${area.height}px`;
      const left = Math.min(event.clientX - outer.left + 12, outer.width - box.offsetWidth - 4);
      box.style.cssText = `left:${Math.max(0, left)}px;top:${area.top - outer.top + 8}px`;
    });
  }
}

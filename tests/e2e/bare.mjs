// The least that any virtual list does, in the same browser at the same size: rows of varied height with a text each, and
// only those in sight in the document. What this machine's browser can do at best, for measure.mjs to stand beside.
const page = `<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; font: 15px/21px sans-serif }
  .scroller { height: 100vh; overflow-y: auto; overflow-anchor: none }
  .space { position: relative }
  .row { position: absolute; left: 0; right: 0; padding: 6px 12px }
  .row p { max-width: 488px; margin: 0; padding: 8px 12px; background: #eee; border-radius: 15px }
</style><div class="scroller"><div class="space"></div></div>`;

/** A page that shows so many rows; their scroller stands at the end, as the reader does. */
export async function bareList(context, rows) {
  const bare = await context.newPage();
  await bare.setContent(page);
  await bare.evaluate((count) => {
    const scroller = document.querySelector('.scroller');
    const space = document.querySelector('.space');
    const words = 'the gateway keeps every message of a channel and says what is missing '.repeat(9);
    const tops = new Float64Array(count + 1);
    const lines = (n) => 1 + ((n * 7919) % 11);
    for (let n = 0; n < count; n += 1) tops[n + 1] = tops[n] + 28 + 21 * lines(n);
    space.style.height = `${tops[count]}px`;
    const first = (y) => {
      let low = 0;
      let high = count;
      while (low < high) { const middle = (low + high) >> 1; if (tops[middle + 1] <= y) low = middle + 1; else high = middle; }
      return low;
    };
    const shown = new Map();
    const draw = () => {
      const from = first(scroller.scrollTop - 300);
      const to = first(scroller.scrollTop + scroller.clientHeight + 300);
      for (const [n, row] of shown) if (n < from || n > to) { row.remove(); shown.delete(n); }
      for (let n = from; n <= Math.min(to, count - 1); n += 1) {
        if (shown.has(n)) continue;
        const row = document.createElement('div');
        const text = document.createElement('p');
        row.className = 'row';
        row.dataset.message = String(n + 1);
        row.style.top = `${tops[n]}px`;
        row.style.height = `${tops[n + 1] - tops[n] - 12}px`;
        text.textContent = words.slice(0, 60 * lines(n));
        row.append(text);
        space.append(row);
        shown.set(n, row);
      }
    };
    scroller.addEventListener('scroll', draw);
    scroller.scrollTop = scroller.scrollHeight;
    draw();
  }, rows);
  return bare;
}

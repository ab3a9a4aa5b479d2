// How the pictures of an album stand: rows of equal height in which each has its true shape.

/** Cuts ratios (width / height) into rows, in order, so that the rows' heights are as near as can be to a good one. */
export function albumRows(ratios: number[]): number[][] {
  const most = 4;
  const cost = (row: number[]): number => {
    const wide = row.reduce((sum, ratio) => sum + ratio, 0);
    return (Math.log(wide / 2.6)) ** 2;  // a row 2.6 times as wide as it is high
  };
  // best[i]: the cheapest way to place the first i.
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }];
  for (let end = 1; end <= ratios.length; end += 1) {
    let found = { cost: Infinity, from: end - 1 };
    for (let from = Math.max(0, end - most); from < end; from += 1) {
      const total = (best[from]?.cost ?? Infinity) + cost(ratios.slice(from, end)) + 0.02;
      if (total < found.cost) found = { cost: total, from };
    }
    best.push(found);
  }
  const rows: number[][] = [];
  for (let end = ratios.length; end > 0; end = best[end]?.from ?? 0) rows.unshift(ratios.slice(best[end]?.from ?? 0, end));
  return rows;
}

/** Of three: one large at the left, two above each other at its right, all in their true shape. Shares of the width, and width / height of the whole. */
export function beside([a, b, c]: [number, number, number]): { left: number; ratio: number } {
  const right = 1 / (1 / b + 1 / c);  // of the two as one
  return { left: a / (a + right), ratio: a + right };
}

// Custom properties through CSSOM: the CSP allows no style attribute.
type Values = Record<string, string | number | undefined>;

/** A ref that sets CSS custom properties on its element. */
export const vars = (values: Values) => (element: Element | null): void => {
  if (!element) return;
  const { style } = element as HTMLElement | SVGElement;
  for (const [name, value] of Object.entries(values)) {
    const next = value === undefined ? '' : String(value);
    if (style.getPropertyValue(name) !== next) style.setProperty(name, next);
  }
};
export const join = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(' ');
